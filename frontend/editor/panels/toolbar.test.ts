import { expect, test } from 'vitest'

import { caretIn, openEditor } from '../testing'
import { Toolbar } from './toolbar'

function openToolbar(options: { entered?: boolean } = {}) {
  const { editor, context } = openEditor()
  const toolbar = new Toolbar(editor, context)
  document.body.append(toolbar.dom)
  if (options.entered !== false) editor.view.dom.dispatchEvent(new FocusEvent('focus'))
  const button = (label: string) => toolbar.dom.querySelector<HTMLButtonElement>(`[aria-label="${label}"]`)!
  return { editor, toolbar, button }
}

test('the toolbar is one tab stop, arrows walk in it', () => {
  const { toolbar, button } = openToolbar()
  button('Intertitre').focus()

  button('Intertitre').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true }))

  const stops = Array.from(toolbar.dom.querySelectorAll('[tabindex="0"]'), element => element.getAttribute('aria-label'))
  expect(stops).toEqual(['Rétablir'])
})

test('a tool that is on says so', () => {
  const { editor, button } = openToolbar()
  caretIn(editor, 'Préambule', 2)

  button('Liste à puces').click()

  expect(button('Liste à puces').getAttribute('aria-pressed')).toBe('true')
  expect(editor.isActive('bulletList')).toBe(true)
})

test('in a title, blocks are not offered', () => {
  const { editor, button } = openToolbar()
  caretIn(editor, 'Un', 1)

  button('Citation').click()

  expect(button('Citation').getAttribute('aria-disabled')).toBe('true')
  expect(editor.isActive('blockquote')).toBe(false)
})

test('before anybody has entered the text, no tool is on and none writes', () => {
  const { editor, button } = openToolbar({ entered: false })
  const before = editor.getJSON()
  caretIn(editor, 'Préambule', 2)

  button('Liste à puces').click()

  expect(button('Liste à puces').getAttribute('aria-disabled')).toBe('true')
  expect(editor.getJSON()).toEqual(before)
})
