import { mergeAttributes, Node } from '@tiptap/core'

/** The title of an axis. */
export const AxisTitle = Node.create({
  name: 'axisTitle', // written in every stored document: renaming it is a data migration
  content: 'inline*',
  isolating: true,
  defining: true,
  selectable: false, // typing over a selected field would erase it
  parseHTML: () => [{ tag: '[data-node="axisTitle"]', priority: 100 }],
  renderHTML: ({ HTMLAttributes }) => ['h2', mergeAttributes(HTMLAttributes, { 'data-node': 'axisTitle', class: 'ed-axis-title' }), 0],
})
