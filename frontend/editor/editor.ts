/** Puts the extensions together into the editor of a page. */
import { Editor, type AnyExtension } from '@tiptap/core'
import type { Awareness } from 'y-protocols/awareness'
import type { Doc } from 'yjs'

import type { EditorContext } from './context'
import { Action } from './extensions/action'
import { ActionCodes, type RequestCode } from './extensions/action-codes'
import { ActionSection } from './extensions/action-section'
import { ActionTitle } from './extensions/action-title'
import { Axis } from './extensions/axis'
import { AxisIntro } from './extensions/axis-intro'
import { AxisTitle } from './extensions/axis-title'
import { Carets } from './extensions/carets'
import { BaseKeys, FieldKeys } from './extensions/field-keys'
import { LayoutPass } from './extensions/layout-pass'
import { LinkKey } from './extensions/link-key'
import { Paste } from './extensions/paste'
import { PendingSelection } from './extensions/pending-selection'
import { Placeholders, placeholderTexts, UNWRITTEN } from './extensions/placeholders'
import { Preamble } from './extensions/preamble'
import { ProgrammeDocument } from './extensions/programme-document'
import { ProgrammeTitle } from './extensions/programme-title'
import { Refill } from './extensions/refill'
import { RICH_TEXT } from './extensions/rich-text'
import { SheetCommands } from './extensions/sheet-commands'
import { TabOrder } from './extensions/tab-order'
import { StructureGuard } from './extensions/structure-guard'
import { SharedTextBinding } from './shared/shared-text'

export const FIELD = 'programme' // the shared fragment that holds the text

export interface EditorParts {
  element: HTMLElement
  context: EditorContext
  doc: Doc
  awareness: Awareness | null
  requestCode: RequestCode
}

/** The nodes of a draft. */
export function schemaExtensions(context: EditorContext | null): AnyExtension[] {
  return [
    ProgrammeDocument,
    ProgrammeTitle,
    Preamble,
    Axis.configure({ context }),
    AxisTitle,
    AxisIntro,
    Action.configure({ context }),
    ActionTitle,
    ActionSection.configure({ context }),
    ...RICH_TEXT,
  ]
}

/** What only those who write need: extensions that change the document by themselves stay out of readers' pages. */
function writingExtensions({ context, requestCode }: EditorParts): AnyExtension[] {
  if (!context.data.mayWrite) return [Placeholders.configure(UNWRITTEN)]
  const { documentId, person } = context.data
  const storageName = `concerte-codes-${documentId}-${person.id}`
  return [
    Refill,
    StructureGuard,
    LinkKey.configure({ context }),
    Placeholders.configure({ texts: placeholderTexts(context.t) }),
    ActionCodes.configure({ context, request: requestCode, storageName }),
  ]
}

/** The editor, read-only until the page says otherwise. */
export function createEditor(parts: EditorParts): Editor {
  const { element, context, doc, awareness } = parts
  const { t } = context
  return new Editor({
    element,
    editable: false,
    injectCSS: false, // inline style is forbidden; the few rules needed are in our stylesheet
    // The library's keys would make a paragraph of a title when all is selected and erased: ours replace them.
    enableCoreExtensions: { keymap: false, delete: false },
    editorProps: {
      attributes: { id: 'ed-text', role: 'textbox', 'aria-label': t.editorLabel, 'aria-multiline': 'true', class: 'ed-text', lang: context.data.language },
      scrollMargin: { top: 120, bottom: 60, left: 0, right: 0 },
      scrollThreshold: { top: 120, bottom: 60, left: 0, right: 0 },
    },
    // Something to stand on until the shared text is drawn; never written to it.
    content: { type: 'doc', content: [{ type: 'programmeTitle' }] },
    extensions: [
      ...schemaExtensions(context),
      SharedTextBinding.configure({ root: doc.getXmlFragment(FIELD) }),
      Carets.configure({ awareness }),
      PendingSelection,
      FieldKeys,
      BaseKeys,
      TabOrder,
      SheetCommands.configure({ kinds: context.data.sections.map(section => section.kind) }),
      Paste.configure({ context }),
      LayoutPass.configure({ context }),
      ...writingExtensions(parts),
    ],
  })
}
