import { mergeAttributes, Node } from '@tiptap/core'

import { stringAttribute } from '../attributes'
import type { EditorContext } from '../context'
import { AxisView } from '../sheet/axis-view'

/** An axis: title, introduction, actions. Its `id` is in public addresses and never changes. */
export const Axis = Node.create<{ context: EditorContext | null }>({
  name: 'axis', // written in every stored document: renaming it is a data migration
  content: '(axisTitle | axisIntro | action)*',
  isolating: true,
  defining: true,
  selectable: false, // typing over a selected axis would erase it
  addOptions: () => ({ context: null }),
  addAttributes: () => ({ id: stringAttribute('id'), basis: stringAttribute('basis') }),
  parseHTML: () => [{ tag: '[data-node="axis"]', priority: 100 }],
  renderHTML: ({ HTMLAttributes }) => ['section', mergeAttributes(HTMLAttributes, { 'data-node': 'axis' }), 0],
  addNodeView() {
    const { context } = this.options
    if (!context) return null
    return ({ node, editor, getPos }) => new AxisView(node, editor, getPos, context)
  },
})
