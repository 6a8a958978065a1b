/** The plan of the programme: where one is, where one can go, and where something blocks publication. */
import type { Editor } from '@tiptap/core'

import type { EditorContext } from '../context'
import { el } from '../dom'
import { actionsOf, childText, findAxes } from '../structure'
import { writeOn } from '../write-on'

interface Entry {
  pos: number
  code: string
  key: string
  title: string
  isWithdrawn: boolean
  actions: Entry[]
}

export class Outline {
  readonly dom: HTMLElement
  private readonly list = el('ol', { class: 'ed-outline-axes', role: 'list' })
  private blocking = new Map<string, number>() // by code or key of the action
  private shown = ''
  private frame = 0

  constructor(private readonly editor: Editor, private readonly context: EditorContext) {
    const { t } = context
    const isWide = window.matchMedia('(min-width: 64rem)').matches
    this.dom = el('details', { class: 'ed-panel ed-outline', open: isWide },
      el('summary', { class: 'ed-panel-title' }, el('h2', {}, t.outlineTitle)),
      el('nav', { 'aria-label': t.outlineLabel }, this.list))
    editor.on('update', () => this.refresh())
    window.addEventListener('scroll', () => {
      this.frame ||= requestAnimationFrame(() => {
        this.frame = 0
        this.markCurrent()
      })
    }, { passive: true })
    this.refresh()
  }

  setBlocking(blocking: Map<string, number>): void {
    this.blocking = blocking
    this.refresh()
  }

  private entries(): Entry[] {
    const { t } = this.context
    return findAxes(this.editor.state.doc).map(axis => ({
      pos: axis.pos,
      code: '',
      key: String(axis.node.attrs.id),
      title: childText(axis.node, 'axisTitle') || t.newAxis,
      isWithdrawn: false,
      actions: actionsOf(axis).map(action => ({
        pos: action.pos,
        code: String(action.node.attrs.code),
        key: String(action.node.attrs.key),
        title: childText(action.node, 'actionTitle') || t.newAction,
        isWithdrawn: action.node.attrs.stage === 'withdrawn',
        actions: [],
      })),
    }))
  }

  private refresh(): void {
    const entries = this.entries()
    const withoutPositions = (_name: string, value: unknown) => (_name === 'pos' ? undefined : value)
    const now = JSON.stringify([entries, [...this.blocking]], withoutPositions)
    if (now === this.shown) return
    this.shown = now
    const { t } = this.context
    const focused = Array.from(this.list.querySelectorAll('a')).indexOf(document.activeElement as HTMLAnchorElement)
    this.list.replaceChildren(...entries.map((axis, index) => el('li', {},
      this.link(axis, index, -1, `${t.axisNumber(index + 1)}`),
      el('ol', { role: 'list' }, ...axis.actions.map((action, rank) => el('li', {}, this.link(action, index, rank, action.code || '…')))))))
    if (focused >= 0) this.list.querySelectorAll('a')[focused]?.focus()
    this.markCurrent()
  }

  private link(entry: Entry, axis: number, rank: number, mark: string): HTMLElement {
    const count = rank < 0 ? 0 : this.blocking.get(entry.code || entry.key) ?? 0
    const fragment = entry.code || entry.key
    const click = (event: Event) => {
      event.preventDefault()
      this.goTo(axis, rank)
    }
    return el('a', { href: `#${fragment}`, class: entry.isWithdrawn ? 'is-withdrawn' : null, 'data-rank': `${axis}.${rank}`, click: click as EventListener },
      el('span', { class: 'ed-outline-code' }, mark),
      el('span', { class: 'ed-outline-title' }, entry.title),
      count > 0 ? el('span', { class: 'ed-outline-mark', title: this.context.t.outlineBlocking(count) },
        el('span', { 'aria-hidden': 'true' }, String(count)),
        el('span', { class: 'visually-hidden' }, this.context.t.outlineBlocking(count))) : null)
  }

  private element(axis: number, rank: number): { dom: HTMLElement; titlePos: number } | null {
    const found = findAxes(this.editor.state.doc)[axis]
    const part = found && rank >= 0 ? actionsOf(found)[rank] : found
    const dom = part && this.editor.view.nodeDOM(part.pos)
    return part && dom instanceof HTMLElement ? { dom, titlePos: part.pos + 1 } : null
  }

  private goTo(axis: number, rank: number): void {
    const target = this.element(axis, rank)
    if (!target) return
    if (this.context.isEditable) writeOn(this.editor, this.editor.commands.enterFieldAt(target.titlePos))
    else {
      target.dom.tabIndex = -1
      target.dom.focus({ preventScroll: true })
    }
    target.dom.scrollIntoView({ block: 'start' })
  }

  /** The last entry whose start has passed under the toolbar. */
  private markCurrent(): void {
    let current: HTMLElement | null = null
    const links = Array.from(this.list.querySelectorAll<HTMLElement>('a'))
    for (const link of links) {
      const [axis = 0, rank = -1] = (link.dataset.rank ?? '').split('.').map(Number)
      const target = this.element(axis, rank)
      if (target && target.dom.getBoundingClientRect().top < window.innerHeight / 3) current = link
    }
    for (const link of links) {
      if (link === current) link.setAttribute('aria-current', 'true')
      else link.removeAttribute('aria-current')
    }
  }
}
