/**
 * The words of one line (a title, a paragraph) in its shared texts. Two people who begin to write in an empty line at the
 * same moment leave two shared texts in it; they are shown as one and stay two, for ever. The library's binding pours one
 * into the other, and what is being typed there meanwhile is lost.
 */
import { type Mark, type Node as ProseMirrorNode, type NodeType, type Schema } from '@tiptap/pm/model'
import { simpleDiff } from 'lib0/diff'
import * as Y from 'yjs'

interface Run {
  insert: string
  attributes?: Record<string, unknown>
}

function runsOf(text: Y.XmlText): Run[] {
  return (text.toDelta() as { insert: unknown; attributes?: Record<string, unknown> }[])
    .filter((run): run is Run => typeof run.insert === 'string' && run.insert !== '')
}

function wordsOf(text: Y.XmlText): string {
  return runsOf(text).map(run => run.insert).join('')
}

/** Names may end with a digest, as the library writes them for marks that may overlap. */
function marksOf(attributes: Record<string, unknown>, schema: Schema): Mark[] {
  return Object.entries(attributes).flatMap(([name, value]) => {
    const type = schema.marks[name.replace(/--[a-zA-Z0-9+/=]{8}$/, '')]
    return type && value !== null && value !== false ? [type.create(typeof value === 'object' ? value as Record<string, unknown> : null)] : []
  })
}

/** A shared text as nodes, with the marks its line allows. */
export function drawRuns(text: Y.XmlText, line: NodeType, schema: Schema): ProseMirrorNode[] {
  return runsOf(text).map(({ insert, attributes }) => schema.text(insert, line.allowedMarks(marksOf(attributes ?? {}, schema))))
}

function formatsOf(node: ProseMirrorNode): Record<string, unknown> {
  return Object.fromEntries(node.marks.map(mark => [mark.type.name, mark.attrs]))
}

type Part = Y.XmlText | Y.XmlElement

/** A part of a line as letters: an element (a line break) counts as one, of a kind nobody types. */
function lettersOf(part: Part, names: string[]): string {
  if (part instanceof Y.XmlText) return wordsOf(part)
  if (!names.includes(part.nodeName)) names.push(part.nodeName)
  return String.fromCharCode(names.indexOf(part.nodeName))
}

function lettersOfNode(node: ProseMirrorNode, names: string[]): string {
  if (node.isText) return node.text ?? ''
  if (!names.includes(node.type.name)) names.push(node.type.name)
  return String.fromCharCode(names.indexOf(node.type.name))
}

/** Take letters and elements out of a line. */
function takeOut(line: Y.XmlElement, parts: Part[], lengths: number[], index: number, count: number): void {
  let at = 0
  for (const [rank, part] of parts.entries()) {
    const length = lengths[rank]!
    const from = Math.max(index, at)
    const gone = Math.max(0, Math.min(index + count, at + length) - from)
    at += length
    if (gone === 0) continue
    if (part instanceof Y.XmlText) part.delete(from - at + length, gone)
    else line.delete(line.toArray().indexOf(part), 1)
    lengths[rank] = length - gone
  }
}

/** A shared text after a part of the line (null: first), with these runs. */
function addText(line: Y.XmlElement, after: Part | null, runs: Run[]): Y.XmlText {
  const text = new Y.XmlText()
  line.insertAfter(after as Y.XmlElement | null, [text])
  text.applyDelta(runs)
  return text
}

/** The text that takes what is written at this place: the first that reaches there; else null, and the part just before. */
function placeAt(parts: Part[], lengths: number[], index: number): { text: Y.XmlText | null; offset: number; before: Part | null } {
  let at = 0
  let before: Part | null = null
  for (const [rank, part] of parts.entries()) {
    const end = at + lengths[rank]!
    if (part instanceof Y.XmlText && index <= end) return { text: part, offset: index - at, before }
    if (index <= at) break
    if (lengths[rank]! > 0 || part instanceof Y.XmlText) before = part
    at = end
  }
  return { text: null, offset: 0, before }
}

/** Put words and elements in a line. Only where an element comes between two letters of one text is its end written again. */
function putIn(line: Y.XmlElement, parts: Part[], lengths: number[], index: number, words: string, names: string[]): void {
  const place = placeAt(parts, lengths, index)
  const elements = [...words].filter(letter => letter.charCodeAt(0) < names.length)
  const pieces = words.split(new RegExp(`[${elements.map(letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('') || '\\uffff'}]`))
  const [first = '', ...others] = pieces
  let after: Part | null = place.text ?? place.before
  let rest: Run[] = []
  if (place.text) {
    const end = place.offset + first.length
    if (first) place.text.insert(place.offset, first)
    rest = elements.length > 0 ? cutFrom(place.text, end) : []
  } else if (first) after = addText(line, after, [{ insert: first }])
  for (const [rank, letter] of elements.entries()) {
    const element: Y.XmlElement = new Y.XmlElement(names[letter.charCodeAt(0)])
    line.insertAfter(after as Y.XmlElement | null, [element])
    const isLast = rank === elements.length - 1
    const runs = [...(others[rank] ? [{ insert: others[rank]! }] : []), ...(isLast ? rest : [])]
    after = runs.length > 0 ? addText(line, element, runs) : element
  }
}

/** Take the end of a text out of it, to be written again further on. */
function cutFrom(text: Y.XmlText, start: number): Run[] {
  const runs: Run[] = []
  let at = 0
  for (const run of runsOf(text)) {
    const insert = run.insert.slice(Math.max(0, start - at))
    at += run.insert.length
    if (insert && at > start) runs.push({ ...run, insert })
  }
  if (at > start) text.delete(start, at - start)
  return runs
}

/** Give each letter the marks of its node. A mark that is in the text but not on these letters is taken off. */
function format(texts: Y.XmlText[], nodes: ProseMirrorNode[]): void {
  const runs = nodes.map(node => ({ left: node.text?.length ?? 0, formats: formatsOf(node) }))
  for (const text of texts) {
    const now = runsOf(text)
    const known = Object.fromEntries(now.flatMap(run => Object.keys(run.attributes ?? {})).map(name => [name, null]))
    const delta: { retain: number; attributes: Record<string, unknown> }[] = []
    for (let left = now.reduce((sum, run) => sum + run.insert.length, 0); left > 0 && runs.length > 0;) {
      const run = runs[0]!
      const retain = Math.min(left, run.left)
      if (retain > 0) delta.push({ retain, attributes: { ...known, ...run.formats } })
      run.left -= retain
      left -= retain
      if (run.left === 0) runs.shift()
    }
    if (delta.some(({ attributes }) => Object.keys(attributes).length > 0)) text.applyDelta(delta)
  }
}

/** What of a line is shown: its texts, and the elements that may stand among words. */
function shownParts(line: Y.XmlElement, schema: Schema): Part[] {
  const isInline = (name: string) => schema.nodes[name]?.isInline === true && name !== 'text'
  const isShown = (part: unknown): part is Part => part instanceof Y.XmlText || (part instanceof Y.XmlElement && isInline(part.nodeName))
  return line.toArray().filter(isShown)
}

/** Make a line say what this node says: the smallest change of its letters, then their marks. Answers its elements, in order. */
export function writeLine(line: Y.XmlElement, after: ProseMirrorNode): Y.XmlElement[] {
  const { schema } = after.type
  const names: string[] = []
  const parts = shownParts(line, schema)
  const letters = parts.map(part => lettersOf(part, names))
  const wanted = after.children.map(node => lettersOfNode(node, names)).join('')
  const { index, remove, insert } = simpleDiff(letters.join(''), wanted)
  const lengths = letters.map(each => each.length)
  if (remove > 0) takeOut(line, parts, lengths, index, remove)
  const left = parts.filter((part, rank) => part instanceof Y.XmlText || lengths[rank]! > 0)
  if (insert) putIn(line, left, left.map(part => lengths[parts.indexOf(part)]!), index, insert, names)
  format(line.toArray().filter(part => part instanceof Y.XmlText), after.children.filter(node => node.isText))
  return shownParts(line, schema).filter(part => part instanceof Y.XmlElement)
}
