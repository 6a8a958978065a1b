import { expect, test } from 'vitest'
import { applyUpdate, encodeStateAsUpdate } from 'yjs'

import { actionNamed, caretIn, openEditor, openSecond, order, press, sheet } from '../testing'

test('an action moves to the place chosen in another axis, and its axis is no longer a guess', () => {
  const { editor } = openEditor()
  const { pos } = actionNamed(editor, 'EXO-01')
  editor.commands.setActionFacts(pos, { axisBasis: 'deduced' })

  editor.commands.moveAction(pos, { axis: 1, rank: 0 })

  expect(order(editor)).toBe('axe-1: EXO-02 | axe-2: EXO-01 EXO-03')
  expect(actionNamed(editor, 'EXO-01').node.attrs.axisBasis).toBe('')
})

test('Alt and an arrow move the action around the caret, over the edge of its axis', () => {
  const { editor } = openEditor()
  caretIn(editor, 'Deux', 2)

  press(editor, 'ArrowDown', { altKey: true })

  expect(order(editor)).toBe('axe-1: EXO-01 | axe-2: EXO-02 EXO-03')
  expect(editor.state.selection.$from.parent.textContent).toBe('Deux')
})

test('the last action of the programme cannot go further down', () => {
  const { editor } = openEditor()

  expect(editor.can().moveActionBy(1, actionNamed(editor, 'EXO-03').pos)).toBe(false)
})

test('a duplicate has no code, a key of its own, and the text of the original', () => {
  const { editor } = openEditor()
  const original = actionNamed(editor, 'EXO-01')

  editor.commands.duplicateAction(original.pos, 'cle')

  expect(order(editor)).toBe('axe-1: EXO-01 cle EXO-02 | axe-2: EXO-03')
  expect(editor.state.doc.nodeAt(original.pos + original.node.nodeSize)?.textContent).toBe(original.node.textContent)
})

test('an action with a code is never removed', () => {
  const { editor } = openEditor()

  expect(editor.commands.removeSpareAction(actionNamed(editor, 'EXO-01').pos)).toBe(false)
  expect(order(editor)).toBe('axe-1: EXO-01 EXO-02 | axe-2: EXO-03')
})

test('an action without code can be removed, and undo brings it back', () => {
  const { editor } = openEditor()
  editor.commands.addAction(actionNamed(editor, 'EXO-03').axis.pos, 'cle')
  const pos = editor.state.selection.$from.before(2)

  editor.commands.removeSpareAction(pos)
  const removed = order(editor)
  editor.commands.undo()

  expect(removed).toBe('axe-1: EXO-01 EXO-02 | axe-2: EXO-03')
  expect(order(editor)).toBe('axe-1: EXO-01 EXO-02 | axe-2: EXO-03 cle')
})

test('of two sheets with the same code, one can be removed', () => {
  const double = { type: 'axis', attrs: { id: 'axe-3' }, content: [sheet('EXO-01', 'Un'), sheet('EXO-01', 'Un')] }
  const { editor } = openEditor({ type: 'doc', content: [double] })

  const isRemoved = editor.commands.removeSpareAction(actionNamed(editor, 'EXO-01').pos)

  expect(isRemoved).toBe(true)
  expect(order(editor)).toBe('axe-3: EXO-01')
})

test('an action moved by two people at once stands once, at the same place for both', () => {
  const first = openEditor()
  const second = openEditor(undefined, { state: encodeStateAsUpdate(first.doc) })
  first.editor.commands.moveAction(actionNamed(first.editor, 'EXO-01').pos, { axis: 1, rank: 0 })
  second.editor.commands.moveAction(actionNamed(second.editor, 'EXO-01').pos, { axis: 1, rank: 1 })

  applyUpdate(first.doc, encodeStateAsUpdate(second.doc))
  applyUpdate(second.doc, encodeStateAsUpdate(first.doc))

  expect(order(first.editor)).toMatch(/^axe-1: EXO-02 \| axe-2: (EXO-01 EXO-03|EXO-03 EXO-01)$/)
  expect(order(second.editor)).toBe(order(first.editor))
})

test('only an axis with nothing in it can be removed', () => {
  const { editor } = openEditor()
  editor.commands.addAxis()
  const fresh = editor.state.selection.$from.before(1)

  expect(editor.can().removeBlankAxis(actionNamed(editor, 'EXO-01').axis.pos)).toBe(false)
  expect(editor.commands.removeBlankAxis(fresh)).toBe(true)
})

test('an axis added to an empty document brings the title and the preamble', () => {
  const { editor } = openEditor({ type: 'doc', content: [] })

  editor.commands.addAxis()

  expect(editor.getJSON().content?.map(node => node.type)).toEqual(['programmeTitle', 'preamble', 'axis'])
})

test('what two people move at once ends the same for both, with no action lost', () => {
  const first = openEditor()
  const second = openSecond(first)

  first.editor.commands.moveAction(actionNamed(first.editor, 'EXO-01').pos, { axis: 1, rank: 1 })
  second.editor.commands.moveActionBy(-1, actionNamed(second.editor, 'EXO-03').pos)

  expect(order(first.editor)).toBe(order(second.editor))
  expect(order(first.editor)).toMatch(/EXO-01.*EXO-03|EXO-03.*EXO-01/)
})

test('a section that a merge left out comes back at its place', () => {
  const { editor } = openEditor({
    type: 'doc',
    content: [{ type: 'axis', attrs: { id: 'a' }, content: [{ type: 'action', attrs: { code: 'EXO-01' }, content: [{ type: 'actionSection', attrs: { kind: 'deliverables' } }] }] }],
  })

  editor.commands.addActionPart(1, 'problem')
  editor.commands.addActionPart(1, '')

  const kinds = actionNamed(editor, 'EXO-01').node.children.map(node => node.attrs.kind ?? node.type.name)
  expect(kinds).toEqual(['actionTitle', 'problem', 'deliverables'])
})
