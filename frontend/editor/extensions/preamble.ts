import { mergeAttributes, Node } from '@tiptap/core'

/** What comes before the axes. */
export const Preamble = Node.create({
  name: 'preamble', // written in every stored document: renaming it is a data migration
  content: 'block*',
  isolating: true,
  defining: true,
  selectable: false, // typing over a selected field would erase it
  parseHTML: () => [{ tag: '[data-node="preamble"]', priority: 100 }],
  renderHTML: ({ HTMLAttributes }) => [
    'div',
    mergeAttributes(HTMLAttributes, { 'data-node': 'preamble', class: 'ed-preamble ed-prose' }),
    0,
  ],
})
