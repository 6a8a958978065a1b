import { Extension } from '@tiptap/core'
import { Plugin, PluginKey, type EditorState } from '@tiptap/pm/state'
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view'
import type { Awareness } from 'y-protocols/awareness'
import { compareRelativePositions, createRelativePositionFromJSON } from 'yjs'

import { readPerson } from '../collaboration/presence'
import { el } from '../dom'
import { absoluteAt, relativeSelection } from '../shared/positions'
import { isFromSharedDocument, sharedTextOf } from '../shared/shared-text'
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

interface Cursor {
  anchor: unknown
  head: unknown
}

function decorate(state: EditorState, awareness: Awareness): DecorationSet {
  const text = sharedTextOf(state)
  if (!text) return DecorationSet.empty
  const place = (relative: unknown) => absoluteAt(createRelativePositionFromJSON(relative), text.drawing)
  const decorations: Decoration[] = []
  for (const [client, says] of awareness.getStates()) {
    const { cursor, user } = (says ?? {}) as { cursor?: Cursor; user?: unknown }
    if (client === awareness.clientID || !cursor) continue
    const [anchor, head] = [place(cursor.anchor), place(cursor.head)]
    if (anchor === null || head === null || Math.max(anchor, head) > state.doc.content.size) continue
    decorations.push(Decoration.widget(head, () => drawCaret(user), { key: String(client), side: 10 }))
    decorations.push(Decoration.inline(Math.min(anchor, head), Math.max(anchor, head), drawSelection(user), { inclusiveEnd: true, inclusiveStart: false }))
  }
  return DecorationSet.create(state.doc, decorations)
}

/** Tell the others where the caret is: only when it moved. The library's plugin tells it again at every change of
 * anyone, which among twenty people makes four hundred messages a keystroke. */
function publishCaret(view: EditorView, awareness: Awareness): void {
  const text = sharedTextOf(view.state)
  const current = awareness.getLocalState()
  if (!text || !current) return
  if (!view.hasFocus()) {
    if (current.cursor) awareness.setLocalStateField('cursor', null)
    return
  }
  const { anchor, head } = relativeSelection(view.state.selection, text.drawing)
  const cursor = { anchor, head }
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
            if (isFromSharedDocument(tr) || tr.getMeta(AWARENESS_CHANGED)) return decorate(state, awareness)
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
