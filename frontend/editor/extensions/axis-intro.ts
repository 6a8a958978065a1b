import { mergeAttributes, Node } from '@tiptap/core'

/** What an axis seeks, before its actions. */
export const AxisIntro = Node.create({
  name: 'axisIntro', // written in every stored document: renaming it is a data migration
  content: 'block*',
  isolating: true,
  defining: true,
  selectable: false, // typing over a selected field would erase it
  parseHTML: () => [{ tag: '[data-node="axisIntro"]', priority: 100 }],
  renderHTML: ({ HTMLAttributes }) => [
    'div',
    mergeAttributes(HTMLAttributes, { 'data-node': 'axisIntro', class: 'ed-axis-intro ed-prose' }),
    0,
  ],
})
