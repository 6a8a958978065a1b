import { expect, test } from 'vitest'

import { caretIn, openEditor } from '../testing'

test('an empty field says what it is for, until something is written in it', () => {
  const { editor } = openEditor()
  const blanks = () => editor.view.dom.querySelectorAll('.is-blank').length
  const before = blanks()
  caretIn(editor, 'Un')
  editor.view.dispatch(editor.state.tr.delete(editor.state.selection.from, editor.state.selection.from + 2))

  expect(blanks()).toBe(before + 1)
  expect(editor.view.dom.querySelector('.ed-action-head.is-blank')?.getAttribute('data-placeholder')).toMatch(/^Titre de l’action/)
})

test('readers see no invitation to write', () => {
  const { editor } = openEditor(undefined, { data: { mayWrite: false } })

  expect(editor.view.dom.querySelector('.is-blank')).toBeNull()
})

test('readers are told that a section is not written yet', () => {
  const { editor } = openEditor(undefined, { data: { mayWrite: false } })

  const said = Array.from(editor.view.dom.querySelectorAll('.is-unwritten .ed-section-hint'), hint => hint.textContent)

  expect(said).toEqual(['À préciser', 'À préciser', 'À préciser'])
})
