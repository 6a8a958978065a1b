/** Undo: only what this person did, and never what somebody else wrote in it since. */
import * as Y from 'yjs'

import type { Part } from './standing'

function isOthers(item: Y.Item, own: number): boolean {
  if (item.deleted) return false
  return item.id.client !== own || (item.content instanceof Y.ContentType && holdsOthers(item.content.type, own))
}

/** Is there anything in this part that was not written on this page? */
function holdsOthers(part: Part, own: number): boolean {
  for (let item = part._start; item; item = item.right) if (isOthers(item, own)) return true
  return [...part._map.values()].some(item => isOthers(item, own))
}

/** origin: of the transactions to be taken back. */
export function makeUndo(root: Y.XmlFragment, origin: string): Y.UndoManager {
  return new Y.UndoManager(root, {
    trackedOrigins: new Set([origin]),
    captureTransaction: transaction => transaction.meta.get('addToHistory') !== false,
    // The sheet one adds stays when somebody has begun to fill it in: undoing would take away their words.
    deleteFilter: item => !(item.content instanceof Y.ContentType && holdsOthers(item.content.type, item.content.type.doc!.clientID)),
  })
}
