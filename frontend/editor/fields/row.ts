/** One fact of a sheet: what it is, its value as text, and the control that changes it, closed until asked for. */
import { el, icon, setText, uniqueId } from '../dom'
import type { Messages } from '../messages'

/** The control inside an open row. */
export interface FieldControl {
  readonly dom: HTMLElement
  refresh(): void
  focus(): void
  /** What was typed and not written yet, where that can be. */
  unwritten?(): string | null
}

export interface FieldOptions {
  place: string // as named by the checks
  label: string
  t: Messages
  isEditable: () => boolean
  /** What the closed row shows. */
  draw: () => (Node | string)[]
  makeControl: () => FieldControl
  /** 'deduced', 'unknown'… of what was imported, and what confirming it does. */
  basis?: { read: () => string; confirm: () => void }
}

export class FieldRow {
  readonly dom: HTMLElement
  private readonly value = el('div', { class: 'ed-fact-value' })
  private readonly note = el('p', { class: 'ed-fact-note', hidden: true })
  private readonly toggle: HTMLButtonElement
  private readonly confirmButton: HTMLButtonElement
  private readonly place = el('div', { class: 'ed-fact-control', id: uniqueId('field'), hidden: true })
  private control: FieldControl | null = null

  constructor(private readonly options: FieldOptions) {
    const { label, place, t } = options
    this.toggle = el(
      'button',
      { type: 'button', class: 'ed-quiet', 'aria-expanded': 'false', 'aria-controls': this.place.id, 'aria-label': t.edit(label), title: t.edit(label), click: () => (this.place.hidden ? this.open() : this.setOpen(false)) },
      icon('edit'),
    )
    this.confirmButton = el(
      'button',
      { type: 'button', class: 'ed-chip-button', 'aria-label': t.confirmBasis(label), hidden: true, click: () => options.basis?.confirm() },
      t.confirm,
    )
    this.dom = el(
      'div',
      { class: 'ed-fact', 'data-place': place },
      el('dt', { class: 'ed-fact-label' }, label),
      el('dd', { class: 'ed-fact-body' },
        el('div', { class: 'ed-fact-line' }, this.value, this.toggle),
        el('div', { class: 'ed-fact-basis' }, this.note, this.confirmButton),
        this.place),
    )
    this.dom.addEventListener('keydown', event => {
      if (event.key !== 'Escape' || event.defaultPrevented || this.place.hidden) return
      event.stopPropagation()
      this.setOpen(false)
      this.toggle.focus()
    })
    this.refresh()
  }

  /** Open the control and put the focus in it. */
  open(): void {
    if (!this.options.isEditable()) return
    this.setOpen(true)
    this.control?.focus()
  }

  /** Is this row being filled in right now? And what of it is not written yet? */
  get hasFocus(): boolean {
    return this.dom.contains(document.activeElement)
  }

  get unwritten(): string | null {
    return this.control?.unwritten?.() ?? null
  }

  refresh(): void {
    const isEditable = this.options.isEditable()
    const parts = this.options.draw()
    this.value.replaceChildren(...(parts.length > 0 ? parts : [el('span', { class: 'ed-nothing' }, this.options.t.nothingYet)]))
    this.toggle.hidden = !isEditable
    if (!isEditable) this.setOpen(false)
    this.refreshBasis(isEditable)
    if (!this.place.hidden) this.control?.refresh()
  }

  private refreshBasis(isEditable: boolean): void {
    const { t, basis } = this.options
    const read = basis?.read() ?? ''
    const texts: Record<string, string> = { deduced: t.deduced, unknown: t.unknownInSources, documented: t.documented }
    this.note.hidden = !texts[read]
    this.note.dataset.basis = read
    setText(this.note, texts[read] ?? '')
    this.confirmButton.hidden = !isEditable || read !== 'deduced'
  }

  private setOpen(isOpen: boolean): void {
    if (isOpen && !this.control) {
      this.control = this.options.makeControl()
      const done = el('button', { type: 'button', class: 'ed-chip-button', click: () => { this.setOpen(false); this.toggle.focus() } }, this.options.t.done)
      this.place.append(this.control.dom, done)
    }
    this.place.hidden = !isOpen
    this.toggle.setAttribute('aria-expanded', String(isOpen))
    if (isOpen) this.control?.refresh()
  }
}
