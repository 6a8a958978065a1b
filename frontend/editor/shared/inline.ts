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

/** The stretches of text of a line, one more than there are elements (line breaks) between them. */
interface Stretches<Text> {
  texts: Text[][]
  elements: string[]
}

function stretches<Part, Text>(parts: Part[], asText: (part: Part) => Text | null, nameOf: (part: Part) => string): Stretches<Text> {
  const found: Stretches<Text> = { texts: [[]], elements: [] }
  for (const part of parts) {
    const text = asText(part)
    if (text) found.texts.at(-1)!.push(text)
    else {
      found.elements.push(nameOf(part))
      found.texts.push([])
    }
  }
  return found
}

/** Make these texts, one after the other, say these words: the smallest change of the letters, then the marks. */
function writeStretch(texts: Y.XmlText[], nodes: ProseMirrorNode[]): void {
  const wanted = nodes.map(node => node.text ?? '').join('')
  const before = texts.map(wordsOf)
  const { index, remove, insert } = simpleDiff(before.join(''), wanted)
  const lengths: number[] = []
  let at = 0
  let isInserted = false
  for (const [rank, text] of texts.entries()) {
    const { length } = before[rank]!
    const from = Math.max(index, at)
    const gone = Math.max(0, Math.min(index + remove, at + length) - from)
    if (gone > 0) text.delete(from - at, gone)
    const isHere: boolean = !isInserted && index <= at + length
    if (isHere && insert) text.insert(index - at, insert)
    isInserted ||= isHere
    lengths.push(length - gone + (isHere ? insert.length : 0))
    at += length
  }
  format(texts, lengths, nodes)
}

/** Give each letter the marks of its node. A mark that is in the text but not on these letters is taken off. */
function format(texts: Y.XmlText[], lengths: number[], nodes: ProseMirrorNode[]): void {
  const runs = nodes.map(node => ({ left: node.text?.length ?? 0, formats: formatsOf(node) }))
  for (const [rank, text] of texts.entries()) {
    const known = Object.fromEntries(runsOf(text).flatMap(run => Object.keys(run.attributes ?? {})).map(name => [name, null]))
    const delta: { retain: number; attributes: Record<string, unknown> }[] = []
    for (let left = lengths[rank]!; left > 0 && runs.length > 0;) {
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

function isSame(some: ProseMirrorNode[], others: ProseMirrorNode[]): boolean {
  return some.length === others.length && some.every((node, index) => node === others[index] || node.eq(others[index]!))
}

/** Write a line. Answers false when elements between its texts came or went: that is left to the library. */
export function writeLine(line: Y.XmlElement, before: ProseMirrorNode, after: ProseMirrorNode): boolean {
  const parts = line.toArray().filter((part): part is Y.XmlElement | Y.XmlText => part instanceof Y.XmlElement || part instanceof Y.XmlText)
  const shared = stretches(parts, part => (part instanceof Y.XmlText ? part : null), part => (part as Y.XmlElement).nodeName)
  const asText = (node: ProseMirrorNode) => (node.isText ? node : null)
  const name = (node: ProseMirrorNode) => node.type.name
  const [old, wanted] = [stretches([...before.children], asText, name), stretches([...after.children], asText, name)]
  if (wanted.elements.join() !== shared.elements.join() || old.elements.join() !== shared.elements.join()) return false
  const elements = parts.filter(part => part instanceof Y.XmlElement)
  for (const [rank, nodes] of wanted.texts.entries()) {
    if (isSame(old.texts[rank]!, nodes)) continue
    const texts = shared.texts[rank]!
    if (texts.length === 0) {
      const text = new Y.XmlText()
      line.insertAfter(elements[rank - 1] ?? null, [text])
      texts.push(text)
    }
    writeStretch(texts, nodes)
  }
  return true
}
