import { Extension } from '@tiptap/core'

import type { WritingContext } from '../context'
import { editLink } from '../panels/link-dialog'
import { fieldAround, isTitle } from '../structure'

/** Ctrl+K asks for a link, as word processors do. */
export const LinkKey = Extension.create<{ context: WritingContext | null }>({
  name: 'linkKey',
  addOptions: () => ({ context: null }),
  addKeyboardShortcuts() {
    return {
      'Mod-k': () => {
        const { context } = this.options
        const field = fieldAround(this.editor.state.selection.$from)
        if (!context?.isEditable || !field || isTitle(field.node)) return false
        void editLink(this.editor, context.t)
        return true
      },
    }
  },
})
