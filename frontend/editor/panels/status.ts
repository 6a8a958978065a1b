/** Says whether what is written is saved, and what to do when the connection was closed for good. */
import type { Editor } from '@tiptap/core'

import type { SaveState, SaveTracker } from '../collaboration/save-tracker'
import { el, setText } from '../dom'
import type { Messages } from '../messages'

const CALM_MS = 700 // a shorter wait is not worth a word: the pill would flicker and screen readers chatter

/** The pill. `data-state` follows at once; the words only change when the state lasts. */
export class StatusPill {
  readonly dom = el('p', { class: 'ed-status', role: 'status', 'data-state': 'connecting' })
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly tracker: SaveTracker, private readonly t: Messages, private readonly mayWrite: boolean) {
    tracker.onChange(() => this.refresh())
    this.refresh()
    this.say()
  }

  private words(state: SaveState): string {
    const { t } = this
    if (state === 'saved' && !this.mayWrite) return t.readOnly
    if (state === 'closed') return t.closedTitle
    return t[state]
  }

  private refresh(): void {
    const { state } = this.tracker
    const { said } = this.dom.dataset
    this.dom.dataset.state = state
    if (state === said) {
      clearTimeout(this.timer)
      this.timer = undefined
    } else if (state === 'offline' || state === 'unsaved' || state === 'closed' || (state === 'saved' && said !== 'saving')) this.say()
    else this.timer ??= setTimeout(() => this.say(), CALM_MS)
  }

  private say(): void {
    const { state } = this.tracker
    clearTimeout(this.timer)
    this.timer = undefined
    this.dom.dataset.said = state
    setText(this.dom, this.words(state))
  }
}

export interface ClosedOptions {
  tracker: SaveTracker
  t: Messages
  editor: () => Editor | null
  signInUrl: string
}

/** What appears when the server closed the connection for good: why, and the ways out. The text stays, and can be copied. */
export class ClosedNotice {
  readonly dom = el('div', { class: 'ed-closed', role: 'alert', hidden: true })

  constructor(private readonly options: ClosedOptions) {
    options.tracker.onChange(() => this.refresh())
  }

  private refresh(): void {
    const { tracker, t, signInUrl } = this.options
    const { closing } = tracker
    this.dom.hidden = closing === null
    if (!closing || this.dom.dataset.code === String(closing.code)) return
    this.dom.dataset.code = String(closing.code)
    const reasons = t as unknown as Record<string, string | undefined>
    const reason = reasons[`closed${closing.code}`] ?? closing.reason
    const signIn = closing.code === 4401 && signInUrl ? el('a', { class: 'button', href: signInUrl }, t.signIn) : null
    const reload = el('button', { type: 'button', class: signIn ? 'button button-secondary' : 'button', click: () => location.reload() }, t.reload)
    const copy = el('button', { type: 'button', class: 'button button-secondary', click: () => void this.copy() }, t.copyText)
    this.dom.replaceChildren(
      el('p', { class: 'ed-closed-title' }, t.closedTitle),
      el('p', {}, reason || closing.reason),
      tracker.isUnsaved ? el('p', {}, t.closedKept) : '',
      el('div', { class: 'ed-closed-buttons' }, signIn, reload, copy, this.said),
    )
  }

  private readonly said = el('span', { role: 'status' })

  private async copy(): Promise<void> {
    const { editor, t } = this.options
    try {
      await navigator.clipboard.writeText(editor()?.getText({ blockSeparator: '\n\n' }) ?? '')
      setText(this.said, t.copied)
    } catch {
      setText(this.said, t.copyFailed)
    }
  }
}
