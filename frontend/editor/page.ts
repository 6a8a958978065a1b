/** The writing page: the editor and what stands around it. */
import type { Editor } from '@tiptap/core'

import { openConnection, type Connection } from './collaboration/connection'
import { PresenceList } from './collaboration/presence'
import { EditorContext } from './context'
import type { EditorData } from './data'
import { el, icon, setText } from './dom'
import { createEditor } from './editor'
import { CodeRefused } from './extensions/action-codes'
import { readPendingSelection } from './extensions/pending-selection'
import { ChecksPanel, type ChecksResult, type Finding } from './panels/checks'
import { confirmDialog } from './panels/dialogs'
import { Outline } from './panels/outline'
import { ClosedNotice, StatusPill } from './panels/status'
import { Toolbar } from './panels/toolbar'
import { ActionView } from './sheet/action-view'
import { announceMovesByOthers } from './sheet/announce-move'
import { findActions, findAxes } from './structure'
import { writeOn } from './write-on'

/** Ask the server for a code. A refusal (4xx) is final, anything else is worth another try. */
async function requestCode(data: EditorData, copiedFrom: string): Promise<string> {
  const response = await fetch(data.newCodeUrl, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': data.csrfToken, Accept: 'application/json' },
    body: JSON.stringify({ copied_from: copiedFrom }),
  })
  if (response.status >= 400 && response.status < 500 && response.status !== 429) throw new CodeRefused(String(response.status))
  if (!response.ok) throw new Error(`new code answered ${response.status}`)
  return (await response.json() as { code: string }).code
}

class WritingPage {
  private readonly context: EditorContext
  private readonly connection: Connection
  private readonly announcer = el('p', { class: 'visually-hidden', role: 'status' })
  private readonly place = el('div', { class: 'ed-paper' })
  private readonly waiting: HTMLElement
  private readonly bar = el('div', { class: 'ed-bar' })
  private readonly foot = el('div', { class: 'ed-foot' })
  private readonly aside = el('div', { class: 'ed-aside' })
  private readonly left = el('div', { class: 'ed-left' })
  private editor: Editor | null = null

  constructor(private readonly root: HTMLElement, private readonly data: EditorData) {
    this.context = new EditorContext(data)
    this.connection = openConnection(data)
    this.waiting = el('p', { class: 'ed-waiting' }, this.context.t.loading)
    this.context.announce = sentence => setText(this.announcer, sentence)
    this.context.ask = question => confirmDialog(question, this.context.t)
    this.lay()
    void this.connection.whenReadable.then(() => this.start())
  }

  private lay(): void {
    const { t } = this.context
    const { tracker, provider } = this.connection
    const pill = new StatusPill(tracker, t, this.data.mayWrite)
    const people = new PresenceList(provider.awareness, this.data.person, t)
    const closed = new ClosedNotice({ tracker, t, editor: () => this.editor, signInUrl: this.root.dataset.signIn ?? '' })
    const readOnly = this.data.mayWrite ? null : el('p', { class: 'ed-read-only' }, t.readOnlyDetail)
    this.bar.append(el('div', { class: 'ed-bar-tools' }), el('div', { class: 'ed-bar-state' }, people.dom, pill.dom))
    this.place.append(this.waiting)
    this.root.replaceChildren(
      this.left,
      el('div', { class: 'ed-main' }, this.bar, closed.dom, readOnly, this.place, this.foot, this.announcer),
      this.aside)
    window.setTimeout(() => {
      if (!this.editor) setText(this.waiting, t.notReceivedYet)
    }, 6_000)
    tracker.onChange(() => this.followConnection())
  }

  /** The text is here: draw it, and let it be written. */
  private start(): void {
    const { context, data, connection } = this
    this.waiting.remove()
    const editor = createEditor({
      element: this.place,
      context,
      doc: connection.doc,
      awareness: connection.provider.awareness,
      requestCode: copiedFrom => requestCode(data, copiedFrom),
    })
    this.editor = editor
    connection.beforeMessage = () => readPendingSelection(editor.view)
    announceMovesByOthers(context, editor)
    this.surround(editor)
    this.followConnection()
    this.openAddressed(editor)
  }

  private surround(editor: Editor): void {
    const { context, data } = this
    const outline = new Outline(editor, context)
    const checks = new ChecksPanel({
      url: data.checksUrl,
      pageUrl: data.checksPage,
      t: context.t,
      goTo: finding => this.goTo(editor, finding),
      onResult: result => outline.setBlocking(blockingByAction(result)),
    })
    this.left.append(outline.dom)
    this.aside.append(checks.dom)
    if (data.mayWrite) {
      const addAxis = el('button', { type: 'button', class: 'ed-add ed-add-axis', click: () => { writeOn(editor, editor.commands.addAxis()) } }, icon('plus'), context.t.addAxis)
      this.bar.firstElementChild?.append(new Toolbar(editor, context).dom)
      this.foot.append(addAxis)
      context.drawn.add({ refresh: () => { addAxis.hidden = !context.isEditable } })
    }
    this.connection.tracker.onChange(() => {
      if (this.connection.tracker.state === 'saved') checks.schedule()
    })
    editor.on('update', () => checks.schedule())
    void checks.load()
  }

  private followConnection(): void {
    const { editor, context, connection } = this
    if (!editor) return
    const mayWriteNow = this.data.mayWrite && connection.tracker.connection !== 'closed'
    if (mayWriteNow !== editor.isEditable) editor.setEditable(mayWriteNow, false)
    context.setEditable(mayWriteNow)
    editor.storage.actionCodes?.keeper?.setOnline(connection.tracker.connection === 'connected')
  }

  private goTo(editor: Editor, finding: Pick<Finding, 'action' | 'key' | 'axis' | 'place'>): void {
    for (const part of this.context.drawn) {
      if (!(part instanceof ActionView)) continue
      const { code, key } = part.node.attrs
      const isIt = finding.action ? code === finding.action && (!finding.key || key === finding.key) : finding.key !== '' && key === finding.key
      if (isIt) {
        part.goTo(finding.place)
        return
      }
    }
    const axis = findAxes(editor.state.doc).find(({ node }) => node.attrs.id === finding.axis)
    const dom = axis ? editor.view.nodeDOM(axis.pos) : editor.view.dom
    if (axis && this.context.isEditable) writeOn(editor, editor.commands.enterFieldAt(axis.pos + 1))
    else if (this.context.isEditable) editor.commands.focus('start')
    if (dom instanceof HTMLElement) dom.scrollIntoView({ block: 'start' })
  }

  /** An address such as `#DCANT-03:pilots` leads to that place of the text, which was not there when the page loaded. */
  private openAddressed(editor: Editor): void {
    const [target = '', ...place] = decodeURIComponent(location.hash.slice(1)).split(':')
    if (!target) return
    const action = findActions(editor.state.doc).find(({ node }) => node.attrs.code === target || node.attrs.key === target)
    const { code = '', key = '' } = action?.node.attrs ?? {}
    if (place.length > 0) this.goTo(editor, { action: code, key, axis: target, place: place.join(':') })
    else editor.view.dom.querySelector(`#texte-${CSS.escape(target)}`)?.scrollIntoView({ block: 'start' })
  }
}

function blockingByAction(result: ChecksResult): Map<string, number> {
  const blocking = new Map<string, number>()
  for (const { severity, action, key } of result.findings) {
    const name = action || key
    if (severity === 'blocking' && name) blocking.set(name, (blocking.get(name) ?? 0) + 1)
  }
  return blocking
}

export function openPage(root: HTMLElement, data: EditorData): void {
  new WritingPage(root, data)
}
