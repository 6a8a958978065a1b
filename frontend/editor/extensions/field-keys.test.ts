import { AllSelection } from '@tiptap/pm/state'
import { expect, test } from 'vitest'

import { actionNamed, caretIn, openEditor, order, press, select } from '../testing'

const here = (editor: ReturnType<typeof openEditor>['editor']) => editor.state.selection.$from

test('Enter in a title goes to the field that follows, whatever stands after the caret', () => {
  const { editor } = openEditor()
  caretIn(editor, 'Un', 1)

  press(editor, 'Enter')

  expect(here(editor).parent.textContent).toBe('Problème de Un')
  expect(actionNamed(editor, 'EXO-01').node.firstChild?.textContent).toBe('Un')
})

test.each([
  ['Backspace', 'Problème de Un', 0],
  ['Backspace', 'Deux', 0],
  ['Backspace', 'Second', 0],
  ['Delete', 'Problème de Un', 'Problème de Un'.length],
  ['Delete', 'Un', 2],
])('%s at the edge of « %s » merges nothing', (key, text, offset) => {
  const { editor } = openEditor()
  const before = editor.getJSON()
  caretIn(editor, text, offset)

  expect(press(editor, key)).toBe(true)

  expect(editor.getJSON()).toEqual(before)
})

test('Backspace at the start of a heading makes it a paragraph', () => {
  const { editor } = openEditor()
  caretIn(editor, 'Problème de Un')
  editor.commands.setNode('heading', { level: '3' })

  press(editor, 'Backspace')

  expect(here(editor).parent.type.name).toBe('paragraph')
})

test('erasing a selection over two sheets empties the words and keeps the sheets', () => {
  const { editor } = openEditor()
  select(editor, 'Problème de Un', 8, 'Problème de Deux', 9)

  press(editor, 'Delete')

  expect(order(editor)).toBe('axe-1: EXO-01 EXO-02 | axe-2: EXO-03')
  expect(actionNamed(editor, 'EXO-01').node.textContent).toBe('UnProblème')
  expect(actionNamed(editor, 'EXO-02').node.textContent).toBe('de Deux')
})

test('typing over a selection of two sheets keeps both', () => {
  const { editor } = openEditor()
  select(editor, 'Problème de Un', 0, 'Deux', 4)

  editor.view.someProp('handleTextInput', handle => handle(editor.view, 0, 0, 'x', () => editor.state.tr))

  expect(actionNamed(editor, 'EXO-01').node.textContent).toBe('Unx')
  expect(actionNamed(editor, 'EXO-02').node.firstChild?.textContent).toBe('')
})

test('erasing everything keeps every field', () => {
  const { editor } = openEditor()
  editor.view.dispatch(editor.state.tr.setSelection(new AllSelection(editor.state.doc)))

  press(editor, 'Backspace')

  expect(editor.state.doc.textContent).toBe('')
  expect(order(editor)).toBe('axe-1: EXO-01 EXO-02 | axe-2: EXO-03')
})

test('the caret enters a section without any line, which then gets one', () => {
  const { editor } = openEditor({
    type: 'doc',
    content: [{ type: 'preamble' }],
  })

  editor.commands.enterFieldAt(0)

  expect(editor.getJSON().content).toEqual([{ type: 'preamble', content: [{ type: 'paragraph' }] }])
})
