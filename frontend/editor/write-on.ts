import type { Editor } from '@tiptap/core'

/** Once a command was done, give the text the focus at once: the library waits for the next frame, and a first letter is lost. */
export function writeOn(editor: Editor, isDone: boolean): boolean {
  if (isDone) editor.view.focus()
  return isDone
}
