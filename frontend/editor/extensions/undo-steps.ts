import type { EditorState } from '@tiptap/pm/state'

import { sharedTextOf } from '../shared/shared-text'

/** Let undo take back what comes now by itself, without what was typed the moment before. */
export function startUndoStep(state: EditorState): void {
  sharedTextOf(state)?.undoManager.stopCapturing()
}
