import type { Editor } from '@tiptap/core'

import { el, labelled, setText, uniqueId } from '../dom'
import { addressFromTyping } from '../extensions/link'
import type { Messages } from '../messages'
import { writeOn } from '../write-on'
import { openDialog } from './dialogs'

/** Ask for an address and put it on the selected words, on the link around the caret, or on words typed in the dialog. */
export async function editLink(editor: Editor, t: Messages): Promise<void> {
  const isInLink = editor.isActive('link')
  if (isInLink) editor.commands.extendMarkRange('link')
  const { from, to, empty } = editor.state.selection
  const errorId = uniqueId('error')
  const error = el('p', { class: 'ed-error', id: errorId, role: 'alert' })
  const address = el('input', {
    class: 'ed-input', type: 'text', inputmode: 'url', autocomplete: 'off', 'aria-describedby': errorId,
    value: isInLink ? String(editor.getAttributes('link').href) : '',
  })
  const words = el('input', { class: 'ed-input', type: 'text', autocomplete: 'off' })
  let isRemoved = false
  const remove = el('button', { type: 'button', class: 'button button-secondary' }, t.linkRemove)
  remove.addEventListener('click', () => {
    isRemoved = true
    remove.closest('dialog')?.close()
  })
  let href: string | null = null
  const isConfirmed = await openDialog({
    title: t.linkTitle,
    content: [
      labelled(t.linkAddress, address),
      el('p', { class: 'ed-hint' }, t.linkHint),
      error,
      ...(empty ? [labelled(t.linkText, words)] : []),
    ],
    confirmLabel: t.linkApply,
    cancelLabel: t.cancel,
    extra: isInLink ? remove : null,
    onConfirm: () => {
      href = addressFromTyping(address.value)
      if (href) return true
      setText(error, t.linkRefused)
      address.setAttribute('aria-invalid', 'true')
      address.focus()
      return false
    },
  })
  // The text may have moved under the dialog: the selection followed it, the numbers kept here did not.
  const range = editor.state.selection.empty === empty ? editor.state.selection : { from, to }
  if (isRemoved) editor.chain().unsetMark('link').run()
  else if (isConfirmed && href && empty) {
    const text = words.value.trim() || address.value.trim()
    editor.chain().insertContent({ type: 'text', text, marks: [{ type: 'link', attrs: { href } }] }).unsetMark('link').run()
  } else if (isConfirmed && href) {
    editor.chain().setTextSelection({ from: range.from, to: range.to }).setMark('link', { href }).run()
  }
  writeOn(editor, true)
}
