import { Node } from '@tiptap/core'

/** The whole draft. Any order and any number: the binding deletes shared nodes that a merge left outside the schema. */
export const ProgrammeDocument = Node.create({
  name: 'doc',
  topNode: true,
  content: '(programmeTitle | preamble | axis)*',
})
