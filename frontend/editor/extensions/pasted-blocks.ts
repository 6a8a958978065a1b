/** What is pasted in a text, whatever text: addresses, and blocks out of the fields they were copied from. */
import { Fragment, type Node as ProseMirrorNode, type Slice } from '@tiptap/pm/model'
import type { EditorView } from '@tiptap/pm/view'

import { isField, isTitle } from '../structure'
import { addressFromTyping } from './link'

/** Is there such a node in what is pasted? */
export function holds(slice: Slice, test: (node: ProseMirrorNode) => boolean): boolean {
  let isFound = false
  slice.content.descendants(node => {
    isFound ||= test(node)
    return !isFound
  })
  return isFound
}

/** The blocks of a slice, out of the fields they were copied from: a title becomes a paragraph. */
export function blocksOf(slice: Slice): Fragment {
  const blocks: ProseMirrorNode[] = []
  slice.content.descendants(node => {
    if (isTitle(node)) {
      const paragraph = node.type.schema.nodes.paragraph!.create(null, node.content)
      if (node.content.size > 0) blocks.push(paragraph)
    } else if (isField(node)) node.forEach(block => { if (block.content.size > 0) blocks.push(block) })
    else return true
    return false
  })
  return Fragment.from(blocks)
}

/** A pasted address becomes a link: on the selected words, or as its own text. */
export function pasteAddress(view: EditorView, text: string): boolean {
  const href = /^(https?:\/\/|mailto:)\S+$/i.test(text) ? addressFromTyping(text) : null
  const { state } = view
  const { from, to, empty, $from } = state.selection
  if (!href || !$from.sameParent(state.selection.$to) || isTitle($from.parent)) return false
  const mark = state.schema.marks.link!.create({ href })
  const { tr } = state
  if (empty) tr.replaceSelectionWith(state.schema.text(text, [...$from.marks(), mark]), false)
  else tr.addMark(from, to, mark)
  view.dispatch(tr.removeStoredMark(mark).scrollIntoView())
  return true
}
