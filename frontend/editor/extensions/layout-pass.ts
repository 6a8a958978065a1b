import { Extension } from '@tiptap/core'
import type { Node as ProseMirrorNode } from '@tiptap/pm/model'
import { Plugin, PluginKey } from '@tiptap/pm/state'

import type { EditorContext } from '../context'
import { ActionView } from '../sheet/action-view'
import { AxisView } from '../sheet/axis-view'
import { findAxes } from '../structure'

/** After each drawing: the facts back under their titles, the rank of each axis. */
export const LayoutPass = Extension.create<{ context: EditorContext | null }>({
  name: 'layoutPass',
  priority: 1,
  addOptions: () => ({ context: null }),
  addProseMirrorPlugins() {
    const { context } = this.options
    if (!context) return []
    const lay = (doc: ProseMirrorNode): void => {
      const ranks = new Map(findAxes(doc).map(axis => [axis.node, axis.index]))
      for (const part of context.drawn) {
        if (part instanceof ActionView) part.place()
        else if (part instanceof AxisView) part.rank(ranks.get(part.node) ?? 0)
      }
    }
    return [
      new Plugin({
        key: new PluginKey('layoutPass'),
        view: view => {
          lay(view.state.doc) // the first drawing changes nothing: a reader may never see another
          return {
            update(view, before) {
              if (before.doc !== view.state.doc) lay(view.state.doc)
            },
          }
        },
      }),
    ]
  },
})
