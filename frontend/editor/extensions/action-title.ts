import { mergeAttributes, Node } from '@tiptap/core'
import type { NodeView } from '@tiptap/pm/view'

import { el } from '../dom'

/** Shows the title and, under it, a place where the sheet puts its facts: they read between the title and the sections. */
class ActionTitleView implements NodeView {
  readonly contentDOM = el('h3', { class: 'ed-action-title' })
  readonly slot = el('div', { class: 'ed-slot', contenteditable: 'false' })
  readonly dom = el('div', { class: 'ed-action-head', 'data-place': 'title' }, this.contentDOM, this.slot)

  ignoreMutation(mutation: { target: globalThis.Node }): boolean {
    return !this.contentDOM.contains(mutation.target)
  }

  stopEvent(event: Event): boolean {
    return this.slot.contains(event.target as globalThis.Node)
  }
}

/** The title of an action. */
export const ActionTitle = Node.create({
  name: 'actionTitle', // written in every stored document: renaming it is a data migration
  content: 'inline*',
  isolating: true,
  defining: true,
  selectable: false, // typing over a selected field would erase it
  parseHTML: () => [{ tag: '[data-node="actionTitle"]', priority: 100 }],
  renderHTML: ({ HTMLAttributes }) => ['h3', mergeAttributes(HTMLAttributes, { 'data-node': 'actionTitle' }), 0],
  addNodeView: () => () => new ActionTitleView(),
})
