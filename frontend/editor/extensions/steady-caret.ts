import { Extension } from '@tiptap/core'
import { Plugin, PluginKey, TextSelection, type EditorState, type Transaction } from '@tiptap/pm/state'
import { relativePositionToAbsolutePosition, ySyncPluginKey, type ProsemirrorBinding } from '@tiptap/y-tiptap'
import { createAbsolutePositionFromRelativePosition, type AbstractType, type Doc, type RelativePosition } from 'yjs'

import { isFromSharedDocument } from './structure-guard'

/** Is this part of the shared document still there, or was it deleted, itself or with what holds it? */
function isAlive(type: AbstractType<unknown> | null): boolean {
  for (let part = type; part?._item; part = part._item.parent as AbstractType<unknown> | null) {
    if (part._item.deleted) return false
  }
  return type !== null
}

function resolve(binding: ProsemirrorBinding, doc: Doc, relative: RelativePosition | null): number | null {
  const found = relative && createAbsolutePositionFromRelativePosition(relative, doc)
  if (!relative || !found || !isAlive(found.type)) return null
  return relativePositionToAbsolutePosition(doc, binding.type, relative, binding.mapping)
}

/** The selection as it was before the change of somebody else, in the text as it is after it; null when it is right already. */
function steady(state: EditorState): Transaction | null {
  const shared = ySyncPluginKey.getState(state) as { binding: ProsemirrorBinding | null; doc: Doc } | undefined
  const before = shared?.binding?.beforeTransactionSelection
  if (!shared?.binding || !before || before.type !== 'text') return null
  const anchor = resolve(shared.binding, shared.doc, before.anchor)
  const head = resolve(shared.binding, shared.doc, before.head)
  if (anchor === null || head === null) return null
  const isInside = Math.max(anchor, head) <= state.doc.content.size
  if (!isInside || !state.doc.resolve(anchor).parent.inlineContent || !state.doc.resolve(head).parent.inlineContent) return null
  const selection = TextSelection.create(state.doc, anchor, head)
  if (selection.eq(state.selection)) return null
  return state.tr.setSelection(selection).setMeta('addToHistory', false).setMeta(ySyncPluginKey, { isChangeOrigin: true })
}

/**
 * Keeps the caret at its letter when somebody writes before it in the same paragraph. The binding (y-tiptap 3.0.9) takes any
 * change of that paragraph for a move of the whole block when its axis has attributes, and puts the caret back at the same
 * offset: two people in one paragraph would write backwards. Its own recovery still serves when the block did move.
 */
export const SteadyCaret = Extension.create({
  name: 'steadyCaret',
  addProseMirrorPlugins: () => [
    new Plugin({
      key: new PluginKey('steadyCaret'),
      appendTransaction: (transactions, _before, state) => (transactions.some(isFromSharedDocument) ? steady(state) : null),
    }),
  ],
})
