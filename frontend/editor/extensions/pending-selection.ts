import { Extension } from '@tiptap/core'
import { Plugin, PluginKey } from '@tiptap/pm/state'
import type { EditorView } from '@tiptap/pm/view'

interface Observed {
  domObserver?: { flush(): void }
}

/**
 * Take in where the person has just clicked. The browser tells it a moment later; a key pressed in that moment would act
 * where the caret was, and a change of somebody else drawn in it would put the caret back: among twenty writers, clicks
 * would go astray every minute.
 */
export function readPendingSelection(view: EditorView): void {
  if (view.isDestroyed || view.composing || !view.hasFocus()) return
  (view as EditorView & Observed).domObserver?.flush()
}

/** Reads the selection before each key. The connection and the carets do so before they draw. */
export const PendingSelection = Extension.create({
  name: 'pendingSelection',
  priority: 1000,
  addProseMirrorPlugins() {
    const read = (view: EditorView): false => {
      readPendingSelection(view)
      return false
    }
    return [
      new Plugin({
        key: new PluginKey('pendingSelection'),
        props: { handleDOMEvents: { keydown: read, paste: read, cut: read } },
      }),
    ]
  },
})
