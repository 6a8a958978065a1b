/** A small programme in a real editor over a real shared document, for the tests of the extensions. */
import type { Editor } from '@tiptap/core'
import { TextSelection } from '@tiptap/pm/state'
import { prosemirrorJSONToYXmlFragment } from '@tiptap/y-tiptap'
import { Schema } from '@tiptap/pm/model'
import { getSchema } from '@tiptap/core'
import * as Y from 'yjs'

import { EditorContext } from './context'
import type { EditorData } from './data'
import { createEditor, FIELD, schemaExtensions } from './editor'
import { findActions, type FoundAction } from './structure'

export const EDITOR_DATA: EditorData = {
  documentId: '5eb6d3fb-8649-42b3-9b6b-8d8c1fb1ebf2',
  socketPath: '/ws/documents/5eb6d3fb-8649-42b3-9b6b-8d8c1fb1ebf2',
  mayWrite: true,
  person: { id: 1, name: 'Claire Morel', organisation: 'DINUM', college: 'etat', appearance: 1 },
  programme: { slug: 'essai', title: 'Essai', startsOn: '2026', endsOn: '2027', codePrefix: 'EXO' },
  colleges: [
    { slug: 'etat', name: 'État', shortName: 'État', appearance: 1 },
    { slug: 'collectivites', name: 'Collectivités territoriales', shortName: 'Collectivités', appearance: 2 },
  ],
  organisations: [
    { slug: 'dinum', name: 'Direction interministérielle du numérique', acronym: 'DINUM', college: 'etat', endedOn: null },
    { slug: 'sgmap', name: 'Secrétariat général pour la modernisation', acronym: 'SGMAP', college: 'etat', endedOn: '2017-11-22' },
    { slug: 'adf', name: 'Assemblée des départements de France', acronym: 'ADF', college: 'collectivites', endedOn: null },
  ],
  stages: [{ value: 'proposed', label: 'proposée' }, { value: 'withdrawn', label: 'retirée' }],
  sections: [
    { kind: 'problem', label: 'Problème', hint: 'Quelle difficulté ?' },
    { kind: 'deliverables', label: 'Livrables', hint: 'Ce qui sera remis.' },
  ],
  newCodeUrl: '/code',
  checksUrl: '/verifications.json',
  checksPage: '/verifications',
  csrfToken: 'jeton',
  language: 'fr',
  proposal: null,
}

interface Json { type: string; attrs?: Record<string, string>; content?: Json[]; text?: string }

const paragraph = (text: string): Json => ({ type: 'paragraph', ...(text ? { content: [{ type: 'text', text }] } : {}) })
const line = (type: string, text: string): Json => ({ type, ...(text ? { content: [{ type: 'text', text }] } : {}) })

/** An action sheet with a problem and no deliverable. */
export function sheet(code: string, title: string, attrs: Record<string, string> = {}): Json {
  return {
    type: 'action',
    attrs: { code, ...attrs },
    content: [
      line('actionTitle', title),
      { type: 'actionSection', attrs: { kind: 'problem' }, content: [paragraph(`Problème de ${title}`)] },
      { type: 'actionSection', attrs: { kind: 'deliverables' }, content: [paragraph('')] },
    ],
  }
}

/** Two axes: EXO-01 and EXO-02 in the first, EXO-03 in the second. */
export const PROGRAMME: Json = {
  type: 'doc',
  content: [
    line('programmeTitle', 'Programme'),
    { type: 'preamble', content: [paragraph('Préambule')] },
    {
      type: 'axis',
      attrs: { id: 'axe-1' },
      content: [line('axisTitle', 'Premier'), { type: 'axisIntro', content: [paragraph('')] }, sheet('EXO-01', 'Un'), sheet('EXO-02', 'Deux')],
    },
    {
      type: 'axis',
      attrs: { id: 'axe-2' },
      content: [line('axisTitle', 'Second'), { type: 'axisIntro', content: [paragraph('')] }, sheet('EXO-03', 'Trois')],
    },
  ],
}

export interface Bench {
  editor: Editor
  doc: Y.Doc
  context: EditorContext
}

/** An editor on its own copy of the document. state: another copy's, to write in the same document. */
export function openEditor(json: Json = PROGRAMME, options: { state?: Uint8Array; data?: Partial<EditorData> } = {}): Bench {
  const doc = new Y.Doc()
  if (options.state) Y.applyUpdate(doc, options.state)
  else {
    const schema: Schema = getSchema(schemaExtensions(null))
    prosemirrorJSONToYXmlFragment(schema, json, doc.getXmlFragment(FIELD))
  }
  const context = new EditorContext({ ...EDITOR_DATA, ...options.data })
  const element = document.createElement('div')
  document.body.append(element)
  const editor = createEditor({ element, context, doc, awareness: null, requestCode: () => Promise.resolve('EXO-99') })
  editor.setEditable(context.data.mayWrite, false)
  context.setEditable(context.data.mayWrite)
  return { editor, doc, context }
}

/** Another person's editor on the same document; what one writes reaches the other at once. */
export function openSecond(first: Bench): Bench {
  const second = openEditor(PROGRAMME, { state: Y.encodeStateAsUpdate(first.doc) })
  const carry = (from: Y.Doc, to: Y.Doc) => from.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin !== 'carried') Y.applyUpdate(to, update, 'carried')
  })
  carry(first.doc, second.doc)
  carry(second.doc, first.doc)
  return second
}

export function actionNamed(editor: Editor, code: string): FoundAction {
  const action = findActions(editor.state.doc).find(({ node }) => node.attrs.code === code)
  if (!action) throw new Error(`${code} is not in the text`)
  return action
}

/** Put the caret `offset` letters into the first line that holds this text. */
export function caretIn(editor: Editor, text: string, offset = 0): void {
  select(editor, text, offset, text, offset)
}

/** Select from a place in one line to a place in another. */
export function select(editor: Editor, fromText: string, fromOffset: number, toText: string, toOffset: number): void {
  const start = (text: string) => {
    let found = -1
    editor.state.doc.descendants((node, pos) => {
      if (found < 0 && node.isTextblock && node.textContent === text) found = pos + 1
    })
    if (found < 0) throw new Error(`no line says « ${text} »`)
    return found
  }
  const selection = TextSelection.create(editor.state.doc, start(fromText) + fromOffset, start(toText) + toOffset)
  editor.view.dispatch(editor.state.tr.setSelection(selection))
}

/** Press a key as the keyboard would. */
export function press(editor: Editor, key: string, modifiers: KeyboardEventInit = {}): boolean {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...modifiers })
  return editor.view.someProp('handleKeyDown', handle => handle(editor.view, event)) === true
}

/** The codes of the actions, axis by axis. */
export function order(editor: Editor): string {
  const axes = new Map<string, string[]>()
  for (const { node, axis } of findActions(editor.state.doc)) {
    const id = String(axis.node.attrs.id)
    axes.set(id, [...(axes.get(id) ?? []), String(node.attrs.code || node.attrs.key)])
  }
  return [...axes].map(([id, codes]) => `${id}: ${codes.join(' ')}`).join(' | ')
}
