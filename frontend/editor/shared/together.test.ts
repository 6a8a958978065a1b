/** Two and three people write, move, and go offline in any order: nothing typed is lost, nothing is there twice. */
import { expect, test } from 'vitest'
import * as Y from 'yjs'

import { FIELD } from '../editor'
import { findActions } from '../structure'
import { actionNamed, openEditor, PROGRAMME, type Bench } from '../testing'
import { words } from '../text'

const CODES = ['EXO-01', 'EXO-02', 'EXO-03']
const NAMES = ['dinum', 'sgmap', 'adf', 'amf']

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

/** A person at their page. What they do stays with them while they are offline, and outlives the page. */
class Writer {
  bench: Bench
  isOnline = true
  private unsent: Uint8Array[] = []

  constructor(private readonly server: Server) {
    this.bench = this.open(server.state())
  }

  private open(state: Uint8Array): Bench {
    const bench = openEditor(PROGRAMME, { state })
    bench.doc.on('update', (update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
      if (transaction.local) this.unsent.push(update)
    })
    return bench
  }

  get editor() {
    return this.bench.editor
  }

  /** Close the page and open it again from what the device kept: a new client id, the same unsent changes. */
  reopen(): void {
    const kept = Y.encodeStateAsUpdate(this.bench.doc)
    this.editor.destroy()
    this.bench = this.open(kept)
  }

  send(): void {
    if (this.isOnline) for (const update of this.unsent.splice(0)) this.server.take(update)
  }

  receive(count: number): void {
    if (!this.isOnline) return
    Y.applyUpdate(this.bench.doc, this.server.since(Y.encodeStateVector(this.bench.doc), count))
  }
}

/** Keeps what is sent in the order it came; hands on all of it, or only the first part a slow network let through. */
class Server {
  private readonly log: Uint8Array[]

  constructor(start: Uint8Array) {
    this.log = [start]
  }

  take(update: Uint8Array): void {
    this.log.push(update)
  }

  state(): Uint8Array {
    return Y.mergeUpdates(this.log)
  }

  since(vector: Uint8Array, count: number): Uint8Array {
    return Y.diffUpdate(Y.mergeUpdates(this.log.slice(0, Math.max(1, this.log.length - count))), vector)
  }
}

interface Typed {
  word: string
  code: string
}

type Act = (writer: Writer, pick: (below: number) => number, typed: Typed[]) => void

const type: Act = ({ editor }, pick, typed) => {
  const code = CODES[pick(CODES.length)]!
  const action = actionNamed(editor, code)
  const lines: { from: number; to: number }[] = []
  action.node.descendants((node, offset) => {
    if (node.isTextblock) lines.push({ from: action.pos + 2 + offset, to: action.pos + 2 + offset + node.content.size })
  })
  const line = lines[pick(lines.length)]!
  const word = `mot${typed.length}x`
  const at = pick(2) === 0 ? line.from : line.to
  if (pick(3) === 0 && editor.state.doc.resolve(at).parent.type.name === 'paragraph') editor.view.dispatch(editor.state.tr.split(at))
  editor.view.dispatch(editor.state.tr.insertText(` ${word} `, at))
  typed.push({ word, code })
}

const move: Act = ({ editor }, pick) => {
  const { pos } = actionNamed(editor, CODES[pick(CODES.length)]!)
  if (pick(2) === 0) editor.commands.moveActionBy(pick(2) === 0 ? 1 : -1, pos)
  else editor.commands.moveAction(pos, { axis: pick(2), rank: pick(3) })
}

const listAndDate: Act = ({ editor }, pick) => {
  const { node, pos } = actionNamed(editor, CODES[pick(CODES.length)]!)
  const name = NAMES[pick(NAMES.length)]!
  const pilots = words(node.attrs.pilots)
  const toggled = pilots.includes(name) ? pilots.filter(each => each !== name) : [...pilots, name]
  editor.commands.setActionFacts(pos, pick(2) === 0 ? { pilots: toggled.join(' ') } : { deadline: String(2026 + pick(9)) })
}

const decorate: Act = ({ editor }, pick) => {
  const { node, pos } = actionNamed(editor, CODES[pick(CODES.length)]!)
  const places: number[] = []
  node.descendants((child, offset) => { if (child.isText) places.push(pos + 1 + offset + pick(child.nodeSize)) })
  const from = places[pick(Math.max(1, places.length))]
  if (from === undefined) return
  const { parent } = editor.state.doc.resolve(from)
  const to = Math.min(from + pick(9), from + parent.content.size - editor.state.doc.resolve(from).parentOffset)
  const { bold, italic } = editor.schema.marks
  const mark = (pick(2) === 0 ? bold! : italic!).create()
  editor.view.dispatch(pick(2) === 0 ? editor.state.tr.addMark(from, to, mark) : editor.state.tr.removeMark(from, to, mark))
  const end = editor.state.doc.resolve(from).end()
  if (pick(3) === 0) editor.view.dispatch(editor.state.tr.insert(end, editor.schema.nodes.hardBreak!.create()))
}

const ACTS: Act[] = [type, type, type, move, move, listAndDate, decorate]

function play(seed: number, people: number): void {
  const pick = chance(seed)
  const start = openEditor()
  const server = new Server(Y.encodeStateAsUpdate(start.doc))
  start.editor.destroy()
  const writers = Array.from({ length: people }, () => new Writer(server))
  const typed: Typed[] = []
  for (let step = 0; step < 40; step += 1) {
    const writer = writers[pick(people)]!
    const what = pick(10)
    if (what === 0) writer.isOnline = !writer.isOnline
    else if (what === 1) writer.reopen()
    else ACTS[pick(ACTS.length)]!(writer, pick, typed)
    if (pick(3) > 0) writer.send()
    if (pick(2) === 0) writers[pick(people)]!.receive(pick(3))
  }
  for (const writer of writers) {
    writer.isOnline = true
    writer.send()
  }
  // Twice: what one writes on receiving (the binding tidies texts) the others receive too.
  for (let round = 0; round < 2; round += 1) for (const writer of writers) {
    writer.receive(0)
    writer.send()
  }
  for (const writer of writers) writer.receive(0)
  const [first] = writers
  const fresh = openEditor(PROGRAMME, { state: server.state() })
  expect(fresh.editor.getJSON(), `seed ${seed}`).toEqual(first!.editor.getJSON())
  fresh.editor.destroy()
  for (const writer of writers) {
    expect(writer.editor.getJSON(), `seed ${seed}`).toEqual(first!.editor.getJSON())
    expect(writer.bench.doc.getXmlFragment(FIELD).toJSON(), `seed ${seed}`).toBe(first!.bench.doc.getXmlFragment(FIELD).toJSON())
  }
  const actions = findActions(first!.editor.state.doc)
  expect(actions.map(({ node }) => node.attrs.code).sort(), `seed ${seed}`).toEqual(CODES)
  for (const { node } of actions) {
    const found = node.textContent.match(/mot\d+x/g) ?? []
    const expected = typed.filter(({ code }) => code === node.attrs.code).map(({ word }) => word)
    expect([...found].sort(), `seed ${seed}, ${node.attrs.code}`).toEqual(expected.sort())
  }
  for (const writer of writers) writer.editor.destroy()
  document.body.replaceChildren()
}

const { env } = (globalThis as unknown as { process: { env: Record<string, string | undefined> } }).process
const SEEDS = Number(env.SEEDS ?? 4) // games of 40 steps; `SEEDS=1000 npx vitest run together` plays more
const FIRST = Number(env.FIRST_SEED ?? 1)

test.each([2, 3])('%d people: every word typed is there once, in the action it was typed in, and every code once', people => {
  for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) play(seed, people)
}, 30_000 + SEEDS * 10_000)
