import { Extension } from '@tiptap/core'
import { Slice, type Node as ProseMirrorNode } from '@tiptap/pm/model'
import { Plugin, PluginKey, TextSelection } from '@tiptap/pm/state'
import type { EditorView } from '@tiptap/pm/view'

import type { EditorContext } from '../context'
import { actionAround, actionCodes, fieldAround, findAxes, isField, isTitle } from '../structure'
import { randomName } from '../text'
import { cleanHtml } from './clean-html'
import { deleteAcrossFields, spansFields } from './field-keys'
import { blocksOf, holds, pasteAddress } from './pasted-blocks'
import { uncodedCopy } from './sheet-commands'

function collect(slice: Slice, type: string): ProseMirrorNode[] {
  const found: ProseMirrorNode[] = []
  slice.content.descendants(node => {
    if (node.type.name === type) found.push(node)
    return node.type.name !== type
  })
  return found
}

/** Insert copied sheets after the sheet the caret is in, each without code: a code is of one action only, for ever. */
function insertSheetCopies(view: EditorView, actions: ProseMirrorNode[], context: EditorContext): boolean {
  const { state } = view
  const here = actionAround(state.selection.$from)
  const axes = findAxes(state.doc)
  const axis = axes.find(({ pos, node }) => pos < state.selection.from && state.selection.from < pos + node.nodeSize) ?? axes[axes.length - 1]
  if (!axis) return true // nowhere to put a sheet: better nothing than a sheet turned to loose paragraphs
  const position = here ? here.pos + here.node.nodeSize : axis.pos + axis.node.nodeSize - 1
  const known = new Set(actionCodes(state.doc))
  const copies = actions.map(action => ({ copiedFrom: String(action.attrs.code), node: uncodedCopy(action, randomName(12)) }))
  const tr = state.tr.insert(position, copies.map(copy => copy.node))
  view.dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve(position + 2))).scrollIntoView())
  for (const { node, copiedFrom } of copies) {
    context.requestCode(String(node.attrs.key), known.has(copiedFrom) ? copiedFrom : '')
  }
  context.announce(context.t.pastedCopy)
  return true
}

function handlePaste(view: EditorView, event: ClipboardEvent, slice: Slice, context: EditorContext): boolean {
  if (!view.editable) return false
  if (spansFields(view.state)) view.dispatch(deleteAcrossFields(view.state))
  const actions = collect(slice, 'action')
  if (actions.length > 0) return insertSheetCopies(view, actions, context)
  const field = fieldAround(view.state.selection.$from)
  if (!field) return true
  if (isTitle(field.node)) {
    const text = slice.content.textBetween(0, slice.content.size, ' ', ' ').replace(/\s+/g, ' ').trim()
    if (text) view.dispatch(view.state.tr.insertText(text).scrollIntoView())
    return true
  }
  if (pasteAddress(view, event.clipboardData?.getData('text/plain').trim() ?? '')) return true
  if (!holds(slice, node => isField(node))) return false
  view.dispatch(view.state.tr.replaceSelection(new Slice(blocksOf(slice), 0, 0)).scrollIntoView())
  return true
}

/** Receives what comes from word processors, other pages and this very text. */
export const Paste = Extension.create<{ context: EditorContext | null }>({
  name: 'cleanPaste',
  priority: 800,
  addOptions: () => ({ context: null }),
  addProseMirrorPlugins() {
    const { context } = this.options
    if (!context) return []
    return [
      new Plugin({
        key: new PluginKey('cleanPaste'),
        props: {
          transformPastedHTML: html => cleanHtml(html),
          handlePaste: (view, event, slice) => handlePaste(view, event, slice, context),
          handleDrop: (_view, _event, slice) => holds(slice, node => isField(node)),
        },
      }),
    ]
  },
})
