import { Extension } from '@tiptap/core'
import type { Node as ProseMirrorNode } from '@tiptap/pm/model'
import { Plugin, PluginKey } from '@tiptap/pm/state'
import { Decoration, DecorationSet } from '@tiptap/pm/view'

import type { Messages } from '../messages'
import { isField } from '../structure'

function isBlank(node: ProseMirrorNode): boolean {
  if (node.isTextblock) return node.content.size === 0
  return node.childCount === 0 || (node.childCount === 1 && node.firstChild!.isTextblock && node.firstChild!.content.size === 0)
}

/** What an empty field asks for, by node name. Sections show their own hint. */
export function placeholderTexts(t: Messages): Record<string, string> {
  return {
    programmeTitle: t.programmeTitle,
    preamble: t.preambleHint,
    axisTitle: t.axisTitle,
    axisIntro: t.axisIntroHint,
    actionTitle: t.actionTitle,
    actionSection: '',
  }
}

function decorate(doc: ProseMirrorNode, texts: Record<string, string>, mark: string): DecorationSet {
  const decorations: Decoration[] = []
  doc.descendants((node, pos) => {
    if (!isField(node)) return true
    if (isBlank(node) && node.type.name in texts) {
      const attributes = { class: mark, 'data-placeholder': texts[node.type.name] ?? '' }
      decorations.push(Decoration.node(pos, pos + node.nodeSize, attributes))
    }
    return false
  })
  return DecorationSet.create(doc, decorations)
}

/** For those who only read: a section that nobody has written yet says so, and asks for nothing. */
export const UNWRITTEN = { texts: { actionSection: '' }, mark: 'is-unwritten' }

/** Marks the empty fields, with the words that say what goes there. */
export const Placeholders = Extension.create<{ texts: Record<string, string>; mark: string }>({
  name: 'placeholders',
  addOptions: () => ({ texts: {}, mark: 'is-blank' }),
  addProseMirrorPlugins() {
    const { texts, mark } = this.options
    const key = new PluginKey<DecorationSet>('placeholders')
    return [
      new Plugin<DecorationSet>({
        key,
        state: {
          init: (_config, state) => decorate(state.doc, texts, mark),
          apply: (tr, decorations) => (tr.docChanged ? decorate(tr.doc, texts, mark) : decorations),
        },
        props: { decorations: state => key.getState(state) },
      }),
    ]
  },
})
