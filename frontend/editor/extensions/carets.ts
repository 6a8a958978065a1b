import { Extension } from '@tiptap/core'
import { Plugin, PluginKey, type EditorState } from '@tiptap/pm/state'
import { DecorationSet, type EditorView } from '@tiptap/pm/view'
import { absolutePositionToRelativePosition, createDecorations, ySyncPluginKey } from '@tiptap/y-tiptap'
import type { Awareness } from 'y-protocols/awareness'
import { compareRelativePositions, createRelativePositionFromJSON } from 'yjs'

import { readPerson } from '../collaboration/presence'
import { el } from '../dom'
import { readPendingSelection } from './pending-selection'

const key = new PluginKey<DecorationSet>('carets')
const AWARENESS_CHANGED = 'awarenessChanged'

/**
 * The caret of another person: a line in their college's colour and pattern, and their name. Classes only, no inline
 * style. The name is drawn by the stylesheet: as text it would be copied, and read aloud in the middle of a sentence.
 */
export function drawCaret(user: unknown): HTMLElement {
  const person = readPerson(user)
  return el('span', { 'class': 'ed-caret', 'data-appearance': person.appearance, 'data-name': person.name, 'contenteditable': 'false' })
}

function drawSelection(user: unknown): Record<string, string> {
  return { class: 'ed-caret-selection', 'data-appearance': String(readPerson(user).appearance) }
}

function decorate(state: EditorState, awareness: Awareness): DecorationSet {
  const isOther = (mine: number, theirs: number) => mine !== theirs
  return createDecorations(state, awareness, isOther, drawCaret, drawSelection) as DecorationSet
}

/** Tell the others where the caret is: only when it moved. The library's plugin tells it again at every change of
 * anyone, which among twenty people makes four hundred messages a keystroke. */
function publishCaret(view: EditorView, awareness: Awareness): void {
  const shared = ySyncPluginKey.getState(view.state)
  const current = awareness.getLocalState()
  if (!shared?.binding || !current) return
  if (!view.hasFocus()) {
    if (current.cursor) awareness.setLocalStateField('cursor', null)
    return
  }
  const relative = (position: number) => absolutePositionToRelativePosition(position, shared.type, shared.binding.mapping)
  const { anchor, head } = view.state.selection
  const cursor = { anchor: relative(anchor), head: relative(head) }
  const isSame = current.cursor
    && compareRelativePositions(createRelativePositionFromJSON(current.cursor.anchor), cursor.anchor)
    && compareRelativePositions(createRelativePositionFromJSON(current.cursor.head), cursor.head)
  if (!isSame) awareness.setLocalStateField('cursor', cursor)
}

/** Shows where the others are in the text, and tells them where this person is. */
export const Carets = Extension.create<{ awareness: Awareness | null }>({
  name: 'carets',
  priority: 900,
  addOptions: () => ({ awareness: null }),
  addProseMirrorPlugins() {
    const { awareness } = this.options
    if (!awareness) return []
    return [
      new Plugin<DecorationSet>({
        key,
        state: {
          init: () => DecorationSet.empty,
          apply(tr, decorations, _before, state) {
            const meta = tr.getMeta(ySyncPluginKey) as { isChangeOrigin?: boolean } | undefined
            if (meta?.isChangeOrigin || tr.getMeta(AWARENESS_CHANGED)) return decorate(state, awareness)
            return tr.docChanged ? decorations.map(tr.mapping, tr.doc) : decorations
          },
        },
        props: { decorations: state => key.getState(state) },
        view(view) {
          let frame = 0
          const redraw = () => {
            // Many people move at once: one drawing per frame is enough.
            frame ||= requestAnimationFrame(() => {
              frame = 0
              if (view.isDestroyed) return
              readPendingSelection(view)
              view.dispatch(view.state.tr.setMeta(AWARENESS_CHANGED, true))
            })
          }
          const publish = () => publishCaret(view, awareness)
          awareness.on('change', redraw)
          view.dom.addEventListener('focusin', publish)
          view.dom.addEventListener('focusout', publish)
          return {
            update: publish,
            destroy() {
              cancelAnimationFrame(frame)
              awareness.off('change', redraw)
              view.dom.removeEventListener('focusin', publish)
              view.dom.removeEventListener('focusout', publish)
            },
          }
        },
      }),
    ]
  },
})
