/** What a person changed in the editor, written in the shared document: only that. */
import type { Node as ProseMirrorNode } from '@tiptap/pm/model'
import { updateYFragment } from '@tiptap/y-tiptap'
import * as Y from 'yjs'

import type { Drawing } from './drawing'
import { writeLine } from './inline'
import { changesOfList, LISTS } from './lists'
import { remove, REMOVED } from './standing'

/** What makes it the same part after a change, wherever it stands. */
function identity(node: ProseMirrorNode): string {
  const { id, key, code, kind } = node.attrs as Record<string, string | undefined>
  return `${node.type.name} ${id ?? ''} ${key || code || ''} ${kind ?? ''}`
}

const LIKENESSES: ((one: ProseMirrorNode, other: ProseMirrorNode) => boolean)[] = [
  (one, other) => one === other,
  (one, other) => identity(one) === identity(other),
  (one, other) => one.type === other.type,
]

/** For each node, the rank of the one it was before: the same, else of the same identity, else of the same type; or null. */
function pair(before: readonly ProseMirrorNode[], after: readonly ProseMirrorNode[]): (number | null)[] {
  const found: (number | null)[] = after.map(() => null)
  const free = new Set(before.keys())
  for (const isLike of LIKENESSES) {
    for (const [index, node] of after.entries()) {
      if (found[index] !== null) continue
      for (const candidate of free) {
        if (!isLike(before[candidate]!, node)) continue
        found[index] = candidate
        free.delete(candidate)
        break
      }
    }
  }
  return found
}

function writeAttributes(element: Y.XmlElement, before: ProseMirrorNode, after: ProseMirrorNode): void {
  for (const [name, value] of Object.entries(after.attrs) as [string, string][]) {
    if (value === before.attrs[name]) continue
    const isList = element.nodeName === 'action' && LISTS.has(name)
    const changes = isList ? changesOfList(element.getAttributes(), name, value) : { [name]: value }
    for (const [key, written] of Object.entries(changes)) element.setAttribute(key, written)
  }
}

function takeOut(part: Y.XmlElement, drawing: Drawing): void {
  const holder = drawing.standing.holderOf(part)
  // An axis stays, unseen: actions that stand elsewhere may be stored in it, and somebody may be writing in it right now.
  if (part.nodeName === 'axis') part.setAttribute(REMOVED, 'yes')
  else remove(part)
  if (holder !== part) remove(holder)
}

/** The same blocks in the same order, of which some were changed inside. */
function isSameLayout(before: ProseMirrorNode, after: ProseMirrorNode): boolean {
  if (before.childCount !== after.childCount || !before.sameMarkup(after)) return false
  const known = new Set(before.children)
  return after.children.every((child, index) => {
    const old = before.child(index)
    // Two empty lines may be one node for the editor: known elsewhere, and yet unchanged here.
    return child.eq(old) || (child.type === old.type && !known.has(child))
  })
}

/**
 * Blocks that only came (Enter at the start of a paragraph), or only went: those around keep their shared parts. The library would
 * pour the words of a paragraph into a new one; two people who do so at once would have them twice. Answers whether it was so.
 */
function writeComing(part: Y.XmlFragment, blocks: Y.XmlElement[], before: ProseMirrorNode, after: ProseMirrorNode, drawing: Drawing): boolean {
  const most = Math.min(before.childCount, after.childCount)
  let first = 0
  while (first < most && before.child(first).eq(after.child(first))) first += 1
  let last = 0
  while (last < most - first && before.child(before.childCount - 1 - last).eq(after.child(after.childCount - 1 - last))) last += 1
  if (first + last !== most || !before.sameMarkup(after)) return false
  for (const block of blocks.slice(first, before.childCount - last)) remove(block)
  let previous = blocks[first - 1] ?? null
  for (const node of after.children.slice(first, after.childCount - last)) {
    const block: Y.XmlElement = new Y.XmlElement(node.type.name)
    part.insertAfter(previous, [block])
    updateYFragment(part.doc!, block, node, drawing.meta)
    previous = block
  }
  drawing.remember(part, after)
  return true
}

/** Only what changed inside blocks that stay; where blocks came or went, the library compares them. */
function writeText(part: Y.XmlFragment, before: ProseMirrorNode, after: ProseMirrorNode, drawing: Drawing): void {
  if (part instanceof Y.XmlElement && before.inlineContent && before.sameMarkup(after)) {
    const elements = writeLine(part, after)
    after.children.filter(node => !node.isText).forEach((node, index) => drawing.remember(elements[index]!, node))
    drawing.forget(part.toArray().filter(child => child instanceof Y.XmlText))
    drawing.remember(part, after)
    return
  }
  const children = part.toArray().filter((child): child is Y.XmlElement => child instanceof Y.XmlElement && drawing.nodeOf(child) !== undefined)
  if (!before.inlineContent && children.length === before.childCount) {
    if (isSameLayout(before, after)) {
      drawing.remember(part, after)
      for (const [index, child] of children.entries()) writePart(child, after.child(index), drawing)
      return
    }
    if (writeComing(part, children, before, after, drawing)) return
  }
  updateYFragment(part.doc!, part, after, drawing.meta)
}

function writePart(part: Y.XmlFragment, node: ProseMirrorNode, drawing: Drawing): void {
  const before = drawing.nodeOf(part)
  if (before === node || !part.doc) return
  if (!before || Array.isArray(before)) updateYFragment(part.doc, part, node, drawing.meta)
  else if (part instanceof Y.XmlElement && drawing.isLaidOut(part)) writeStructure(part, before, node, drawing)
  else writeText(part, before, node, drawing)
}

function writeStructure(part: Y.XmlElement, before: ProseMirrorNode, node: ProseMirrorNode, drawing: Drawing): void {
  writeAttributes(part, before, node)
  if (part.getAttribute(REMOVED)) part.removeAttribute(REMOVED)
  drawing.remember(part, node)
  writeChildren(part, node, drawing)
}

/** Marks are written on letters only. A bold line break would be bold here and for nobody else: it is drawn again, plain. */
function hasMarkedElement(node: ProseMirrorNode): boolean {
  let found = false
  node.descendants(child => { found ||= child.isInline && !child.isText && child.marks.length > 0 })
  return found
}

function writeChildren(parent: Y.XmlFragment, node: ProseMirrorNode, drawing: Drawing): void {
  const drawn = drawing.childrenOf(parent).flatMap(part => {
    const before = drawing.nodeOf(part)
    return before && !Array.isArray(before) ? [{ part, before }] : []
  })
  const ranks = pair(drawn.map(({ before }) => before), node.children)
  for (const [rank, { part }] of drawn.entries()) if (!ranks.includes(rank)) takeOut(part, drawing)
  let previous: Y.XmlElement | null = null
  for (const [index, child] of node.children.entries()) {
    const rank = ranks[index]
    let part = rank === null || rank === undefined ? null : drawn[rank]!.part
    if (!part) {
      part = new Y.XmlElement(child.type.name)
      parent.insertAfter(previous && drawing.standing.holderOf(previous), [part])
    }
    previous = part
    if (drawing.nodeOf(part) === child) continue
    const isText = !drawing.isLaidOut(part) || !drawing.nodeOf(part)
    writePart(part, child, drawing)
    if (!isText || !hasMarkedElement(child)) continue
    drawing.forgetAll(part)
    drawing.forget([parent])
  }
}

/** Write what differs between the drawing and this document. To be called in a transaction. */
export function writeDocument(doc: ProseMirrorNode, drawing: Drawing): void {
  if (!drawing.body) return writeChildren(drawing.root, doc, drawing)
  writePart(drawing.root, doc.child(0), drawing)
  if (hasMarkedElement(doc)) drawing.forgetAll(drawing.root)
}
