import { Extension } from '@tiptap/core'
import type { Node as ProseMirrorNode } from '@tiptap/pm/model'
import { Plugin, PluginKey, type Transaction } from '@tiptap/pm/state'

import { isFromSharedDocument } from '../shared/shared-text'
import { actionCodes, findFields } from '../structure'

const ALLOWED = 'structureChangeAllowed'

/** Say that this transaction may remove or move whole fields. Answers true, for the end of a command. */
export function allowStructureChange(tr: Transaction): true {
  tr.setMeta(ALLOWED, true)
  return true
}

function keepsStructure(before: ProseMirrorNode, after: ProseMirrorNode): boolean {
  const kept = new Set(actionCodes(after))
  return findFields(after).length >= findFields(before).length && actionCodes(before).every(code => kept.has(code))
}

/** Last net under every key, paste and drop: a change made by typing never takes away a field, nor an action with a code. */
export const StructureGuard = Extension.create({
  name: 'structureGuard',
  addProseMirrorPlugins: () => [
    new Plugin({
      key: new PluginKey('structureGuard'),
      filterTransaction: (tr, state) =>
        !tr.docChanged
        || isFromSharedDocument(tr)
        || tr.getMeta(ALLOWED) === true
        || keepsStructure(state.doc, tr.doc),
    }),
  ],
})
