import type { Editor } from '@tiptap/core'

import type { EditorContext } from '../context'
import { childText, findActions } from '../structure'

/** Say where a sheet now stands and, if its handle had the focus, give it back: it was drawn anew. key: its key, or its code. */
export function announceMove(context: EditorContext, editor: Editor, key: string, name: string, focusHandle: boolean): void {
  const place = findActions(editor.state.doc).find(({ node }) => node.attrs.key === key || node.attrs.code === key)
  if (!place) return
  const axis = childText(place.axis.node, 'axisTitle') || context.t.newAxis
  context.announce(context.t.moved(name, axis, place.index + 1))
  const dom = editor.view.nodeDOM(place.pos)
  if (!(dom instanceof HTMLElement)) return
  dom.scrollIntoView({ block: 'nearest' })
  if (focusHandle) dom.querySelector<HTMLElement>('.ed-handle')?.focus()
}
