import { mergeAttributes, Node } from '@tiptap/core'

/** The title of the text, which may differ from the programme's name in menus. */
export const ProgrammeTitle = Node.create({
  name: 'programmeTitle', // written in every stored document: renaming it is a data migration
  content: 'inline*',
  isolating: true,
  defining: true,
  selectable: false, // typing over a selected field would erase it
  parseHTML: () => [{ tag: '[data-node="programmeTitle"]', priority: 100 }],
  renderHTML: ({ HTMLAttributes }) => ['h2', mergeAttributes(HTMLAttributes, { 'data-node': 'programmeTitle', class: 'ed-programme-title' }), 0],
})
