/** Puts the extensions together into the editor of a note. */
import { Editor, type AnyExtension } from '@tiptap/core'
import type { Awareness } from 'y-protocols/awareness'
import type { Doc } from 'yjs'

import type { WritingContext } from '../context'
import type { NoteData } from '../data'
import { uniqueId } from '../dom'
import { Carets } from '../extensions/carets'
import { BaseKeys, FieldKeys } from '../extensions/field-keys'
import { LinkKey } from '../extensions/link-key'
import { PendingSelection } from '../extensions/pending-selection'
import { Placeholders } from '../extensions/placeholders'
import { Refill } from '../extensions/refill'
import { RICH_TEXT } from '../extensions/rich-text'
import { StructureGuard } from '../extensions/structure-guard'
import { TabOrder } from '../extensions/tab-order'
import { SharedTextBinding } from '../shared/shared-text'
import { NoteDocument, NoteText } from './note-document'
import { NotePaste } from './note-paste'

export const NOTE_FIELD = 'note' // the shared fragment that holds the text

export const NOTE_SCHEMA: AnyExtension[] = [NoteDocument, NoteText, ...RICH_TEXT]

export interface NoteParts {
  element: HTMLElement
  data: NoteData
  context: WritingContext
  doc: Doc
  awareness: Awareness | null
}

/** The editor, read-only until the page says otherwise. Readers get a text to read, not a box to write in. */
export function createNoteEditor({ element, data, context, doc, awareness }: NoteParts): Editor {
  const { t } = context
  const place: Record<string, string> = data.mayWrite ? { 'role': 'textbox', 'aria-multiline': 'true' } : { role: 'group' }
  const writing = [Refill, StructureGuard, LinkKey.configure({ context }), Placeholders.configure({ texts: { noteText: t.noteHint } })]
  return new Editor({
    element,
    editable: false,
    injectCSS: false, // inline style is forbidden; the few rules needed are in our stylesheet
    enableCoreExtensions: { keymap: false, delete: false },
    editorProps: {
      attributes: { ...place, 'id': uniqueId('ed-note'), 'aria-label': data.label, 'class': 'ed-text', 'lang': data.language },
      scrollMargin: { top: 120, bottom: 60, left: 0, right: 0 },
      scrollThreshold: { top: 120, bottom: 60, left: 0, right: 0 },
    },
    // Something to stand on until the shared text is drawn; never written to it.
    content: { type: 'doc', content: [{ type: 'noteText' }] },
    extensions: [
      ...NOTE_SCHEMA,
      SharedTextBinding.configure({ root: doc.getXmlFragment(NOTE_FIELD) }),
      Carets.configure({ awareness }),
      PendingSelection,
      FieldKeys,
      BaseKeys,
      TabOrder,
      NotePaste,
      ...(data.mayWrite ? writing : []),
    ],
  })
}
