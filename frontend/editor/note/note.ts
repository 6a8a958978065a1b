/** A note on a page: the text written together, its tools, who is here, whether it is saved. A page may hold several. */
import type { Editor } from '@tiptap/core'

import { openConnection, type Connection } from '../collaboration/connection'
import { PresenceList } from '../collaboration/presence'
import { WritingContext } from '../context'
import type { NoteData } from '../data'
import { el, setText } from '../dom'
import { readPendingSelection } from '../extensions/pending-selection'
import { confirmDialog } from '../panels/dialogs'
import { ClosedNotice, StatusPill } from '../panels/status'
import { Toolbar } from '../panels/toolbar'
import { createNoteEditor } from './note-editor'

export class Note {
  readonly context: WritingContext
  private readonly announcer = el('p', { class: 'visually-hidden', role: 'status' })
  private readonly tools = el('div', { class: 'ed-bar-tools' })
  private readonly place = el('div', { class: 'ed-paper' })
  private editor: Editor | null = null

  /** root: holds the text as it was when the page was made. It stays until the shared text is here. */
  constructor(
    private readonly root: HTMLElement,
    private readonly data: NoteData,
    private readonly connection: Connection = openConnection(data),
  ) {
    this.context = new WritingContext(data)
    this.context.announce = sentence => setText(this.announcer, sentence)
    this.context.ask = question => confirmDialog(question, this.context.t)
    this.lay()
    void this.connection.whenReadable.then(() => this.start())
  }

  private lay(): void {
    const { t } = this.context
    const { tracker, provider } = this.connection
    const pill = new StatusPill(tracker, t, this.data.mayWrite)
    const people = new PresenceList(provider.awareness, this.data.person, t, t.presenceIn(this.data.label))
    const closed = new ClosedNotice({ tracker, t, editor: () => this.editor, signInUrl: this.root.dataset.signIn ?? '' })
    const bar = el('div', { class: 'ed-bar' }, this.tools, el('div', { class: 'ed-bar-state' }, people.dom, pill.dom))
    this.place.append(...Array.from(this.root.childNodes))
    this.root.replaceChildren(bar, closed.dom, this.place, this.announcer)
    tracker.onChange(() => this.followConnection())
  }

  /** The text is here: draw it, and let it be written. */
  private start(): void {
    const { context, data, connection } = this
    this.place.replaceChildren()
    const editor = createNoteEditor({
      element: this.place,
      data,
      context,
      doc: connection.doc,
      awareness: connection.provider.awareness,
    })
    this.editor = editor
    connection.beforeMessage = () => readPendingSelection(editor.view)
    if (data.mayWrite) this.tools.append(new Toolbar(editor, context, context.t.toolbarOf(data.label)).dom)
    this.root.dataset.ready = ''
    this.followConnection()
  }

  private followConnection(): void {
    const { editor, context, connection } = this
    if (!editor) return
    const mayWriteNow = this.data.mayWrite && connection.tracker.connection !== 'closed'
    if (mayWriteNow !== editor.isEditable) editor.setEditable(mayWriteNow, false)
    context.setEditable(mayWriteNow)
  }
}

/** Open the notes of a page. One that cannot start keeps the text it was made with, and leaves the others alone. */
export function openNotes(page: ParentNode): void {
  for (const root of page.querySelectorAll<HTMLElement>('[data-note]')) {
    try {
      const data = page.querySelector(`#${CSS.escape(root.dataset.note ?? '')}`)
      new Note(root, JSON.parse(data?.textContent ?? '') as NoteData)
    } catch (error) {
      console.error(error)
    }
  }
}
