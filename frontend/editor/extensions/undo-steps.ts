import type { EditorState } from '@tiptap/pm/state'
import { yUndoPluginKey } from '@tiptap/y-tiptap'

/** Let undo take back what comes now by itself, without what was typed the moment before. */
export function startUndoStep(state: EditorState): void {
  const undo = yUndoPluginKey.getState(state) as { undoManager: { stopCapturing(): void } } | undefined
  undo?.undoManager.stopCapturing()
}
