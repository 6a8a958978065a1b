import { AllSelection, TextSelection } from '@tiptap/pm/state'
import { expect, test } from 'vitest'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'

import { WritingContext } from '../context'
import { Toolbar } from '../panels/toolbar'
import { absoluteAt, relativeAt } from '../shared/positions'
import { sharedTextOf } from '../shared/shared-text'
import { caretIn, press } from '../testing'
import { createNoteEditor, NOTE_FIELD } from './note-editor'
import { linesOf, NOTE_DATA, openNote, paragraph, stateOf, stored } from './note-testing'

test('a note is drawn from blocks that stand right in the fragment, and written back there', () => {
  const { editor, doc } = openNote(stateOf('Un', 'Deux'))

  caretIn(editor, 'Deux', 4)
  editor.view.dispatch(editor.state.tr.insertText(' !'))

  expect(linesOf(editor)).toEqual(['Un', 'Deux !'])
  expect(stored(doc)).toBe('<paragraph>Un</paragraph><paragraph>Deux !</paragraph>')
})

test('opening a note writes nothing in it', () => {
  const { doc } = openNote(stateOf())

  expect(stored(doc)).toBe('')
})

test('a block moved in the text keeps its words', () => {
  const { editor, doc } = openNote(stateOf('Un', 'Deux', 'Trois'))
  const { tr } = editor.state
  const [first] = editor.state.doc.child(0).children

  tr.delete(1, 1 + first!.nodeSize)
  editor.view.dispatch(tr.insert(tr.doc.content.size - 1, first!))

  expect(stored(doc)).toBe('<paragraph>Deux</paragraph><paragraph>Trois</paragraph><paragraph>Un</paragraph>')
  expect(linesOf(editor)).toEqual(['Deux', 'Trois', 'Un'])
})

test('all selected and erased, a line is left to write on', () => {
  const { editor, doc } = openNote(stateOf('Un', 'Deux'))
  editor.view.dispatch(editor.state.tr.setSelection(new AllSelection(editor.state.doc)))

  press(editor, 'Backspace')

  expect(linesOf(editor)).toEqual([''])
  expect(stored(doc)).toBe('<paragraph></paragraph>')
})

test('an empty note says what goes there; once somebody wrote, it does not', () => {
  const { editor } = openNote(stateOf(''))
  const before = editor.view.dom.querySelector('.is-blank')?.getAttribute('data-placeholder')

  editor.view.dispatch(editor.state.tr.insertText('x', 2))

  expect(before).toMatch(/^Écrivez ici/)
  expect(editor.view.dom.querySelector('.is-blank')).toBeNull()
})

test('a reader gets a text, not a box to write in', () => {
  const { editor } = openNote(stateOf('Un'), { mayWrite: false })

  expect(editor.view.dom.getAttribute('role')).toBe('group')
  expect(editor.view.dom.getAttribute('contenteditable')).toBe('false')
})

test('undo takes back what this person wrote, and leaves what another did', () => {
  const { editor, doc } = openNote(stateOf('Un', 'Deux'))
  const other = new Y.Doc()
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc))
  editor.view.dispatch(editor.state.tr.insertText('ici ', 2))
  const line = other.getXmlFragment(NOTE_FIELD).get(1) as Y.XmlElement
  ;(line.get(0) as Y.XmlText).insert(0, 'là ')
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(other))

  editor.commands.undo()

  expect(linesOf(editor)).toEqual(['Un', 'là Deux'])
})

test('every position of a note is found again', () => {
  const { editor } = openNote(stateOf('Un', '', 'Deux mots'))
  const { drawing } = sharedTextOf(editor.state)!

  const positions = Array.from({ length: editor.state.doc.content.size - 2 }, (_, index) => index + 1)
    .filter(position => editor.state.doc.resolve(position).parent.isTextblock)

  expect(positions.map(position => absoluteAt(relativeAt(position, drawing), drawing))).toEqual(positions)
})

test('the caret of another person stands at their letter', () => {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, stateOf('Bonjour'))
  const awareness = new Awareness(doc)
  const context = new WritingContext(NOTE_DATA)
  const editor = createNoteEditor({ element: document.createElement('div'), data: NOTE_DATA, context, doc, awareness })
  const place = relativeAt(5, sharedTextOf(editor.state)!.drawing)
  awareness.states.set(77, { user: { name: 'Jean', appearance: 2 }, cursor: { anchor: place, head: place } })

  editor.view.dispatch(editor.state.tr.setMeta('awarenessChanged', true))

  const caret = editor.view.dom.querySelector('.ed-caret')
  expect(caret?.previousSibling?.textContent).toBe('Bon')
})

test('tables, lists and headings are written by the toolbar; two notes have each their own', () => {
  const one = openNote(stateOf('Un'))
  const other = openNote(stateOf('Deux'))
  const toolbars = [one, other].map(({ editor, context }) => new Toolbar(editor, context))
  for (const { editor } of [one, other]) editor.view.dom.dispatchEvent(new FocusEvent('focus'))
  caretIn(one.editor, 'Un', 1)

  toolbars[0]!.dom.querySelector<HTMLButtonElement>('[aria-label="Liste à puces"]')!.click()
  caretIn(other.editor, 'Deux', 4)
  other.editor.commands.insertTable({ rows: 1, columns: 1 })

  expect(stored(one.doc)).toBe('<bulletlist><listitem><paragraph>Un</paragraph></listitem></bulletlist>')
  expect(stored(other.doc)).toContain('<table>')
  const targets = toolbars.map(({ dom }) => dom.getAttribute('aria-controls'))
  expect(targets).toEqual([one, other].map(({ editor }) => editor.view.dom.id))
  expect(new Set(targets).size).toBe(2)
})

test('erasing from one cell to another empties them and keeps the table', () => {
  const { editor } = openNote(stateOf('x'))
  caretIn(editor, 'x', 1)
  editor.commands.insertTable({ rows: 2, columns: 2 })
  const cells: number[] = []
  editor.state.doc.descendants((node, pos) => { if (/table(Cell|Header)/.test(node.type.name)) cells.push(pos + 2) })
  for (const cell of [...cells].reverse()) editor.view.dispatch(editor.state.tr.insertText('mot', cell))
  const ends: number[] = []
  editor.state.doc.descendants((node, pos) => { if (node.isText && node.text === 'mot') ends.push(pos) })
  editor.view.dispatch(editor.state.tr.setSelection(TextSelection.create(editor.state.doc, ends[0]! + 1, ends[3]! + 1)))

  press(editor, 'Delete')

  expect(linesOf(editor)).toEqual(['x', 'm', '', '', 'ot'])
})

test('what is copied from a whole note comes as blocks', () => {
  const { editor } = openNote(stateOf('Fin'))
  caretIn(editor, 'Fin', 3)
  press(editor, 'Enter')

  editor.view.pasteHTML('<div data-node="note-text" data-pm-slice="0 0 []"><p>Collé</p><p>en deux</p></div>')

  expect(linesOf(editor).filter(Boolean)).toEqual(['Fin', 'Collé', 'en deux'])
})

test('a link that runs is not kept', () => {
  const { editor } = openNote(stateOf(''))

  editor.view.pasteHTML('<p>Voir <a href="javascript:alert(1)">ici</a><script>x</script></p>')

  expect(editor.view.dom.querySelector('a')).toBeNull()
  expect(linesOf(editor)).toContain('Voir ici')
})

test('what the schema does not know is not drawn, and stays in the shared document', () => {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, stateOf('Un'))
  doc.getXmlFragment(NOTE_FIELD).insert(0, [new Y.XmlElement('video')])
  const { editor, doc: copy } = openNote(Y.encodeStateAsUpdate(doc))

  editor.view.dispatch(editor.state.tr.insertText('x', 2))

  expect(editor.getJSON().content).toEqual([{ type: 'noteText', content: [paragraph('xUn')] }])
  expect(stored(copy)).toBe('<video></video><paragraph>xUn</paragraph>')
})
