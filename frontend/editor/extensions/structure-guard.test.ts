import { expect, test } from 'vitest'

import { actionNamed, openEditor, order } from '../testing'

test('a change that would take a sheet away is refused', () => {
  const { editor } = openEditor()
  const { pos, node } = actionNamed(editor, 'EXO-02')

  editor.view.dispatch(editor.state.tr.delete(pos, pos + node.nodeSize))

  expect(order(editor)).toBe('axe-1: EXO-01 EXO-02 | axe-2: EXO-03')
})

test('a change inside a field is taken', () => {
  const { editor } = openEditor()

  editor.view.dispatch(editor.state.tr.insertText('Le ', 1))

  expect(editor.state.doc.firstChild?.textContent).toBe('Le Programme')
})
