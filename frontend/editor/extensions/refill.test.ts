import { expect, test } from 'vitest'

import { caretIn, openEditor, openSecond } from '../testing'

const preamble = (editor: ReturnType<typeof openEditor>['editor']) => editor.state.doc.child(1)

test('a text this person empties keeps a line to write on', () => {
  const { editor } = openEditor()
  caretIn(editor, 'Préambule')
  const { $from } = editor.state.selection

  editor.view.dispatch(editor.state.tr.delete($from.before(), $from.after()))

  expect(preamble(editor).childCount).toBe(1)
})

test('a text somebody else empties gets one line, not one from each person who sees it', () => {
  const first = openEditor()
  const second = openSecond(first)
  caretIn(first.editor, 'Préambule')
  const { $from } = first.editor.state.selection

  first.editor.view.dispatch(first.editor.state.tr.delete($from.before(), $from.after()))
  second.editor.view.dispatch(second.editor.state.tr.insertText('Le ', 1))

  expect(preamble(first.editor).childCount).toBe(1)
  expect(second.editor.getJSON()).toEqual(first.editor.getJSON())
})

test('empty cells of a pasted table get a line too', () => {
  const { editor } = openEditor()
  caretIn(editor, 'Préambule', 9)

  editor.view.pasteHTML('<table><tr><td>a</td><td></td></tr></table>')

  let empty = 0
  editor.state.doc.descendants(node => { if (node.type.name === 'tableCell' && node.childCount === 0) empty += 1 })
  expect(empty).toBe(0)
})
