import { expect, test, vi } from 'vitest'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'

import type { Connection } from '../collaboration/connection'
import { SaveTracker } from '../collaboration/save-tracker'
import { el } from '../dom'
import { Note, openNotes } from './note'
import { NOTE_DATA, stateOf } from './note-testing'

function pageWith(text: string): HTMLElement {
  const root = el('div', { 'data-sign-in': '/connexion' }, el('p', {}, text))
  document.body.replaceChildren(root)
  return root
}

function connect(): { connection: Connection; arrive: () => Promise<void> } {
  const doc = new Y.Doc()
  let resolve = () => undefined as void
  const whenReadable = new Promise<void>(resolved => { resolve = resolved })
  const connection = { doc, provider: { awareness: new Awareness(doc) }, tracker: new SaveTracker(), whenReadable, beforeMessage: () => undefined }
  const arrive = async () => {
    Y.applyUpdate(doc, stateOf('Texte vivant'))
    connection.tracker.connectionOpened()
    resolve()
    await whenReadable
  }
  return { connection: connection as unknown as Connection, arrive }
}

test('the text the page was made with stays until the shared one is here', async () => {
  const root = pageWith('Texte gardé')
  const { connection, arrive } = connect()
  new Note(root, NOTE_DATA, connection)
  const before = root.textContent

  await arrive()

  expect(before).toContain('Texte gardé')
  expect(root.textContent).not.toContain('Texte gardé')
  expect(root.querySelector('[role="textbox"]')?.textContent).toBe('Texte vivant')
  expect(root.querySelector('[role="toolbar"]')?.hasAttribute('hidden')).toBe(false)
})

test('a reader sees the live text without tools', async () => {
  const root = pageWith('Texte gardé')
  const { connection, arrive } = connect()
  new Note(root, { ...NOTE_DATA, mayWrite: false }, connection)

  await arrive()

  expect(root.querySelector('.ed-text')?.textContent).toBe('Texte vivant')
  expect(root.querySelector('[role="toolbar"]')).toBeNull()
})

test('shut out, one writes no more, keeps the text, and is told why', async () => {
  const root = pageWith('Texte gardé')
  const { connection, arrive } = connect()
  new Note(root, NOTE_DATA, connection)
  await arrive()

  connection.tracker.closed({ code: 4403, reason: '' })

  expect(root.querySelector('.ed-text')?.getAttribute('contenteditable')).toBe('false')
  expect(root.querySelector('[role="alert"]')?.textContent).toContain('Vous n’avez plus le droit')
  expect(root.textContent).toContain('Texte vivant')
})

test('a note without its data keeps its text', () => {
  const root = pageWith('Texte gardé')
  root.dataset.note = 'note-absente'
  const told = vi.spyOn(console, 'error').mockImplementation(() => undefined)

  openNotes(document)

  expect(root.textContent).toBe('Texte gardé')
  expect(told).toHaveBeenCalledOnce()
})
