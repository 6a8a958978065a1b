/** Places in the text, said so that they hold whatever others write: relative to a letter of the shared document. */
import { AllSelection, NodeSelection, TextSelection, type Selection, type Transaction } from '@tiptap/pm/state'
import * as Y from 'yjs'

import type { Drawing } from './drawing'
import type { Part } from './standing'

function childrenOf(part: Y.XmlFragment, drawing: Drawing): (Y.XmlElement | Y.XmlText)[] {
  if (drawing.isLaidOut(part)) return drawing.childrenOf(part)
  return part.toArray().filter((child): child is Y.XmlElement | Y.XmlText => child instanceof Y.XmlElement || child instanceof Y.XmlText)
}

/** How many positions a part takes. */
export function sizeOf(part: Y.XmlElement | Y.XmlText, drawing: Drawing): number {
  if (part instanceof Y.XmlText) return part.length
  const node = drawing.nodeOf(part)
  return node && !Array.isArray(node) ? node.nodeSize : 0
}

/** The place at a position of the drawn document. */
export function relativeAt(position: number, drawing: Drawing): Y.RelativePosition {
  let part: Y.XmlFragment = drawing.root
  let rest = position - drawing.inset
  for (;;) {
    let index = 0
    let inner: Y.XmlElement | null = null
    for (const child of childrenOf(part, drawing)) {
      const size = sizeOf(child, drawing)
      if (child instanceof Y.XmlText) {
        if (rest <= size) return Y.createRelativePositionFromTypeIndex(child, rest, -1)
      } else if (rest > 0 && rest < size) {
        inner = child
        break
      } else if (rest <= 0) break
      rest -= size
      index += 1
    }
    if (!inner) return Y.createRelativePositionFromTypeIndex(part, Math.min(index, part.length), -1)
    part = inner
    rest -= 1
  }
}

function isAlive(part: Part): boolean {
  for (let item = part._item; item; item = (item.parent as Part)._item) if (item.deleted) return false
  return true
}

/** Just before a part, in the drawn document; null when it is not drawn. */
export function positionBefore(part: Part, drawing: Drawing): number | null {
  let position = drawing.inset
  for (let child = part; child !== drawing.root;) {
    const parent: Y.XmlFragment | null = drawing.standing.parentOf(child)
    if (!parent) return null
    const siblings = childrenOf(parent, drawing)
    const rank = siblings.indexOf(child as Y.XmlElement)
    if (rank < 0) return null
    for (const sibling of siblings.slice(0, rank)) position += sizeOf(sibling, drawing)
    if (parent !== drawing.root) position += 1
    child = parent
  }
  return position
}

/** The position of a place in the drawn document; null when it was deleted, or is not drawn. */
export function absoluteAt(relative: Y.RelativePosition, drawing: Drawing): number | null {
  const { doc } = drawing.root
  const found = doc && Y.createAbsolutePositionFromRelativePosition(relative, doc)
  if (!found || !isAlive(found.type)) return null
  const { type, index } = found
  if (type === drawing.root) return drawing.inset + sum(type as Y.XmlFragment, index, drawing)
  const before = positionBefore(type, drawing)
  if (before === null) return null
  return type instanceof Y.XmlText ? before + index : before + 1 + sum(type as Y.XmlFragment, index, drawing)
}

function sum(part: Y.XmlFragment, count: number, drawing: Drawing): number {
  return childrenOf(part, drawing).slice(0, count).reduce((total, child) => total + sizeOf(child, drawing), 0)
}

export interface RelativeSelection {
  type: 'text' | 'node' | 'all'
  anchor: Y.RelativePosition
  head: Y.RelativePosition
}

export function relativeSelection(selection: Selection, drawing: Drawing): RelativeSelection {
  const type = selection instanceof AllSelection ? 'all' : selection instanceof NodeSelection ? 'node' : 'text'
  return { type, anchor: relativeAt(selection.anchor, drawing), head: relativeAt(selection.head, drawing) }
}

/** Select the same letters as before; where they are gone, the selection stays where the change left it. */
export function restoreSelection(tr: Transaction, before: RelativeSelection, drawing: Drawing): void {
  if (before.type === 'all') {
    tr.setSelection(new AllSelection(tr.doc))
    return
  }
  const [one, other] = [absoluteAt(before.anchor, drawing), absoluteAt(before.head, drawing)]
  const [anchor, head] = [one ?? other, other ?? one]
  if (anchor === null || head === null || Math.max(anchor, head) > tr.doc.content.size) return
  if (before.type === 'node') {
    const node = tr.doc.nodeAt(anchor)
    if (node && NodeSelection.isSelectable(node)) tr.setSelection(NodeSelection.create(tr.doc, anchor))
    return
  }
  tr.setSelection(TextSelection.between(tr.doc.resolve(anchor), tr.doc.resolve(head)))
}
