import type { Editor } from '@tiptap/core'
import type { Node as ProseMirrorNode } from '@tiptap/pm/model'

import type { EditorContext } from '../context'
import { el, icon, setText } from '../dom'
import { childText, findAxes, isBlankAxis } from '../structure'
import { randomName } from '../text'
import { writeOn } from '../write-on'
import { PartView, type GetPos } from './part-view'

/** An axis on the page: its rank, its text and actions, and the button that adds one. */
export class AxisView extends PartView {
  readonly contentDOM = el('div', { class: 'ed-axis-content' })
  readonly dom: HTMLElement
  private readonly label = el('p', { class: 'ed-axis-label' })
  private readonly basis = el('div', { class: 'ed-notes', hidden: true })
  private readonly confirm: HTMLButtonElement
  private readonly remove: HTMLButtonElement
  private readonly add: HTMLButtonElement

  constructor(node: ProseMirrorNode, editor: Editor, getPos: GetPos, context: EditorContext) {
    super(node, editor, getPos, context)
    const { t } = context
    this.add = el('button', { type: 'button', class: 'ed-add', click: () => this.addAction() }, icon('plus'), t.addAction)
    this.remove = el('button', { type: 'button', class: 'ed-quiet', 'aria-label': t.removeAxis, title: t.removeAxis, click: () => this.removeAxis() }, icon('close'))
    this.confirm = el('button', {
      type: 'button', class: 'ed-chip-button', 'aria-label': t.confirmBasis(t.axis), click: () => editor.commands.setAxisFacts(this.pos, { basis: '' }),
    }, t.confirm)
    this.basis.append(el('span', { class: 'ed-note' }, t.axisDeduced), this.confirm)
    this.dom = el('section', { class: 'ed-axis' },
      el('div', { class: 'ed-axis-head', contenteditable: 'false' }, this.label, this.basis, this.remove),
      this.contentDOM,
      el('div', { class: 'ed-axis-foot', contenteditable: 'false' }, this.add))
    this.refresh()
  }

  refresh(): void {
    const { t, isEditable } = this.context
    const { id, basis } = this.node.attrs as { id: string; basis: string }
    this.dom.id = id ? `texte-${id}` : ''
    this.dom.dataset.axis = id
    this.basis.hidden = basis !== 'deduced'
    this.add.hidden = this.confirm.hidden = !isEditable
    this.remove.hidden = !isEditable || !isBlankAxis(this.node)
    this.add.setAttribute('aria-label', t.addActionIn(childText(this.node, 'axisTitle') || t.newAxis))
    const rank = findAxes(this.editor.state.doc).find(axis => axis.node.attrs.id === id)?.index
    if (rank !== undefined) this.rank(rank)
  }

  /** rank: from 0, among the axes of the programme. */
  rank(rank: number): void {
    setText(this.label, this.context.t.axisNumber(rank + 1))
  }

  protected identity(node: ProseMirrorNode): string {
    return String(node.attrs.id)
  }

  private addAction(): void {
    const key = randomName(12)
    writeOn(this.editor, this.editor.commands.addAction(this.pos, key))
    this.context.requestCode(key, '')
  }

  private removeAxis(): void {
    writeOn(this.editor, this.editor.commands.removeBlankAxis(this.pos))
  }
}
