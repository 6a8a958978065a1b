/** A button that opens a short menu (ARIA menu button): arrows walk, Escape closes, Tab leaves. */
import { el, uniqueId } from '../dom'

export interface MenuItem {
  label: string
  run: () => void
  isEnabled?: () => boolean
}

export class MenuButton {
  readonly dom: HTMLElement
  readonly button: HTMLButtonElement
  private readonly menu: HTMLElement

  constructor(label: string, face: Node | string, private readonly items: () => MenuItem[], buttonClass = 'ed-quiet') {
    this.menu = el('div', { class: 'ed-menu', role: 'menu', id: uniqueId('menu'), 'aria-label': label, hidden: true })
    this.button = el(
      'button',
      { type: 'button', class: buttonClass, 'aria-haspopup': 'menu', 'aria-expanded': 'false', 'aria-controls': this.menu.id, 'aria-label': label, title: label, click: () => this.setOpen(Boolean(this.menu.hidden)) },
      face,
    )
    this.dom = el('div', { class: 'ed-menu-place' }, this.button, this.menu)
    this.dom.addEventListener('keydown', event => this.onKey(event))
    this.dom.addEventListener('focusout', event => {
      if (!(event.relatedTarget instanceof Node && this.dom.contains(event.relatedTarget))) this.setOpen(false)
    })
  }

  rename(label: string): void {
    for (const name of ['aria-label', 'title']) this.button.setAttribute(name, label)
    this.menu.setAttribute('aria-label', label)
  }

  private setOpen(isOpen: boolean): void {
    if (isOpen === !this.menu.hidden) return
    this.menu.hidden = !isOpen
    this.button.setAttribute('aria-expanded', String(isOpen))
    if (!isOpen) return
    this.menu.replaceChildren(...this.items().map(item => {
      const isOff = item.isEnabled ? !item.isEnabled() : false
      const run = () => {
        if (isOff) return
        this.setOpen(false)
        this.button.focus()
        item.run()
      }
      return el('button', { type: 'button', role: 'menuitem', tabindex: -1, 'aria-disabled': isOff ? 'true' : null, click: run }, item.label)
    }))
    this.entries()[0]?.focus()
  }

  private entries(): HTMLElement[] {
    return Array.from(this.menu.querySelectorAll<HTMLElement>('[role="menuitem"]'))
  }

  private onKey(event: KeyboardEvent): void {
    if (this.menu.hidden) {
      if (event.key !== 'ArrowDown') return
      event.preventDefault()
      this.setOpen(true)
      return
    }
    const entries = this.entries()
    const here = entries.indexOf(document.activeElement as HTMLElement)
    const goals: Record<string, number> = {
      ArrowDown: (here + 1) % entries.length,
      ArrowUp: (here - 1 + entries.length) % entries.length,
      Home: 0,
      End: entries.length - 1,
    }
    const goal = goals[event.key]
    if (goal !== undefined) entries[goal]?.focus()
    else if (event.key === 'Escape') {
      this.setOpen(false)
      this.button.focus()
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
}
