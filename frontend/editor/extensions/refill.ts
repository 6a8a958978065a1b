import { Extension } from '@tiptap/core'
import type { Node as ProseMirrorNode } from '@tiptap/pm/model'
import { Plugin, PluginKey, type EditorState, type Transaction } from '@tiptap/pm/state'
import { Mapping } from '@tiptap/pm/transform'

import { isFromSharedDocument } from '../shared/shared-text'
import { fieldAround, findFields, isField } from '../structure'
import { enterField } from './field-keys'
import { isCell } from './table'

/** The parts of the document that these transactions changed, as ranges of the document they led to. */
function changedRanges(transactions: readonly Transaction[]): { from: number; to: number }[] {
  const mapping = new Mapping(transactions.flatMap(tr => tr.mapping.maps))
  return mapping.maps.flatMap((map, index) => {
    const later = mapping.slice(index + 1)
    const ranges: { from: number; to: number }[] = []
    map.forEach((_from, _to, from, to) => ranges.push({ from: later.map(from, -1), to: later.map(to, 1) }))
    return ranges
  })
}

function wantsLine(node: ProseMirrorNode): boolean {
  const holdsBlocks = (isField(node) && !node.isTextblock) || isCell(node) || ['listItem', 'blockquote'].includes(node.type.name)
  return holdsBlocks && node.childCount === 0
}

/**
 * Gives a line to write on to what this person has just emptied. Only that: were every open copy to refill what
 * somebody else emptied, twenty people would write twenty empty lines.
 */
function refill(transactions: readonly Transaction[], state: EditorState): Transaction | null {
  const own = transactions.filter(tr => tr.docChanged)
  if (own.length === 0 || own.some(isFromSharedDocument)) return null
  const positions = new Set<number>()
  for (const { from, to } of changedRanges(own)) {
    const around = fieldAround(state.doc.resolve(from))
    const start = around ? around.pos : from
    const end = Math.min(Math.max(to, around ? around.pos + around.node.nodeSize : to), state.doc.content.size)
    state.doc.nodesBetween(start, end, (node, pos) => {
      if (wantsLine(node) && pos >= start) positions.add(pos + 1)
      return true
    })
  }
  if (positions.size === 0) return null
  const { tr } = state
  for (const position of [...positions].sort((a, b) => b - a)) tr.insert(position, state.schema.nodes.paragraph!.create())
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
