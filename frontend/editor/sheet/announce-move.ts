import type { Editor } from '@tiptap/core'

import type { EditorContext } from '../context'
import { sharedTextOf } from '../shared/shared-text'
import { actionAround, childText, findActions, type FoundAction } from '../structure'

function say(context: EditorContext, place: FoundAction, sentence: (name: string, axis: string, rank: number) => string, name: string): void {
  const axis = childText(place.axis.node, 'axisTitle') || context.t.newAxis
  context.announce(sentence(name, axis, place.index + 1))
}

/** Somebody else moved the sheet this person is writing in: say where it went. Caret and words went with it. */
export function announceMovesByOthers(context: EditorContext, editor: Editor): void {
  const text = sharedTextOf(editor.state)
  if (!text) return
  text.onMovedByOthers = moved => {
    const here = actionAround(editor.state.selection.$from)
    const isHere = here && editor.isFocused && moved.some(part => text.positionOf(part) === here.pos)
    if (here && isHere) say(context, here, context.t.movedByOther, String(here.node.attrs.code) || childText(here.node, 'actionTitle') || context.t.newAction)
  }
}

/** Say where a sheet now stands and, if its handle had the focus, give it back: it was drawn anew. key: its key, or its code. */
export function announceMove(context: EditorContext, editor: Editor, key: string, name: string, focusHandle: boolean): void {
  const place = findActions(editor.state.doc).find(({ node }) => node.attrs.key === key || node.attrs.code === key)
  if (!place) return
  say(context, place, context.t.moved, name)
  const dom = editor.view.nodeDOM(place.pos)
  if (!(dom instanceof HTMLElement)) return
  dom.scrollIntoView({ block: 'nearest' })
  if (focusHandle) dom.querySelector<HTMLElement>('.ed-handle')?.focus()
}
