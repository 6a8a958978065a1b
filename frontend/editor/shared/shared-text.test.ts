import { expect, test } from 'vitest'

import { caretIn, openEditor, openSecond } from '../testing'

test('two people writing in one paragraph in turns both write forwards', () => {
  const first = openEditor()
  const second = openSecond(first)
  caretIn(first.editor, 'Problème de Un', 14)
  caretIn(second.editor, 'Problème de Un', 0)

  for (const rank of [0, 1, 2, 3]) {
    first.editor.view.dispatch(first.editor.state.tr.insertText('abcd'[rank]!))
    second.editor.view.dispatch(second.editor.state.tr.insertText('ABCD'[rank]!))
  }

  expect(first.editor.state.selection.$from.parent.textContent).toBe('ABCDProblème de Unabcd')
  expect(second.editor.getJSON()).toEqual(first.editor.getJSON())
})

test('undo takes back what this person wrote, not what the other did', () => {
  const first = openEditor()
  const second = openSecond(first)
  caretIn(first.editor, 'Préambule', 9)
  caretIn(second.editor, 'Préambule', 0)
  first.editor.view.dispatch(first.editor.state.tr.insertText(' commun'))
  second.editor.view.dispatch(second.editor.state.tr.insertText('Le '))

  first.editor.commands.undo()

  expect(first.editor.state.doc.child(1).textContent).toBe('Le Préambule')
  expect(second.editor.can().undo()).toBe(true)
})
