import type { Editor } from '@tiptap/core'
import type { Node as ProseMirrorNode } from '@tiptap/pm/model'

import type { EditorContext } from '../context'
import { el, icon, setText } from '../dom'
import { MenuButton, type MenuItem } from '../panels/menu'
import { childText, isDuplicate } from '../structure'
import { randomName } from '../text'
import { writeOn } from '../write-on'
import { announceMove } from './announce-move'
import { SheetDrag } from './drag'
import { Facts } from './facts'
import { moveByDialog } from './move-dialog'
import { PartView, type GetPos } from './part-view'

/** The sheet of an action: code, stage and what can be done with it; its title, facts and sections. */
export class ActionView extends PartView {
  readonly contentDOM = el('div', { class: 'ed-sheet-content' })
  readonly dom: HTMLElement
  private readonly code = el('span', { class: 'ed-code' })
  private readonly askCode: HTMLButtonElement
  private readonly stageSelect: HTMLSelectElement
  private readonly stageText = el('span', { class: 'ed-stage-text' })
  private readonly notes = el('div', { class: 'ed-notes' })
  private readonly handle: HTMLButtonElement
  private readonly menu: MenuButton
  private readonly facts: Facts
  private readonly missing = el('div', { class: 'ed-missing', contenteditable: 'false' })

  constructor(node: ProseMirrorNode, editor: Editor, getPos: GetPos, context: EditorContext) {
    super(node, editor, getPos, context)
    const { t, data } = context
    this.askCode = el('button', { type: 'button', class: 'ed-chip-button', click: () => context.requestCode(this.attr('key'), '') }, t.askCode)
    this.stageSelect = el('select', { class: 'ed-stage', 'aria-label': t.stage, 'data-place': 'stage', change: () => this.write({ stage: this.stageSelect.value }) },
      ...data.stages.map(stage => el('option', { value: stage.value }, stage.label)))
    this.handle = el('button', { type: 'button', class: 'ed-handle' }, icon('grip'))
    this.menu = new MenuButton('', icon('more'), () => this.menuItems())
    this.facts = new Facts({ context, read: name => this.attr(name), write: facts => this.write(facts) })
    const head = el('div', { class: 'ed-sheet-head', contenteditable: 'false' },
      this.handle, this.code, this.askCode,
      el('span', { class: 'ed-stage-place' }, el('span', { class: 'stage-unit', 'aria-hidden': 'true' }), this.stageText, this.stageSelect),
      this.menu.dom, this.notes)
    this.dom = el('article', { class: 'ed-sheet' }, head, this.contentDOM, this.missing)
    this.dom.addEventListener('keydown', event => this.onKey(event))
    new SheetDrag(this.handle, this)
    this.refresh()
  }

  /** How the sheet is called: its code, or its title while it has none. */
  get name(): string {
    return this.attr('code') || childText(this.node, 'actionTitle') || this.context.t.newAction
  }

  refresh(): void {
    const { t, isEditable } = this.context
    const code = this.attr('code')
    const title = childText(this.node, 'actionTitle') || t.newAction
    this.dom.id = code ? `texte-${code}` : ''
    this.dom.dataset.code = code
    this.dom.dataset.key = this.attr('key')
    this.dom.dataset.stage = this.attr('stage')
    this.dom.setAttribute('aria-label', t.sheetOf(code, title))
    this.refreshCode(code)
    this.refreshStage()
    this.refreshNotes()
    for (const name of ['aria-label', 'title']) this.handle.setAttribute(name, t.moveHandle(this.name))
    this.handle.hidden = this.menu.dom.hidden = !isEditable
    this.menu.rename(t.sheetMenu(this.name))
    this.facts.refresh()
    this.refreshMissing()
    this.place()
  }

  /** Put the facts under the title. Called after each drawing: the title may have been drawn anew. */
  place(): void {
    const slot = this.contentDOM.querySelector('.ed-slot')
    const home = slot ?? this.dom
    if (this.facts.dom.parentElement !== home) {
      if (slot) slot.append(this.facts.dom)
      else this.contentDOM.before(this.facts.dom)
    }
  }

  /** Put the focus on a place named by the checks: "pilots", "title", "section:deliverables"… */
  goTo(place: string): void {
    this.dom.scrollIntoView({ block: 'start' })
    if (place === 'stage') this.stageSelect.focus()
    else if (this.facts.open(place)) this.dom.querySelector(`[data-place="${CSS.escape(place)}"]`)?.scrollIntoView({ block: 'center' })
    else this.enter(place)
  }

  /** A move draws the sheet anew: what a person was filling in is written, and the focus goes on from there. */
  override destroy(): void {
    super.destroy()
    const { context, handle } = this
    const key = this.attr('key') || this.attr('code')
    const unfinished = this.facts.unfinished()
    const hadHandle = document.activeElement === handle
    if (!unfinished && !hadHandle) return
    queueMicrotask(() => {
      for (const part of context.drawn) {
        if (!(part instanceof ActionView) || (part.attr('key') || part.attr('code')) !== key) continue
        if (unfinished) part.facts.resume(unfinished)
        else if (document.activeElement === document.body) part.handle.focus()
        return
      }
    })
  }

  protected identity(node: ProseMirrorNode): string {
    return `${String(node.attrs.key)} ${String(node.attrs.code && !node.attrs.key ? node.attrs.code : '')}`
  }

  private attr(name: string): string {
    return String(this.node.attrs[name] ?? '')
  }

  private write(facts: Record<string, string>): void {
    this.editor.commands.setActionFacts(this.pos, facts)
  }

  /** Put the caret in the title or a section; a section that is not there is added first. */
  private enter(place: string): void {
    const kind = place.startsWith('section:') ? place.slice('section:'.length) : ''
    let target = -1
    this.node.forEach((child, offset) => {
      const isIt = kind ? child.attrs.kind === kind : child.type.name === 'actionTitle'
      if (isIt && target < 0) target = this.pos + 1 + offset
    })
    if (target < 0 && this.context.isEditable) {
      writeOn(this.editor, this.editor.commands.addActionPart(this.pos, kind))
      return
    }
    if (target < 0) return
    if (this.context.isEditable) writeOn(this.editor, this.editor.commands.enterFieldAt(target))
    const dom = this.editor.view.nodeDOM(target)
    if (dom instanceof HTMLElement) dom.scrollIntoView({ block: 'center' })
  }

  private refreshCode(code: string): void {
    const { t, isEditable, codeState } = this.context
    const state = code ? 'coded' : codeState(this.attr('key'))
    const text = code || { waiting: t.codePending, offline: t.codeOffline, refused: t.codeRefused, unasked: t.codePending }[state as 'waiting']
    this.code.classList.toggle('is-pending', !code)
    setText(this.code, text)
    this.askCode.hidden = !isEditable || !['refused', 'unasked'].includes(state)
  }

  private refreshStage(): void {
    const { context } = this
    const stage = this.attr('stage')
    if (!context.data.stages.some(known => known.value === stage) && !this.stageSelect.querySelector(`[value="${CSS.escape(stage)}"]`)) {
      this.stageSelect.append(el('option', { value: stage }, stage)) // written by a newer version: shown, not lost
    }
    this.stageSelect.value = stage
    this.stageSelect.hidden = !context.isEditable
    this.stageText.hidden = context.isEditable
    setText(this.stageText, context.stageLabel(stage))
  }

  private refreshNotes(): void {
    const { t, isEditable } = this.context
    const notes: HTMLElement[] = []
    if (this.attr('certainty') === 'partial') notes.push(el('span', { class: 'ed-note' }, t.partialSheet))
    if (this.attr('axisBasis') === 'deduced') {
      notes.push(el('span', { class: 'ed-note' }, t.axisDeduced))
      if (isEditable) notes.push(el('button', { type: 'button', class: 'ed-chip-button', 'aria-label': t.confirmBasis(t.axis), click: () => this.write({ axisBasis: '' }) }, t.confirm))
    }
    const now = notes.map(note => note.textContent).join('|')
    if (now === this.notes.dataset.shown) return
    this.notes.dataset.shown = now
    this.notes.replaceChildren(...notes)
  }

  /** A merge may leave a sheet without its title or a section: offer to put it back. */
  private refreshMissing(): void {
    const { t, data, isEditable } = this.context
    const kinds = new Set<string>()
    this.node.forEach(child => kinds.add(child.type.name === 'actionTitle' ? '' : String(child.attrs.kind)))
    const absent = ['', ...data.sections.map(section => section.kind)].filter(kind => !kinds.has(kind))
    this.missing.hidden = !isEditable || absent.length === 0
    const now = absent.join(' ') + absent.length
    if (now === this.missing.dataset.shown) return
    this.missing.dataset.shown = now
    this.missing.replaceChildren(...absent.map(kind => el('button', {
      type: 'button', class: 'ed-add', click: () => writeOn(this.editor, this.editor.commands.addActionPart(this.pos, kind)),
    }, icon('plus'), t.addPart(kind ? this.context.sectionLabel(kind) : t.missingTitle))))
  }

  private menuItems(): MenuItem[] {
    const { t } = this.context
    const { editor } = this
    const code = this.attr('code')
    const isWithdrawn = this.attr('stage') === 'withdrawn'
    return [
      { label: t.moveUp, run: () => this.moveBy(-1), isEnabled: () => editor.can().moveActionBy(-1, this.pos) },
      { label: t.moveDown, run: () => this.moveBy(1), isEnabled: () => editor.can().moveActionBy(1, this.pos) },
      { label: t.move, run: () => void moveByDialog(this) },
      { label: t.duplicate, run: () => this.duplicate() },
      isDuplicate(editor.state.doc, this.node)
        ? { label: t.removeDuplicate, run: () => void this.removeSpare(t.removeDuplicateText(code)) }
        : code
          ? { label: t.withdraw, run: () => void this.withdraw(), isEnabled: () => !isWithdrawn }
          : { label: t.removeSheet, run: () => void this.removeSpare(t.removeText) },
    ]
  }

  /** Move one rank and say where it went; the focus follows the sheet, which is drawn anew at its new place. */
  moveBy(step: 1 | -1): void {
    const { key, name } = { key: this.attr('key') || this.attr('code'), name: this.name }
    const hadHandle = document.activeElement === this.handle
    if (!this.editor.commands.moveActionBy(step, this.pos)) return
    announceMove(this.context, this.editor, key, name, hadHandle)
  }

  private duplicate(): void {
    const key = randomName(12)
    if (!writeOn(this.editor, this.editor.commands.duplicateAction(this.pos, key))) return
    this.context.requestCode(key, this.attr('code'))
    this.context.announce(this.context.t.duplicated)
  }

  private async withdraw(): Promise<void> {
    const { t } = this.context
    const question = { title: t.withdrawTitle(this.name), text: t.withdrawText, confirmLabel: t.remove }
    if (await this.context.ask(question)) this.write({ stage: 'withdrawn' })
  }

  private async removeSpare(text: string): Promise<void> {
    const { t } = this.context
    const question = { title: t.removeTitle, text, confirmLabel: t.removeConfirm }
    if (await this.context.ask(question)) writeOn(this.editor, this.editor.commands.removeSpareAction(this.pos))
  }

  /** Keys pressed on a control of the sheet: Alt and an arrow move it, Escape goes back to the text. */
  private onKey(event: KeyboardEvent): void {
    if (!(event.target instanceof Node) || !this.context.isEditable) return
    // The facts are drawn inside the text, under the title: they are controls all the same.
    if (this.contentDOM.contains(event.target) && !this.facts.dom.contains(event.target)) return
    if (event.key === 'Escape' && !event.defaultPrevented) {
      this.editor.view.focus()
      return
    }
    if (!event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
    event.preventDefault()
    event.stopPropagation()
    this.moveBy(event.key === 'ArrowUp' ? -1 : 1)
  }
}
