import { Extension } from '@tiptap/core'
import type { EditorView } from '@tiptap/pm/view'

const FOCUSABLE = 'a[href], button, select, input, summary, [tabindex="0"]'

function controls(): HTMLElement[] {
  return Array.from(document.querySelectorAll<HTMLElement>(FOCUSABLE)).filter(control =>
    control.tabIndex >= 0 && !control.closest('[hidden], [inert]') && !control.classList.contains('ProseMirror') && control.getClientRects().length > 0)
}

/** Where Tab leads from the caret: the control nearest to it in the page, not the first one of the whole text. */
export function neighbour(view: EditorView, step: 1 | -1): HTMLElement | null {
  const { node } = view.domAtPos(view.state.selection.head)
  const wanted = step > 0 ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING
  const found = controls().filter(control => (node.compareDocumentPosition(control) & wanted) !== 0)
  return (step > 0 ? found[0] : found[found.length - 1]) ?? null
}

/** Tab goes from the text to the controls of the sheet one is in, and out of the text at its ends. Lists and tables come first. */
export const TabOrder = Extension.create({
  name: 'tabOrder',
  priority: 5,
  addKeyboardShortcuts() {
    const go = (step: 1 | -1) => () => {
      const target = neighbour(this.editor.view, step)
      target?.focus()
      return target !== null
    }
    return { 'Tab': go(1), 'Shift-Tab': go(-1) }
  },
})
