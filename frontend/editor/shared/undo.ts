/** Undo: only what this person did, and never what somebody else wrote in it since. */
import * as Y from 'yjs'

import type { Part } from './standing'

function isOthers(item: Y.Item, own: number): boolean {
  if (item.deleted) return false
  return item.id.client !== own || (item.content instanceof Y.ContentType && holdsOthers(item.content.type))
}

/** Is there anything in this part that was not written on this page? */
function holdsOthers(part: Part): boolean {
  const own = part.doc!.clientID
  for (let item = part._start; item; item = item.right) if (isOthers(item, own)) return true
  return [...part._map.values()].some(item => isOthers(item, own))
}

/** Takes back the transactions of one origin. */
export class Undo extends Y.UndoManager {
  private step: Y.UndoManager['undoStack'][number] | undefined

  constructor(root: Y.XmlFragment, origin: string) {
    super(root, {
      trackedOrigins: new Set([origin]),
      captureTransaction: transaction => transaction.meta.get('addToHistory') !== false,
      deleteFilter: item => !this.stays(item),
    })
  }

  override undo() {
    this.step = this.undoStack.at(-1)
    return super.undo()
  }

  override redo() {
    this.step = this.redoStack.at(-1)
    return super.redo()
  }

  /** A sheet one has added stays, with its title, its sections and its facts, once somebody has begun to fill it in. */
  private stays(item: Y.Item): boolean {
    if (item.content instanceof Y.ContentType && holdsOthers(item.content.type)) return true
    const { parent } = item
    if (!this.step || !(parent instanceof Y.XmlElement) || !parent._item) return false
    return Y.isDeleted(this.step.insertions, parent._item.id) && holdsOthers(parent)
  }
}
