import { mergeAttributes, Node } from '@tiptap/core'
import type { Node as ProseMirrorNode } from '@tiptap/pm/model'
import type { NodeView } from '@tiptap/pm/view'

import { stringAttribute } from '../attributes'
import type { EditorContext } from '../context'
import { el } from '../dom'

class ActionSectionView implements NodeView {
  readonly contentDOM = el('div', { class: 'ed-section-text ed-prose' })
  readonly dom: HTMLElement

  constructor(private node: ProseMirrorNode, context: EditorContext) {
    const kind = String(node.attrs.kind)
    const asked = context.data.sections.find(section => section.kind === kind)?.hint ?? ''
    const hint = context.data.mayWrite ? asked : context.t.nothingYet
    this.dom = el(
      'section',
      { class: 'ed-section', 'data-place': `section:${kind}` },
      el('h4', { class: 'ed-section-label', contenteditable: 'false' }, context.sectionLabel(kind)),
      el('p', { class: 'ed-section-hint', contenteditable: 'false' }, hint),
      this.contentDOM,
    )
  }

  update(node: ProseMirrorNode): boolean {
    if (node.type !== this.node.type || node.attrs.kind !== this.node.attrs.kind) return false
    this.node = node
    return true
  }

  ignoreMutation(mutation: { target: globalThis.Node }): boolean {
    return !this.contentDOM.contains(mutation.target)
  }
}

/** One section of a sheet: problem, objectives, effects, deliverables, milestones. */
export const ActionSection = Node.create<{ context: EditorContext | null }>({
  name: 'actionSection', // written in every stored document: renaming it is a data migration
  content: 'block*',
  isolating: true,
  defining: true,
  selectable: false, // typing over a selected field would erase it
  addOptions: () => ({ context: null }),
  addAttributes: () => ({ kind: stringAttribute('kind') }),
  parseHTML: () => [{ tag: '[data-node="actionSection"]', priority: 100 }],
  renderHTML: ({ HTMLAttributes }) => ['section', mergeAttributes(HTMLAttributes, { 'data-node': 'actionSection' }), 0],
  addNodeView() {
    const { context } = this.options
    if (!context) return null
    return ({ node }) => new ActionSectionView(node, context)
  },
})
