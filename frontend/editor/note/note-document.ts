import { mergeAttributes, Node } from '@tiptap/core'

/** A note: one text. */
export const NoteDocument = Node.create({
  name: 'doc',
  topNode: true,
  content: 'noteText',
})

/** All that is written in a note. It is the shared fragment itself: its name is stored nowhere. */
export const NoteText = Node.create({
  name: 'noteText',
  content: 'block*',
  isolating: true,
  defining: true,
  selectable: false, // typing over a selected field would erase it
  parseHTML: () => [{ tag: '[data-node="note-text"]', priority: 100 }],
  renderHTML: ({ HTMLAttributes }) => [
    'div',
    mergeAttributes(HTMLAttributes, { 'data-node': 'note-text', class: 'ed-note-text ed-prose' }),
    0,
  ],
})
