import { Extension } from '@tiptap/core'
import { Plugin, PluginKey, type EditorState, type Transaction } from '@tiptap/pm/state'

import { fieldAround, findFields, isField } from '../structure'
import { enterField } from './field-keys'
import { isFromSharedDocument } from './structure-guard'
import { isCell } from './table'

/**
 * Gives a line to write on to what this person has just emptied. Only that: were every open copy to refill what
 * somebody else emptied, twenty people would write twenty empty lines.
 */
function refill(transactions: readonly Transaction[], state: EditorState): Transaction | null {
  if (transactions.some(isFromSharedDocument) || !transactions.some(tr => tr.docChanged)) return null
  const positions: number[] = []
  const { $from } = state.selection
  const field = fieldAround($from)
  if (!field) return null
  state.doc.nodesBetween(field.pos, field.pos + field.node.nodeSize, (node, pos) => {
    const wantsBlocks = (isField(node) || isCell(node) || ['listItem', 'blockquote'].includes(node.type.name)) && !node.isTextblock
    if (wantsBlocks && node.childCount === 0 && pos >= field.pos) positions.push(pos + 1)
    return true
  })
  if (positions.length === 0) return null
  const { tr } = state
  for (const position of positions.reverse()) tr.insert(position, state.schema.nodes.paragraph!.create())
  return tr
}

/** Keeps a place for the caret in emptied fields, and opens an empty one when it is clicked. */
export const Refill = Extension.create({
  name: 'refill',
  addProseMirrorPlugins: () => [
    new Plugin({
      key: new PluginKey('refill'),
      appendTransaction: (transactions, _before, state) => refill(transactions, state),
      props: {
        handleDOMEvents: {
          mousedown(view, event) {
            if (!view.editable || !(event.target instanceof Element)) return false
            const target = event.target
            const empty = findFields(view.state.doc).find(field => {
              if (field.node.isTextblock || field.node.childCount > 0) return false
              const dom = view.nodeDOM(field.pos)
              return dom instanceof Element && dom.contains(target)
            })
            if (!empty) return false
            event.preventDefault()
            enterField(view.state, empty, 'start', tr => view.dispatch(tr))
            view.focus()
            return true
          },
        },
      },
    }),
  ],
})
