/** Two and three people write a note in any order, some offline: nothing typed is lost, nothing is there twice. */
import { expect, test } from 'vitest'
import * as Y from 'yjs'

import { linesOf, openNote, stateOf, stored, type NoteBench } from './note-testing'

/** The same sequence for the same seed (mulberry32): a failure names the seed that shows it again. */
function chance(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

class Writer {
  readonly bench: NoteBench
  readonly unsent: Uint8Array[] = []

  constructor(state: Uint8Array) {
    this.bench = openNote(state)
    this.bench.doc.on('update', (update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
      if (transaction.local) this.unsent.push(update)
    })
  }

  get editor() {
    return this.bench.editor
  }
}

type Act = (writer: Writer, pick: (below: number) => number, typed: string[]) => void

const places = ({ editor }: Writer) => {
  const found: { from: number; to: number; isTop: boolean }[] = []
  editor.state.doc.descendants((node, pos, parent) => {
    if (node.isTextblock) found.push({ from: pos + 1, to: pos + 1 + node.content.size, isTop: parent?.type.name === 'noteText' })
  })
  return found
}

const type: Act = (writer, pick, typed) => {
  const lines = places(writer)
  const line = lines[pick(lines.length)]!
  const word = `mot${typed.length}x`
  writer.editor.view.dispatch(writer.editor.state.tr.insertText(` ${word} `, pick(2) === 0 ? line.from : line.to))
  typed.push(word)
}

/** A new line before or after one: Enter at its edge. In its middle, two people who split it leave its end twice (docs/architecture.md). */
const enter: Act = (writer, pick) => {
  const lines = places(writer)
  const line = lines[pick(lines.length)]!
  writer.editor.view.dispatch(writer.editor.state.tr.split(pick(2) === 0 ? line.from : line.to))
}

const embolden: Act = (writer, pick) => {
  const lines = places(writer).filter(line => line.to > line.from)
  const line = lines[pick(Math.max(1, lines.length))]
  if (!line) return
  const mark = writer.editor.schema.marks[pick(2) === 0 ? 'bold' : 'italic']!.create()
  writer.editor.view.dispatch(writer.editor.state.tr.addMark(line.from, line.to, mark))
}

const table: Act = (writer, pick) => {
  const { editor } = writer
  const tops = places(writer).filter(line => line.isTop && line.to > line.from)
  const line = tops[pick(Math.max(1, tops.length))]
  if (!line || pick(3) > 0) return
  editor.commands.setTextSelection(line.to)
  editor.commands.insertTable({ rows: 2, columns: 2 })
}

const ACTS: Act[] = [type, type, type, enter, embolden, table]

function play(seed: number, people: number): void {
  const pick = chance(seed)
  const log = [stateOf('Ordre du jour', '', 'Suites')]
  const writers = Array.from({ length: people }, () => new Writer(log[0]!))
  const typed: string[] = []
  const send = (writer: Writer) => log.push(...writer.unsent.splice(0))
  const receive = (writer: Writer, count = log.length) => { for (const update of log.slice(0, count)) Y.applyUpdate(writer.bench.doc, update) }
  for (let step = 0; step < 40; step += 1) {
    const writer = writers[pick(people)]!
    ACTS[pick(ACTS.length)]!(writer, pick, typed)
    if (pick(3) > 0) send(writer)
    if (pick(2) === 0) receive(writers[pick(people)]!, 1 + pick(log.length))
  }
  for (let round = 0; round < 2; round += 1) {
    for (const writer of writers) send(writer)
    for (const writer of writers) receive(writer)
  }
  const fresh = openNote(Y.mergeUpdates(log))
  for (const writer of writers) {
    expect(writer.editor.getJSON(), `seed ${seed}`).toEqual(fresh.editor.getJSON())
    expect(stored(writer.bench.doc), `seed ${seed}`).toBe(stored(fresh.doc))
  }
  const found = linesOf(fresh.editor).join(' ').match(/mot\d+x/g) ?? []
  expect([...found].sort(), `seed ${seed}`).toEqual([...typed].sort())
  for (const { editor } of [...writers, { editor: fresh.editor }]) editor.destroy()
  document.body.replaceChildren()
}

const { env } = (globalThis as unknown as { process: { env: Record<string, string | undefined> } }).process
const SEEDS = Number(env.SEEDS ?? 4) // games of 40 steps; `SEEDS=1000 npx vitest run note/together` plays more
const FIRST = Number(env.FIRST_SEED ?? 1)

test.each([2, 3])('%d people: every word typed is there once, and all see the same note', people => {
  for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) play(seed, people)
}, 30_000 + SEEDS * 10_000)
