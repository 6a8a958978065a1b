/** A small note in a real editor over a real shared document, for the tests. */
import { getSchema, type Editor } from '@tiptap/core'
import { prosemirrorJSONToYXmlFragment } from '@tiptap/y-tiptap'
import * as Y from 'yjs'

import { WritingContext } from '../context'
import type { NoteData } from '../data'
import { createNoteEditor, NOTE_FIELD, NOTE_SCHEMA } from './note-editor'

export const NOTE_DATA: NoteData = {
  documentId: '6f0b0a52-7f0c-4a5e-9c0f-0d4f2f8c1a11',
  socketPath: '/ws/documents/6f0b0a52-7f0c-4a5e-9c0f-0d4f2f8c1a11',
  mayWrite: true,
  person: { id: 1, name: 'Claire Morel', organisation: 'DINUM', college: 'etat', appearance: 1 },
  label: 'Notes de l’échange',
  language: 'fr',
}

export interface NoteBench {
  editor: Editor
  doc: Y.Doc
  context: WritingContext
}

export const paragraph = (text: string) => ({ type: 'paragraph', ...(text ? { content: [{ type: 'text', text }] } : {}) })

/** The state of a note that holds these paragraphs, as the server makes it: blocks right in the fragment. */
export function stateOf(...lines: string[]): Uint8Array {
  const doc = new Y.Doc()
  const json = { type: 'noteText', content: lines.map(paragraph) }
  prosemirrorJSONToYXmlFragment(getSchema(NOTE_SCHEMA), json, doc.getXmlFragment(NOTE_FIELD))
  return Y.encodeStateAsUpdate(doc)
}

/** An editor on its own copy of a note. */
export function openNote(state: Uint8Array, changes: Partial<NoteData> = {}): NoteBench {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, state)
  const data = { ...NOTE_DATA, ...changes }
  const context = new WritingContext(data)
  const element = document.createElement('div')
  document.body.append(element)
  const editor = createNoteEditor({ element, data, context, doc, awareness: null })
  editor.setEditable(data.mayWrite, false)
  context.setEditable(data.mayWrite)
  return { editor, doc, context }
}

/** The lines of a note, as its editor shows them. */
export function linesOf(editor: Editor): string[] {
  const lines: string[] = []
  editor.state.doc.descendants(node => {
    if (node.isTextblock) lines.push(node.textContent)
  })
  return lines
}

export function stored(doc: Y.Doc): string {
  return doc.getXmlFragment(NOTE_FIELD).toString()
}
