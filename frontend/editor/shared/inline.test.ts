import { expect, test } from 'vitest'
import * as Y from 'yjs'

import { actionNamed, caretIn, openEditor, select, type Bench } from '../testing'

/** Write at the end of the deliverables, which begin empty. */
function writeAtTheEnd({ editor }: Bench, words: string): void {
  const { node, pos } = actionNamed(editor, 'EXO-01')
  editor.view.dispatch(editor.state.tr.insertText(words, pos + node.nodeSize - 3))
}

function take(from: Bench, to: Bench): void {
  Y.applyUpdate(to.doc, Y.encodeStateAsUpdate(from.doc, Y.encodeStateVector(to.doc)))
}

test.each([[1, 2], [2, 1]])('two people who begin in the same empty line at once both go on writing (clients %d and %d)', (one, other) => {
  const start = openEditor()
  const pages = [one, other].map(client => {
    const page = openEditor(undefined, { state: Y.encodeStateAsUpdate(start.doc) })
    page.doc.clientID = client
    return page
  })
  const [first, second] = pages as [Bench, Bench]
  writeAtTheEnd(first, 'un ')
  writeAtTheEnd(second, 'deux ')
  take(second, first)
  writeAtTheEnd(second, 'trois ')
  writeAtTheEnd(first, 'quatre ')
  for (let round = 0; round < 2; round += 1) {
    take(first, second)
    take(second, first)
  }

  const line = actionNamed(first.editor, 'EXO-01').node.lastChild!.textContent

  expect(line.split(' ').filter(Boolean).sort()).toEqual(['deux', 'quatre', 'trois', 'un'])
  expect(second.editor.getJSON()).toEqual(first.editor.getJSON())
})

test('letters, marks and line breaks are the same on a page opened after', () => {
  const first = openEditor()
  select(first.editor, 'Problème de Un', 0, 'Problème de Un', 8)
  first.editor.commands.toggleMark('bold')
  select(first.editor, 'Problème de Un', 4, 'Problème de Un', 11)
  first.editor.commands.toggleMark('italic')
  caretIn(first.editor, 'Problème de Un', 8)
  first.editor.commands.setHardBreak()
  first.editor.commands.insertContent('après ')
  select(first.editor, 'Problèmeaprès  de Un', 0, 'Problèmeaprès  de Un', 4)
  first.editor.commands.toggleMark('bold')

  const second = openEditor(undefined, { state: Y.encodeStateAsUpdate(first.doc) })

  expect(second.editor.getJSON()).toEqual(first.editor.getJSON())
})

test('a mark over a line break stays on the letters, and the caret where it was', () => {
  const { editor } = openEditor()
  caretIn(editor, 'Problème de Un', 8)
  editor.commands.setHardBreak()
  select(editor, 'Problème de Un', 4, 'Problème de Un', 11)

  editor.commands.toggleMark('bold')

  const line = editor.state.selection.$from.parent
  expect(line.children.map(node => [node.type.name, node.text, node.marks.length])).toEqual([
    ['text', 'Prob', 0], ['text', 'lème', 1], ['hardBreak', undefined, 0], ['text', ' d', 1], ['text', 'e Un', 0],
  ])
  expect([editor.state.selection.from, editor.state.selection.to].map(pos => editor.state.doc.resolve(pos).parentOffset)).toEqual([4, 11])
})

test('two people who press Enter at the start of the same paragraph do not double its words', () => {
  const first = openEditor()
  const second = openEditor(undefined, { state: Y.encodeStateAsUpdate(first.doc) })
  for (const page of [first, second]) {
    caretIn(page.editor, 'Problème de Un', 0)
    page.editor.view.dispatch(page.editor.state.tr.split(page.editor.state.selection.from))
  }

  take(first, second)
  take(second, first)

  expect(actionNamed(first.editor, 'EXO-01').node.textContent).toBe('UnProblème de Un')
  expect(second.editor.getJSON()).toEqual(first.editor.getJSON())
})

/** Change something at random in the line of the deliverables: letters, marks, line breaks, added, replaced or taken out. */
function changeLine({ editor }: Bench, pick: (below: number) => number): void {
  const { node, pos } = actionNamed(editor, 'EXO-01')
  const start = pos + node.nodeSize - 3 - node.lastChild!.firstChild!.content.size
  const size = node.lastChild!.firstChild!.content.size
  const from = start + pick(size + 1)
  const to = Math.min(from + pick(5), start + size)
  const { tr, schema } = editor.state
  const { bold, italic } = schema.marks
  const changes = [
    () => tr.insertText('abca'.slice(0, 1 + pick(4)), from, to),
    () => tr.replaceWith(from, to, [schema.text('a'), schema.nodes.hardBreak!.create(), schema.text('b')]),
    () => tr.insert(from, schema.nodes.hardBreak!.create()),
    () => tr.delete(from, to),
    () => tr.addMark(from, to, (pick(2) ? bold! : italic!).create()),
    () => tr.removeMark(from, to),
  ]
  editor.view.dispatch(changes[pick(changes.length)]!())
}

test('whatever two people do in one line, both see the same, and so does who comes after', () => {
  let state = 7
  const pick = (below: number) => {
    state = (state * 1103515245 + 12345) % 2147483648
    return Math.floor(state / 65536) % below
  }
  const start = openEditor()
  const pages = [1, 2].map(() => openEditor(undefined, { state: Y.encodeStateAsUpdate(start.doc) })) as [Bench, Bench]
  for (let step = 0; step < 200; step += 1) {
    changeLine(pages[pick(2)]!, pick)
    if (pick(3) === 0) take(pages[0], pages[1])
    if (pick(3) === 0) take(pages[1], pages[0])
    if (step % 40 !== 39) continue
    take(pages[0], pages[1])
    take(pages[1], pages[0])
    const fresh = openEditor(undefined, { state: Y.encodeStateAsUpdate(pages[0].doc) })
    expect(pages[0].editor.getJSON()).toEqual(fresh.editor.getJSON())
    expect(pages[1].editor.getJSON()).toEqual(fresh.editor.getJSON())
    fresh.editor.destroy()
  }
}, 30_000)
