/** Questions asked in a dialog of the page; the browser's own would stop the connection while it waits. */
import type { Question } from '../context'
import { el, uniqueId } from '../dom'
import type { Messages } from '../messages'

export interface DialogOptions {
  title: string
  content: (Node | string)[]
  confirmLabel: string
  cancelLabel: string
  extra?: HTMLElement | null
  /** Answers whether the dialog may close. */
  onConfirm: () => boolean
}

/** Open a dialog; resolves to true when it was confirmed. The focus goes back where it was. */
export function openDialog(options: DialogOptions): Promise<boolean> {
  const before = document.activeElement
  const titleId = uniqueId('dialog')
  return new Promise(resolve => {
    const form = el(
      'form',
      { method: 'dialog', class: 'ed-dialog-form' },
      el('h2', { id: titleId, class: 'ed-dialog-title' }, options.title),
      ...options.content,
      el('div', { class: 'ed-dialog-buttons' },
        el('button', { type: 'submit', class: 'button' }, options.confirmLabel),
        el('button', { type: 'button', class: 'button button-secondary', click: () => finish() }, options.cancelLabel),
        options.extra),
    )
    let isConfirmed = false
    const dialog = el('dialog', { class: 'ed-dialog', 'aria-labelledby': titleId }, form)
    form.addEventListener('submit', event => {
      event.preventDefault()
      isConfirmed = options.onConfirm()
      if (isConfirmed) finish()
    })
    // At once, not at the event `close`, which comes later: what is typed meanwhile would be lost.
    const finish = () => {
      if (!dialog.isConnected) return
      dialog.close()
      dialog.remove()
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
      resolve(isConfirmed)
    }
    dialog.addEventListener('close', finish)
    document.body.append(dialog)
    dialog.showModal()
  })
}

/** Ask for a yes or a no. */
export function confirmDialog(question: Question, t: Messages): Promise<boolean> {
  return openDialog({
    title: question.title,
    content: [el('p', {}, question.text)],
    confirmLabel: question.confirmLabel,
    cancelLabel: t.cancel,
    onConfirm: () => true,
  })
}
