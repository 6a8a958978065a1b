import { Extension } from '@tiptap/core'
import { Slice } from '@tiptap/pm/model'
import { Plugin, PluginKey } from '@tiptap/pm/state'
import type { EditorView } from '@tiptap/pm/view'

import { cleanHtml } from '../extensions/clean-html'
import { deleteAcrossFields, spansFields } from '../extensions/field-keys'
import { blocksOf, holds, pasteAddress } from '../extensions/pasted-blocks'
import { isField } from '../structure'

function handlePaste(view: EditorView, event: ClipboardEvent, slice: Slice): boolean {
  if (!view.editable) return false
  if (spansFields(view.state)) view.dispatch(deleteAcrossFields(view.state))
  if (pasteAddress(view, event.clipboardData?.getData('text/plain').trim() ?? '')) return true
  if (!holds(slice, isField)) return false
  view.dispatch(view.state.tr.replaceSelection(new Slice(blocksOf(slice), 0, 0)).scrollIntoView())
  return true
}

/** Receives in a note what comes from word processors, other pages, programmes and other notes. */
export const NotePaste = Extension.create({
  name: 'cleanPaste',
  priority: 800,
  addProseMirrorPlugins: () => [
    new Plugin({
      key: new PluginKey('cleanPaste'),
      props: { transformPastedHTML: html => cleanHtml(html), handlePaste },
    }),
  ],
})
