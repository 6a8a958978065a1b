/**
 * Binds the editor to the shared document: what is typed is written there, what others write is drawn here.
 *
 * The library's binding (y-tiptap) has the editor show the shared parts in the order in which they are stored. Ours shows
 * actions where they stand (see standing.ts), and leaves titles and texts to the library.
 */
import { Extension, type Command } from '@tiptap/core'
import type { Node as ProseMirrorNode } from '@tiptap/pm/model'
import { Plugin, PluginKey, type EditorState, type Transaction } from '@tiptap/pm/state'
import type { EditorView } from '@tiptap/pm/view'
import * as Y from 'yjs'

import { Drawing } from './drawing'
import { positionBefore, relativeSelection, restoreSelection, sizeOf, type RelativeSelection } from './positions'
import { PLACE, type Part } from './standing'
import { Undo } from './undo'
import { writeDocument } from './writing'

interface PluginState {
  text: SharedText
  addToHistory: boolean
}

const key = new PluginKey<PluginState>('sharedText')

export const OWN_CHANGE = 'own change' // the origin of what this person does, which undo takes back

/** The shared text an editor is bound to. */
export function sharedTextOf(state: EditorState): SharedText | null {
  return key.getState(state)?.text ?? null
}

/** Did this transaction come from the shared document (another person, undo, or a move)? */
export function isFromSharedDocument(tr: Transaction): boolean {
  return tr.getMeta(key) === true
}

const OPENED = new Set(['axis', 'action', 'noteText'])

/** Replace the children that differ, whole, as deep as axes and actions: all the rest stays as it is drawn. */
function replaceDifference(tr: Transaction, before: ProseMirrorNode, after: ProseMirrorNode, start: number): void {
  let first = 0
  while (first < before.childCount && first < after.childCount && before.child(first) === after.child(first)) first += 1
  let end = 0
  const most = Math.min(before.childCount, after.childCount) - first
  while (end < most && before.child(before.childCount - 1 - end) === after.child(after.childCount - 1 - end)) end += 1
  const old = before.children.slice(first, before.childCount - end)
  const fresh = after.children.slice(first, after.childCount - end)
  const from = start + before.children.slice(0, first).reduce((size, child) => size + child.nodeSize, 0)
  const [one, other] = [old[0], fresh[0]]
  if (old.length === 1 && fresh.length === 1 && one && other && OPENED.has(one.type.name) && one.sameMarkup(other)) {
    replaceDifference(tr, one, other, from + 1)
    return
  }
  tr.replaceWith(from, from + old.reduce((size, child) => size + child.nodeSize, 0), fresh)
}

export class SharedText {
  readonly undoManager: Undo
  readonly drawing: Drawing
  /** Told of the actions that others have just moved. */
  onMovedByOthers: (actions: Y.XmlElement[]) => void = () => undefined
  private view: EditorView | null = null
  private isWriting = false
  private shown: ProseMirrorNode | null = null
  private selectionBefore: RelativeSelection | null = null // before what is written in the shared document
  private selectionToGoBackTo: RelativeSelection | null = null // before what the person is changing
  private isInView: boolean | null = null

  constructor(readonly root: Y.XmlFragment, schema: EditorState['schema']) {
    this.drawing = new Drawing(root, schema)
    this.undoManager = new Undo(root, OWN_CHANGE)
    this.undoManager.on('stack-item-added', ({ stackItem }) => {
      stackItem.meta.set(this, this.selectionToGoBackTo ?? this.selectionBefore)
    })
    this.undoManager.on('stack-item-popped', ({ stackItem }) => this.goBackTo(stackItem.meta.get(this) as RelativeSelection | null))
  }

  get doc(): Y.Doc {
    return this.root.doc!
  }

  attach(view: EditorView): void {
    this.view = view
    this.doc.on('beforeAllTransactions', this.rememberSelection)
    this.doc.on('afterAllTransactions', this.forgetSelection)
    this.root.observeDeep(this.follow)
    this.drawing.draw()
    this.show()
  }

  detach(): void {
    this.view = null
    this.doc.off('beforeAllTransactions', this.rememberSelection)
    this.doc.off('afterAllTransactions', this.forgetSelection)
    this.root.unobserveDeep(this.follow)
  }

  /** The person is changing the text: undo will bring back the selection of before. */
  expectChange(before: EditorState): void {
    this.selectionToGoBackTo ??= relativeSelection(before.selection, this.drawing)
  }

  /** The editor has drawn itself: write what the person changed, if anything. */
  updated(view: EditorView, addToHistory: boolean): void {
    const { doc } = view.state
    if (doc !== this.shown && !doc.eq(this.drawing.doc)) this.write(doc, addToHistory)
    this.shown = doc
    this.selectionToGoBackTo = null
  }

  private write(doc: ProseMirrorNode, addToHistory: boolean): void {
    if (!addToHistory) this.undoManager.stopCapturing()
    this.isWriting = true
    try {
      this.doc.transact(transaction => {
        transaction.meta.set('addToHistory', addToHistory)
        writeDocument(doc, this.drawing)
      }, OWN_CHANGE)
    } finally {
      this.isWriting = false
    }
    // What the shared document could not take as it is, is shown as it took it.
    if (this.drawing.draw().eq(doc) || !this.view) return
    this.selectionBefore = relativeSelection(this.view.state.selection, this.drawing)
    this.show()
    this.selectionBefore = null
  }

  /** Move an action into an axis, after one of its actions (null: before all of them). facts: to write with it. */
  move(action: Y.XmlElement, axis: Y.XmlElement, after: Y.XmlElement | null, facts: Record<string, string> = {}): void {
    const { standing } = this.drawing
    const parts = standing.childrenOf(axis).filter(part => part !== action)
    const first = parts.findIndex(part => part.nodeName === 'action')
    const before = parts[(first < 0 ? parts.length : first) - 1] ?? null
    this.doc.transact(() => {
      standing.move(action, axis, after ?? before)
      for (const [name, value] of Object.entries(facts)) action.setAttribute(name, value)
    }, OWN_CHANGE)
  }

  /** The axis or action drawn at this position, in the shared document. */
  partAt(position: number): Y.XmlElement | null {
    const search = (parent: Y.XmlFragment, start: number): Y.XmlElement | null => {
      let at = start
      for (const part of this.drawing.childrenOf(parent)) {
        const end = at + sizeOf(part, this.drawing)
        if (at === position) return part
        if (position < end) return this.drawing.isLaidOut(part) ? search(part, at + 1) : null
        at = end
      }
      return null
    }
    return search(this.drawing.root, 0)
  }

  /** Just before this part, in the drawn document. */
  positionOf(part: Y.XmlElement): number | null {
    return positionBefore(part, this.drawing)
  }

  /** Something was written in the shared document, here or elsewhere. */
  private readonly follow = (events: Y.YEvent<Part>[], transaction: Y.Transaction): void => {
    if (this.isWriting) return
    this.drawing.forget([...transaction.changed.keys(), ...transaction.changedParentTypes.keys()] as Part[])
    this.drawing.draw()
    this.show()
    if (transaction.local) return
    const moved = events.flatMap(({ target, changes }) => (target instanceof Y.XmlElement && changes.keys.has(PLACE) ? [target] : []))
    if (moved.length > 0) this.onMovedByOthers(moved)
  }

  /** Have the editor show the drawing. */
  private show(): void {
    const { view, drawing, selectionBefore } = this
    if (!view || view.isDestroyed) return
    const { tr, doc } = view.state
    if (drawing.doc.eq(doc)) return
    replaceDifference(tr, doc, drawing.doc, 0)
    if (selectionBefore) {
      restoreSelection(tr, selectionBefore, drawing)
      if (this.isCaretInView(view)) tr.scrollIntoView()
    }
    view.dispatch(tr.setMeta(key, true).setMeta('addToHistory', false))
  }

  private goBackTo(selection: RelativeSelection | null): void {
    const { view } = this
    if (!selection || !view || view.isDestroyed) return
    const { tr } = view.state
    restoreSelection(tr, selection, this.drawing)
    if (tr.selectionSet) view.dispatch(tr.scrollIntoView())
  }

  private readonly rememberSelection = (): void => {
    if (this.view && !this.isWriting) this.selectionBefore = relativeSelection(this.view.state.selection, this.drawing)
  }

  private readonly forgetSelection = (): void => {
    this.selectionBefore = null
  }

  /** Does the person see where they write? Then they still will. Measured once for all that comes in one turn. */
  private isCaretInView(view: EditorView): boolean {
    if (!view.hasFocus()) return false
    if (this.isInView === null) {
      setTimeout(() => { this.isInView = null })
      const node = document.getSelection()?.focusNode
      const box = (node instanceof Element ? node : node?.parentElement)?.getBoundingClientRect()
      this.isInView = box !== undefined && box.bottom >= 0 && box.top <= window.innerHeight
    }
    return this.isInView
  }
}

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    sharedText: {
      /** Take back this person's last change. */
      undo: () => ReturnType
      redo: () => ReturnType
    }
  }
}

/** Undo and redo change the shared document themselves; the command's own transaction is left aside. */
function back(name: 'undo' | 'redo'): Command {
  return ({ state, tr, dispatch }) => {
    const undoManager = sharedTextOf(state)?.undoManager
    tr.setMeta('preventDispatch', true)
    if (!undoManager || undoManager[`${name}Stack`].length === 0) return false
    if (dispatch) undoManager[name]()
    return true
  }
}

export const SharedTextBinding = Extension.create<{ root: Y.XmlFragment | null }>({
  name: 'sharedText',
  priority: 1000,
  addOptions: () => ({ root: null }),
  addCommands: () => ({ undo: () => back('undo'), redo: () => back('redo') }),
  addKeyboardShortcuts() {
    return {
      'Mod-z': () => this.editor.commands.undo(),
      'Mod-y': () => this.editor.commands.redo(),
      'Shift-Mod-z': () => this.editor.commands.redo(),
    }
  },
  addProseMirrorPlugins() {
    const { root } = this.options
    if (!root) return []
    const text = new SharedText(root, this.editor.schema)
    return [
      new Plugin<PluginState>({
        key,
        state: {
          init: () => ({ text, addToHistory: true }),
          apply(tr, value, before) {
            if (!tr.docChanged) return value
            if (!isFromSharedDocument(tr)) text.expectChange(before)
            return { text, addToHistory: tr.getMeta('addToHistory') !== false }
          },
        },
        view(view) {
          text.attach(view)
          return { update: () => text.updated(view, key.getState(view.state)?.addToHistory ?? true), destroy: () => text.detach() }
        },
      }),
    ]
  },
  onDestroy() {
    sharedTextOf(this.editor.state)?.undoManager.destroy()
  },
})
