/** The toolbar (ARIA toolbar: one tab stop, arrows between buttons). It never takes the selection away from the text. */
import type { Editor } from '@tiptap/core'

import type { WritingContext } from '../context'
import { el, icon } from '../dom'
import { cellAround } from '../extensions/table'
import { sharedTextOf } from '../shared/shared-text'
import { fieldAround, isTitle } from '../structure'
import { writeOn } from '../write-on'
import { editLink } from './link-dialog'
import { MenuButton } from './menu'

interface Tool {
  button: HTMLButtonElement
  isPressed?: () => boolean
  isEnabled: () => boolean
}

const IS_MAC = /Mac|iP(hone|ad)/.test(navigator.platform)

function shortcut(keys: string): string {
  return IS_MAC ? keys.replace('Ctrl', '⌘').replace('Alt', '⌥').replace('Maj', '⇧') : keys
}

export class Toolbar {
  readonly dom: HTMLElement
  private readonly tools: Tool[] = []
  private readonly table: MenuButton
  // Until then the caret is somewhere nobody put it, out of sight perhaps: nothing is written there.
  private wasEntered = false

  constructor(private readonly editor: Editor, private readonly context: WritingContext, label = context.t.toolbarLabel) {
    const { t } = context
    // Asked for each time: they are bound to the state they were taken from.
    const run = (command: (commands: Editor['commands']) => boolean) => () => { writeOn(editor, command(editor.commands)) }
    const inText = () => this.isInText()
    const anywhere = () => this.field() !== null
    this.table = new MenuButton(t.tableMenu, icon('table'), () => this.tableItems(), 'ed-tool')
    const group = (...children: HTMLElement[]) => el('div', { class: 'ed-tool-group' }, ...children)
    this.dom = el('div', { class: 'ed-toolbar', role: 'toolbar', 'aria-label': label, 'aria-controls': editor.view.dom.id },
      group(
        this.tool('heading', t.heading, 'Ctrl+Alt+3', run(commands => commands.toggleNode('heading', 'paragraph', { level: '3' })), inText, () => editor.isActive('heading', { level: '3' })),
        this.tool('subheading', t.subheading, 'Ctrl+Alt+4', run(commands => commands.toggleNode('heading', 'paragraph', { level: '4' })), inText, () => editor.isActive('heading', { level: '4' })),
      ),
      group(
        this.tool('bold', t.bold, 'Ctrl+B', run(commands => commands.toggleMark('bold')), anywhere, () => editor.isActive('bold')),
        this.tool('italic', t.italic, 'Ctrl+I', run(commands => commands.toggleMark('italic')), anywhere, () => editor.isActive('italic')),
        this.tool('link', t.link, 'Ctrl+K', () => void editLink(editor, t), inText, () => editor.isActive('link')),
      ),
      group(
        this.tool('bullets', t.bulletList, 'Ctrl+Maj+8', run(commands => commands.toggleList('bulletList', 'listItem')), inText, () => editor.isActive('bulletList')),
        this.tool('numbers', t.orderedList, 'Ctrl+Maj+7', run(commands => commands.toggleList('orderedList', 'listItem')), inText, () => editor.isActive('orderedList')),
        this.tool('quote', t.quote, 'Ctrl+Maj+B', run(commands => commands.toggleWrap('blockquote')), inText, () => editor.isActive('blockquote')),
        this.table.dom,
      ),
      group(
        this.tool('undo', t.undo, 'Ctrl+Z', run(commands => commands.undo()), () => this.stack('undoStack') > 0),
        this.tool('redo', t.redo, 'Ctrl+Y', run(commands => commands.redo()), () => this.stack('redoStack') > 0),
      ))
    this.tools.push({ button: this.table.button, isEnabled: inText })
    this.sortTools()
    this.dom.addEventListener('keydown', event => this.onKey(event))
    this.dom.addEventListener('focusin', event => this.setTabStop(event.target))
    // A press must leave the selection where it is: on some systems it would go to the button.
    this.dom.addEventListener('mousedown', event => event.preventDefault())
    this.dom.hidden = true
    editor.on('focus', () => {
      this.wasEntered = true
      this.refresh()
    })
    editor.on('transaction', () => this.refresh())
    context.drawn.add(this)
    this.refresh()
  }

  refresh(): void {
    this.dom.hidden = !this.context.isEditable
    if (this.dom.hidden) return
    for (const { button, isEnabled, isPressed } of this.tools) {
      // aria-disabled keeps the button reachable: a tab stop that vanishes loses the person's place.
      button.setAttribute('aria-disabled', String(!isEnabled()))
      if (isPressed) button.setAttribute('aria-pressed', String(this.wasEntered && isPressed()))
    }
  }

  private tool(image: string, label: string, keys: string, run: () => void, isEnabled: () => boolean, isPressed?: () => boolean): HTMLButtonElement {
    const name = this.context.t.withShortcut(label, shortcut(keys))
    const click = () => {
      if (button.getAttribute('aria-disabled') !== 'true') run()
    }
    const button = el('button', { type: 'button', class: 'ed-tool', 'aria-label': label, title: name, tabindex: -1, click }, icon(image))
    this.tools.push({ button, isEnabled, ...(isPressed ? { isPressed } : {}) })
    return button
  }

  private field() {
    return this.wasEntered ? fieldAround(this.editor.state.selection.$from) : null
  }

  private isInText(): boolean {
    const field = this.field()
    return field !== null && !isTitle(field.node)
  }

  private stack(name: 'undoStack' | 'redoStack'): number {
    return sharedTextOf(this.editor.state)?.undoManager[name].length ?? 0
  }

  private tableItems() {
    const { t } = this.context
    const { editor } = this
    const isInTable = () => cellAround(editor.state.selection.$from) !== null
    const item = (label: string, name: 'addRow' | 'addColumn' | 'removeRow' | 'removeColumn' | 'removeTable') =>
      ({ label, run: () => { writeOn(editor, editor.commands[name]()) }, isEnabled: isInTable })
    return [
      { label: t.insertTable, run: () => { writeOn(editor, editor.commands.insertTable()) }, isEnabled: () => this.isInText() && !isInTable() },
      item(t.addRow, 'addRow'),
      item(t.addColumn, 'addColumn'),
      item(t.removeRow, 'removeRow'),
      item(t.removeColumn, 'removeColumn'),
      item(t.removeTable, 'removeTable'),
    ]
  }

  /** Arrows follow what is seen, whatever the order the tools were made in. */
  private sortTools(): void {
    const order = Array.from(this.dom.querySelectorAll('.ed-tool'))
    this.tools.sort((a, b) => order.indexOf(a.button) - order.indexOf(b.button))
    this.tools.forEach(({ button }, index) => { button.tabIndex = index === 0 ? 0 : -1 })
  }

  private setTabStop(target: EventTarget | null): void {
    if (!this.tools.some(({ button }) => button === target)) return
    for (const { button } of this.tools) button.tabIndex = button === target ? 0 : -1
  }

  private onKey(event: KeyboardEvent): void {
    const here = this.tools.findIndex(({ button }) => button === document.activeElement)
    if (here < 0) return
    const { length } = this.tools
    const goals: Record<string, number> = { ArrowRight: (here + 1) % length, ArrowLeft: (here - 1 + length) % length, Home: 0, End: length - 1 }
    const goal = goals[event.key]
    if (goal === undefined) return
    event.preventDefault()
    this.tools[goal]?.button.focus()
  }
}
