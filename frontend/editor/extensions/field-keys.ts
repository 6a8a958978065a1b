import { Extension, type CommandProps } from '@tiptap/core'
import { baseKeymap } from '@tiptap/pm/commands'
import { keydownHandler } from '@tiptap/pm/keymap'
import { Plugin, PluginKey, Selection, TextSelection, type EditorState, type Transaction } from '@tiptap/pm/state'
import type { EditorView } from '@tiptap/pm/view'

import { fieldAround, findFields, isField, isTitle, type Found } from '../structure'
import { isCell } from './table'
import { startUndoStep } from './undo-steps'

type Dispatch = (tr: Transaction) => void

/** The innermost thing a selection should not be merged out of: a table cell, else a field. */
function unitAround(state: EditorState, position: number): number {
  const $position = state.doc.resolve(position)
  for (let depth = $position.depth; depth > 0; depth -= 1) {
    const node = $position.node(depth)
    if (isCell(node) || isField(node)) return $position.before(depth)
  }
  return -1
}

/** Does the selection go over the edge of a field or of a cell? */
export function spansFields(state: EditorState): boolean {
  const { from, to, empty } = state.selection
  if (empty) return false
  const start = unitAround(state, from)
  return start < 0 || start !== unitAround(state, to)
}

interface Range { from: number; to: number }

/** The parts of the selection inside each field: whole blocks where nothing is in a cell, else line by line. */
function rangesToEmpty(state: EditorState): Range[] {
  const { from, to } = state.selection
  const ranges: Range[] = []
  state.doc.nodesBetween(from, to, (node, pos) => {
    if (!isField(node)) return true
    const lines: Range[] = []
    let hasCutTable = false
    node.descendants((child, offset) => {
      const start = pos + 1 + offset
      if (child.type.name === 'table') hasCutTable ||= start < from || start + child.nodeSize > to
      if (child.isTextblock) lines.push({ from: Math.max(from, start + 1), to: Math.min(to, start + child.nodeSize - 1) })
      return !child.isTextblock
    })
    if (node.isTextblock) lines.push({ from: Math.max(from, pos + 1), to: Math.min(to, pos + node.nodeSize - 1) })
    const touched = lines.filter(line => line.from <= line.to)
    const first = touched[0]
    const last = touched[touched.length - 1]
    if (hasCutTable) ranges.push(...touched)
    else if (first && last) ranges.push({ from: first.from, to: last.to })
    return false
  })
  return ranges
}

/** Empty what is selected, field by field: titles, sections and sheets stay. */
export function deleteAcrossFields(state: EditorState): Transaction {
  startUndoStep(state)
  const { tr } = state
  for (const { from, to } of rangesToEmpty(state).reverse()) if (from < to) tr.delete(from, to)
  return tr.setSelection(TextSelection.near(tr.doc.resolve(tr.mapping.map(state.selection.from)))).scrollIntoView()
}

/** Put the caret in a field, at its start or end. An empty one gets the line to write on. */
export function enterField(state: EditorState, field: Found, side: 'start' | 'end', dispatch?: Dispatch): boolean {
  if (dispatch) dispatch(placeCaret(state.tr, field, side))
  return true
}

function placeCaret(tr: Transaction, field: Found, side: 'start' | 'end'): Transaction {
  if (!field.node.isTextblock && field.node.childCount === 0) {
    tr.insert(field.pos + 1, tr.doc.type.schema.nodes.paragraph!.create())
  }
  const size = tr.doc.nodeAt(field.pos)!.content.size
  const inside = side === 'start' ? field.pos + 1 : field.pos + 1 + size
  tr.setSelection(Selection.near(tr.doc.resolve(inside), side === 'start' ? 1 : -1))
  return tr.scrollIntoView()
}

function goToNeighbour(state: EditorState, step: 1 | -1, side: 'start' | 'end', dispatch?: Dispatch): boolean {
  const here = fieldAround(state.selection.$head)
  if (!here) return false
  const fields = findFields(state.doc)
  const next = fields[fields.findIndex(field => field.pos === here.pos) + step]
  return next ? enterField(state, next, side, dispatch) : false
}

/** Is the caret at the very start or end of its field, or of its table cell? */
function isAtEdge(state: EditorState, edge: 'start' | 'end'): boolean {
  const { $head, empty } = state.selection
  const pos = unitAround(state, $head.pos)
  if (!empty || pos < 0) return false
  const size = state.doc.nodeAt(pos)!.nodeSize
  const limit = edge === 'start'
    ? Selection.findFrom(state.doc.resolve(pos + 1), 1, true)
    : Selection.findFrom(state.doc.resolve(pos + size - 1), -1, true)
  return limit?.head === $head.pos
}

/** Enter in a title goes to what follows. In an empty last title of the text it stays. */
function onEnter(state: EditorState, dispatch?: Dispatch): boolean {
  if (spansFields(state)) {
    dispatch?.(deleteAcrossFields(state))
    return true
  }
  const field = fieldAround(state.selection.$head)
  if (!field) return true
  if (!isTitle(field.node)) return false
  goToNeighbour(state, 1, 'start', dispatch)
  return true // a title has one line: nothing else may split it
}

/** At the edge of a field nothing is beyond: a list item or a heading may still become plain, nothing is joined. */
function onErase(state: EditorState, direction: 'back' | 'forward', dispatch?: Dispatch): boolean {
  if (spansFields(state)) {
    dispatch?.(deleteAcrossFields(state))
    return true
  }
  if (!isAtEdge(state, direction === 'back' ? 'start' : 'end')) return false
  if (direction === 'forward') return true
  const { $head } = state.selection
  const isAlone = isField($head.parent) || isField($head.node(-1)) || isCell($head.node(-1))
  const isPlain = isAlone && $head.parent.type.name !== 'heading'
  if (!isPlain && $head.parent.type.name === 'heading') {
    dispatch?.(state.tr.setNodeMarkup($head.before(), state.schema.nodes.paragraph))
    return true
  }
  return isPlain
}

/** Up and down arrows walk from field to field, over the controls that stand between them, into empty ones too. */
function onArrow(view: EditorView, key: 'ArrowUp' | 'ArrowDown'): boolean {
  const { state } = view
  if (!state.selection.empty || !fieldAround(state.selection.$head)) return false
  const isUp = key === 'ArrowUp'
  if (!view.endOfTextblock(isUp ? 'up' : 'down')) return false
  const block = state.selection.$head
  const beyond = Selection.findFrom(state.doc.resolve(isUp ? block.before() : block.after()), isUp ? -1 : 1, true)
  const here = fieldAround(block)!
  if (beyond && fieldAround(beyond.$head)?.pos === here.pos) return false
  return goToNeighbour(state, isUp ? -1 : 1, isUp ? 'end' : 'start', tr => view.dispatch(tr))
}

function handleKeyDown(view: EditorView, event: KeyboardEvent): boolean {
  if (!view.editable || event.isComposing) return false
  const dispatch = (tr: Transaction) => view.dispatch(tr)
  const isPlain = !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey
  if (event.key === 'Enter') return onEnter(view.state, dispatch)
  if (event.key === 'Backspace') return onErase(view.state, 'back', dispatch)
  if (event.key === 'Delete') return onErase(view.state, 'forward', dispatch)
  if (isPlain && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) return onArrow(view, event.key)
  return false
}

/** Before anything is typed, composed, cut or dropped over several fields, empty them one by one. */
function emptyFieldsFirst(view: EditorView): boolean {
  if (!view.editable || !spansFields(view.state)) return false
  view.dispatch(deleteAcrossFields(view.state))
  return true
}

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    fieldKeys: {
      /** Put the caret at the end of the field that starts at `pos`. */
      enterFieldAt: (pos: number) => ReturnType
    }
  }
}

function enterFieldAt({ state, tr, dispatch }: CommandProps, pos: number): boolean {
  const node = state.doc.nodeAt(pos)
  if (!node || !isField(node)) return false
  if (dispatch) placeCaret(tr, { node, pos }, 'end')
  return true
}

/** Keys that know about fields: two titles, sections or sheets are never merged into one another by accident. */
export const FieldKeys = Extension.create({
  name: 'fieldKeys',
  priority: 900,
  addCommands: () => ({ enterFieldAt: pos => props => enterFieldAt(props, pos) }),
  addProseMirrorPlugins: () => [
    new Plugin({
      key: new PluginKey('fieldKeys'),
      props: {
        handleKeyDown,
        handleTextInput(view, _from, _to, text) {
          if (!emptyFieldsFirst(view)) return false
          view.dispatch(view.state.tr.insertText(text))
          return true
        },
        handleDOMEvents: {
          compositionstart(view) {
            emptyFieldsFirst(view)
            return false
          },
          cut(view, event) {
            if (!view.editable || !spansFields(view.state) || !event.clipboardData) return false
            const { dom, text } = view.serializeForClipboard(view.state.selection.content())
            event.preventDefault()
            event.clipboardData.setData('text/html', dom.innerHTML)
            event.clipboardData.setData('text/plain', text)
            return emptyFieldsFirst(view)
          },
        },
        handleDrop: (view, _event, _slice, moved) => moved && spansFields(view.state),
      },
    }),
  ],
})

/** The usual keys of a text editor. The library's own set would turn a title into a paragraph when all is selected and erased. */
export const BaseKeys = Extension.create({
  name: 'baseKeys',
  priority: 10,
  addProseMirrorPlugins: () => [
    new Plugin({ key: new PluginKey('baseKeys'), props: { handleKeyDown: keydownHandler(baseKeymap) } }),
  ],
})
