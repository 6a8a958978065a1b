import { expect, test, vi } from 'vitest'
import * as Y from 'yjs'

import { actionNamed, openEditor, openSecond } from '../testing'
import { ActionView } from './action-view'

function sheetOf({ context }: ReturnType<typeof openEditor>, code: string): ActionView {
  for (const part of context.drawn) if (part instanceof ActionView && part.node.attrs.code === code) return part
  throw new Error(`${code} is not drawn`)
}

test('the facts stand between the title and the sections', () => {
  const { dom } = sheetOf(openEditor(), 'EXO-01')

  const order = Array.from(dom.querySelectorAll('h3, dl, h4'), element => element.tagName)

  expect(order).toEqual(['H3', 'DL', 'H4', 'H4'])
})

test('a reader who opens a text that is already there sees the facts under the title too', () => {
  const written = openEditor()
  const { dom } = sheetOf(openEditor(undefined, { state: Y.encodeStateAsUpdate(written.doc), data: { mayWrite: false } }), 'EXO-01')

  const order = Array.from(dom.querySelectorAll('h3, dl, h4'), element => element.tagName)

  expect(order).toEqual(['H3', 'DL', 'H4', 'H4'])
})

test('choosing a pilot writes it, declares it here, and shows it to the others', () => {
  const first = openEditor()
  const second = openSecond(first)
  first.editor.commands.setActionFacts(actionNamed(first.editor, 'EXO-01').pos, { pilotsBasis: 'deduced' })
  const sheet = sheetOf(first, 'EXO-01')
  sheet.goTo('pilots')
  const input = document.activeElement as HTMLInputElement
  input.value = 'département'
  input.dispatchEvent(new Event('input'))

  input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', cancelable: true }))

  expect(actionNamed(second.editor, 'EXO-01').node.attrs).toMatchObject({ pilots: 'adf', pilotsBasis: '' })
  expect(sheetOf(second, 'EXO-01').dom.querySelector('[data-place="pilots"]')?.textContent).toContain('ADF')
})

test('a coded sheet is withdrawn after a question, and stays', async () => {
  const bench = openEditor()
  bench.context.ask = vi.fn().mockResolvedValue(true)
  const { dom } = sheetOf(bench, 'EXO-01')
  dom.querySelector<HTMLElement>('[aria-haspopup="menu"]')!.click()

  Array.from(dom.querySelectorAll<HTMLElement>('[role="menuitem"]')).find(item => item.textContent?.startsWith('Retirer'))!.click()

  await vi.waitFor(() => expect(actionNamed(bench.editor, 'EXO-01').node.attrs.stage).toBe('withdrawn'))
  expect(bench.context.ask).toHaveBeenCalledOnce()
})

test('a reader gets no control', () => {
  const { dom } = sheetOf(openEditor(undefined, { data: { mayWrite: false } }), 'EXO-01')

  const shown = Array.from(dom.querySelectorAll<HTMLElement>('button, select')).filter(control => !control.closest('[hidden]'))

  expect(shown).toEqual([])
})

test('an ended organisation and one that is unknown are said so', () => {
  const bench = openEditor()
  bench.editor.commands.setActionFacts(actionNamed(bench.editor, 'EXO-01').pos, { partners: 'sgmap inconnue' })

  const text = sheetOf(bench, 'EXO-01').dom.querySelector('[data-place="partners"]')?.textContent

  expect(text).toContain('n’existe plus depuis 2017')
  expect(text).toContain('organisation inconnue (inconnue)')
})

test('what was being typed in a field is written when somebody else moves the sheet, and the field stays open', async () => {
  const first = openEditor()
  const second = openSecond(first)
  sheetOf(second, 'EXO-01').goTo('audience')
  const input = document.activeElement as HTMLInputElement
  input.value = 'Les habitants'

  first.editor.commands.moveAction(actionNamed(first.editor, 'EXO-01').pos, { axis: 1, rank: 0 })

  await vi.waitFor(() => expect(actionNamed(first.editor, 'EXO-01').node.attrs.audience).toBe('Les habitants'))
  expect(sheetOf(second, 'EXO-01').dom.contains(document.activeElement)).toBe(true)
  expect(document.activeElement).toBeInstanceOf(HTMLInputElement)
})
