import { expect, test, vi } from 'vitest'
import * as Y from 'yjs'

import { FIELD } from '../editor'
import { announceMovesByOthers } from '../sheet/announce-move'
import { actionsOf, findAxes } from '../structure'
import { actionNamed, caretIn, openEditor, openSecond, order, type Bench } from '../testing'

/** The same document on another page, not in touch with the first until they meet. */
function openApart(first: Bench): Bench {
  return openEditor(undefined, { state: Y.encodeStateAsUpdate(first.doc) })
}

function meet(first: Bench, second: Bench): void {
  Y.applyUpdate(first.doc, Y.encodeStateAsUpdate(second.doc))
  Y.applyUpdate(second.doc, Y.encodeStateAsUpdate(first.doc))
}

const textOf = ({ editor }: Bench, code: string) => actionNamed(editor, code).node.textContent

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

test('what one writes in an action while another moves it goes with the action, its author unchanged', () => {
  const first = openEditor()
  const second = openApart(first)
  first.editor.commands.moveAction(actionNamed(first.editor, 'EXO-01').pos, { axis: 1, rank: 0 })
  caretIn(second.editor, 'Problème de Un', 14)
  second.editor.view.dispatch(second.editor.state.tr.insertText(' écrit hors ligne'))
  const inserted = Y.encodeStateVector(second.doc)

  meet(first, second)

  expect(textOf(first, 'EXO-01')).toBe('UnProblème de Un écrit hors ligne')
  expect(order(second.editor)).toBe('axe-1: EXO-02 | axe-2: EXO-01 EXO-03')
  expect(Y.decodeStateVector(Y.encodeStateVector(second.doc)).get(second.doc.clientID)).toBe(Y.decodeStateVector(inserted).get(second.doc.clientID))
})

test('the facts two people change, one of them moving the action, are all kept', () => {
  const first = openEditor()
  const second = openApart(first)
  first.editor.commands.moveAction(actionNamed(first.editor, 'EXO-01').pos, { axis: 1, rank: 0 })
  first.editor.commands.setActionFacts(actionNamed(first.editor, 'EXO-01').pos, { stage: 'withdrawn' })
  second.editor.commands.setActionFacts(actionNamed(second.editor, 'EXO-01').pos, { deadline: '2027-06', pilots: 'adf' })

  meet(first, second)

  expect(actionNamed(first.editor, 'EXO-01').node.attrs).toMatchObject({ stage: 'withdrawn', deadline: '2027-06', pilots: 'adf' })
})

test('names that two people add to one list are both kept, and the one taken out is out', () => {
  const first = openEditor()
  first.editor.commands.setActionFacts(actionNamed(first.editor, 'EXO-01').pos, { pilots: 'dinum' })
  const second = openApart(first)
  first.editor.commands.setActionFacts(actionNamed(first.editor, 'EXO-01').pos, { pilots: 'dinum sgmap' })
  second.editor.commands.setActionFacts(actionNamed(second.editor, 'EXO-01').pos, { pilots: 'adf' })

  meet(first, second)

  expect(actionNamed(first.editor, 'EXO-01').node.attrs.pilots).toBe('adf sgmap')
  expect(actionNamed(second.editor, 'EXO-01').node.attrs.pilots).toBe('adf sgmap')
})

test('a caret in an action that somebody moves follows it, and the person is told', () => {
  const first = openEditor()
  const second = openSecond(first)
  caretIn(second.editor, 'Problème de Un', 5)
  second.editor.view.focus()
  second.context.announce = vi.fn()
  announceMovesByOthers(second.context, second.editor)

  first.editor.commands.moveAction(actionNamed(first.editor, 'EXO-01').pos, { axis: 1, rank: 1 })

  const { $from } = second.editor.state.selection
  expect([$from.parent.textContent, $from.parentOffset]).toEqual(['Problème de Un', 5])
  expect(second.context.announce).toHaveBeenCalledExactlyOnceWith('Une autre personne a déplacé EXO-01\u00a0: Second, rang 2. Votre texte a suivi l’action.')
})

test('a caret in an action that stands elsewhere than it is stored stays at its letter', () => {
  const first = openEditor()
  first.editor.commands.moveAction(actionNamed(first.editor, 'EXO-01').pos, { axis: 1, rank: 1 })
  const second = openSecond(first)
  caretIn(first.editor, 'Problème de Trois', 17)
  caretIn(second.editor, 'Problème de Un', 14)

  for (const letter of 'abc') {
    first.editor.view.dispatch(first.editor.state.tr.insertText(letter))
    second.editor.view.dispatch(second.editor.state.tr.insertText(letter.toUpperCase()))
  }

  expect(textOf(first, 'EXO-01')).toBe('UnProblème de UnABC')
  expect(textOf(second, 'EXO-03')).toBe('TroisProblème de Troisabc')
})

test('undo puts an action back, with what others wrote in it meanwhile', () => {
  const first = openEditor()
  const second = openSecond(first)
  first.editor.commands.moveAction(actionNamed(first.editor, 'EXO-01').pos, { axis: 1, rank: 0 })
  caretIn(second.editor, 'Problème de Un', 14)
  second.editor.view.dispatch(second.editor.state.tr.insertText(' gardé'))

  first.editor.commands.undo()
  const undone = order(second.editor)
  first.editor.commands.redo()

  expect(undone).toBe('axe-1: EXO-01 EXO-02 | axe-2: EXO-03')
  expect(order(second.editor)).toBe('axe-1: EXO-02 | axe-2: EXO-01 EXO-03')
  expect(textOf(second, 'EXO-01')).toContain('gardé')
})

test('undo does not take back the move somebody else made after', () => {
  const first = openEditor()
  const second = openSecond(first)
  first.editor.commands.moveAction(actionNamed(first.editor, 'EXO-01').pos, { axis: 1, rank: 0 })
  second.editor.commands.moveAction(actionNamed(second.editor, 'EXO-01').pos, { axis: 1, rank: 1 })

  first.editor.commands.undo()

  expect(order(first.editor)).toBe('axe-1: EXO-02 | axe-2: EXO-03 EXO-01')
})

test('undo of an added sheet leaves it when somebody has written in it', () => {
  const first = openEditor()
  const second = openSecond(first)
  first.editor.commands.addAction(actionNamed(first.editor, 'EXO-03').axis.pos, 'cle')
  const { pos } = actionsOf(findAxes(second.editor.state.doc)[1]!)[1]!
  second.editor.view.dispatch(second.editor.state.tr.insertText('Le titre', pos + 2))

  first.editor.commands.undo()

  expect(order(second.editor)).toBe('axe-1: EXO-01 EXO-02 | axe-2: EXO-03 cle')
  expect(second.editor.state.doc.textContent).toContain('Le titre')
})

test('an axis removed while somebody writes in it comes back with their words', () => {
  const first = openEditor()
  first.editor.commands.addAxis()
  const second = openApart(first)
  const { pos } = findAxes(first.editor.state.doc)[2]!
  first.editor.commands.removeBlankAxis(pos)
  const whenRemoved = findAxes(first.editor.state.doc).length
  second.editor.view.dispatch(second.editor.state.tr.insertText('Troisième', pos + 2))

  meet(first, second)

  expect(whenRemoved).toBe(2)
  expect(findAxes(first.editor.state.doc).map(({ node }) => node.textContent).at(-1)).toBe('Troisième')
  expect(first.editor.getJSON()).toEqual(second.editor.getJSON())
})

test('an axis whose actions all went elsewhere can be removed, and they stay', () => {
  const first = openEditor()
  first.editor.commands.addAxis()
  const third = findAxes(first.editor.state.doc)[2]!
  first.editor.commands.addAction(third.pos, 'cle')
  first.editor.commands.moveAction(actionsOf(findAxes(first.editor.state.doc)[2]!)[0]!.pos, { axis: 0, rank: 0 })

  first.editor.commands.removeBlankAxis(findAxes(first.editor.state.doc)[2]!.pos)

  expect(order(first.editor)).toBe('axe-1: cle EXO-01 EXO-02 | axe-2: EXO-03')
  expect(order(openApart(first).editor)).toBe(order(first.editor))
})

test('what the schema has no room for is not shown, and not taken away either', () => {
  const first = openEditor()
  const stray = new Y.XmlElement('paragraph')
  const words = new Y.XmlText('ailleurs')
  stray.insert(0, [words])
  first.doc.getXmlFragment(FIELD).insert(0, [stray])
  caretIn(first.editor, 'Préambule')

  first.editor.view.dispatch(first.editor.state.tr.insertText('Le '))

  expect(first.editor.state.doc.textContent).not.toContain('ailleurs')
  expect(first.doc.getXmlFragment(FIELD).toJSON()).toContain('<paragraph>ailleurs</paragraph>')
})

test('an action moved many times leaves one mark', () => {
  const { editor, doc } = openEditor()

  for (let turn = 0; turn < 12; turn += 1) editor.commands.moveActionBy(turn % 2 ? -1 : 1, actionNamed(editor, 'EXO-01').pos)

  expect(doc.getXmlFragment(FIELD).toJSON().match(/<place /g)).toHaveLength(1)
})
