import { mergeAttributes, Node } from '@tiptap/core'

import { stringAttribute } from '../attributes'
import type { EditorContext } from '../context'
import { ActionView } from '../sheet/action-view'

export const ACTION_ATTRIBUTES = [
  'code', // '' until the server gave one; never reused
  'key', // tells apart the actions that have no code yet
  'stage',
  'pilots', // slugs, space-separated
  'partners',
  'start', // partial date
  'deadline',
  'audience',
  'certainty', // of what was imported
  'sources',
  'axisBasis', // '' is "declared here": what an import deduced stops being so once a person wrote it
  'pilotsBasis',
  'deadlineBasis',
] as const

export type ActionAttribute = (typeof ACTION_ATTRIBUTES)[number]

/** The sheet of an action: title, sections, and its facts as attributes. */
export const Action = Node.create<{ context: EditorContext | null }>({
  name: 'action', // written in every stored document: renaming it is a data migration
  content: '(actionTitle | actionSection)*',
  isolating: true,
  defining: true,
  selectable: false, // typing over a selected sheet would erase it
  addOptions: () => ({ context: null }),
  addAttributes: () => Object.fromEntries(
    ACTION_ATTRIBUTES.map(name => [name, stringAttribute(name, name === 'stage' ? 'proposed' : '')]),
  ),
  parseHTML: () => [{ tag: '[data-node="action"]', priority: 100 }],
  renderHTML: ({ HTMLAttributes }) => ['article', mergeAttributes(HTMLAttributes, { 'data-node': 'action' }), 0],
  addNodeView() {
    const { context } = this.options
    if (!context) return null
    return ({ node, editor, getPos }) => new ActionView(node, editor, getPos, context)
  },
})
