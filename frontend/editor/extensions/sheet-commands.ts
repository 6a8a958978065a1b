import { Extension, type Command, type CommandProps } from '@tiptap/core'
import { Fragment, type Node as ProseMirrorNode, type NodeType, type Schema } from '@tiptap/pm/model'
import { TextSelection, type EditorState, type Transaction } from '@tiptap/pm/state'

import { sharedTextOf } from '../shared/shared-text'
import {
  actionAround, actionAt, actionsOf, findAxes, isBlankAxis, isDuplicate, type FoundAction,
} from '../structure'
import { randomName } from '../text'
import { allowStructureChange } from './structure-guard'
import { startUndoStep } from './undo-steps'

/** Where to put an action: before the `rank`-th other action of an axis (0 is first). */
export interface Destination {
  axis: number
  rank: number
}

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    sheets: {
      /** Add an axis at the end, with the title and preamble of the programme if they are not there. */
      addAxis: () => ReturnType
      /** Add an action at the end of the axis that starts at `axisPos`. Its code comes later. */
      addAction: (axisPos: number, key: string) => ReturnType
      /** Insert the copy of an action after it, without code. */
      duplicateAction: (pos: number, key: string) => ReturnType
      moveAction: (pos: number, destination: Destination) => ReturnType
      /** Move an action one rank, into the neighbouring axis when it is at an end. Without position: the one around the caret. */
      moveActionBy: (step: 1 | -1, pos?: number) => ReturnType
      setActionFacts: (pos: number, facts: Record<string, string>) => ReturnType
      setAxisFacts: (pos: number, facts: Record<string, string>) => ReturnType
      /** Remove an action that never had a code, or one of two with the same code, which moves at the same time can leave.
       * Any other is withdrawn instead, never removed. */
      removeSpareAction: (pos: number) => ReturnType
      removeBlankAxis: (pos: number) => ReturnType
      /** Add the title or the section a merge left out. `part`: '' for the title, else the kind of the section. */
      addActionPart: (pos: number, part: string) => ReturnType
    }
  }
}

function blank(schema: Schema, type: string, attrs: Record<string, string> = {}): ProseMirrorNode {
  const nodeType = schema.nodes[type] as NodeType
  return nodeType.create(attrs, nodeType.inlineContent ? null : schema.nodes.paragraph!.create())
}

/** An action with all its empty sections. */
export function blankAction(schema: Schema, key: string, kinds: string[]): ProseMirrorNode {
  return schema.nodes.action!.create({ key, stage: 'proposed' }, [
    blank(schema, 'actionTitle'),
    ...kinds.map(kind => blank(schema, 'actionSection', { kind })),
  ])
}

/** Each of these acts is one step back for undo, apart from what was typed just before. */
function act(command: Command): Command {
  return props => {
    if (props.dispatch) startUndoStep(props.state)
    return command(props)
  }
}

function caretIn(tr: Transaction, pos: number): void {
  tr.setSelection(TextSelection.near(tr.doc.resolve(pos))).scrollIntoView()
}

function addAxis({ state, tr, dispatch }: CommandProps): boolean {
  if (!dispatch) return true
  const { schema } = state
  const has = (type: string) => tr.doc.content.content.some(node => node.type.name === type)
  if (!has('preamble')) {
    const afterTitle = tr.doc.firstChild?.type.name === 'programmeTitle' ? tr.doc.firstChild.nodeSize : 0
    tr.insert(afterTitle, blank(schema, 'preamble'))
  }
  if (!has('programmeTitle')) tr.insert(0, blank(schema, 'programmeTitle'))
  const end = tr.doc.content.size
  const parts = [blank(schema, 'axisTitle'), blank(schema, 'axisIntro')]
  tr.insert(end, schema.nodes.axis!.create({ id: `axe-${randomName(6)}` }, parts))
  caretIn(tr, end + 2)
  return true
}

function addAction({ state, tr, dispatch }: CommandProps, axisPos: number, key: string, kinds: string[]): boolean {
  const axis = state.doc.nodeAt(axisPos)
  if (axis?.type.name !== 'axis') return false
  if (!dispatch) return true
  const end = axisPos + axis.nodeSize - 1
  tr.insert(end, blankAction(state.schema, key, kinds))
  caretIn(tr, end + 2)
  return true
}

/** The same sheet without code, with a key of its own. Stage, facts and text are kept; what only an import may say is not. */
export function uncodedCopy(action: ProseMirrorNode, key: string): ProseMirrorNode {
  const attrs = { ...action.attrs, code: '', key, stage: 'proposed', certainty: '', sources: '', axisBasis: '' }
  return action.type.create(attrs, action.content)
}

function duplicateAction({ state, tr, dispatch }: CommandProps, pos: number, key: string): boolean {
  const action = state.doc.nodeAt(pos)
  if (action?.type.name !== 'action') return false
  if (!dispatch) return true
  const end = pos + action.nodeSize
  tr.insert(end, uncodedCopy(action, key))
  caretIn(tr, end + 2)
  return true
}

/** The shared document is changed, and drawn; the command's own transaction is left aside. See shared/standing.ts. */
function moveAction({ state, tr, view, dispatch }: CommandProps, pos: number, destination: Destination): boolean {
  const moving = actionAt(state.doc, pos)
  const axis = findAxes(state.doc)[destination.axis]
  const text = sharedTextOf(state)
  if (!moving || !axis || !text) return false
  const changesAxis = axis.pos !== moving.axis.pos
  if (!changesAxis && destination.rank === moving.index) return false
  if (!dispatch) return true
  tr.setMeta('preventDispatch', true)
  const others = actionsOf(axis).filter(action => action.pos !== moving.pos)
  const after = destination.rank > 0 ? others[Math.min(destination.rank, others.length) - 1] : undefined
  const [action, home] = [text.partAt(moving.pos), text.partAt(axis.pos)]
  if (!action || !home) return false
  const { from } = state.selection
  const isCaretInside = from > pos && from < pos + moving.node.nodeSize
  // A person put it there: the axis is no longer a guess of the import.
  text.move(action, home, after ? text.partAt(after.pos) : null, changesAxis ? { axisBasis: '' } : {})
  const landing = text.positionOf(action)
  if (landing === null) return true
  const then = view.state.tr
  if (!isCaretInside) then.setSelection(TextSelection.near(then.doc.resolve(landing + 2)))
  view.dispatch(then.scrollIntoView())
  return true
}

/** The place one rank further, or null at an end of the programme. */
export function neighbouringPlace(state: EditorState, action: FoundAction, step: 1 | -1): Destination | null {
  const axes = findAxes(state.doc)
  const rank = action.index + step
  if (rank >= 0 && rank < actionsOf(action.axis).length) return { axis: action.axis.index, rank }
  const axis = axes[action.axis.index + step]
  if (!axis) return null
  return { axis: axis.index, rank: step > 0 ? 0 : actionsOf(axis).length }
}

function moveActionBy(props: CommandProps, step: 1 | -1, pos?: number): boolean {
  const { state } = props
  const action = pos === undefined ? actionAround(state.selection.$from) : actionAt(state.doc, pos)
  const place = action && neighbouringPlace(state, action, step)
  return action && place ? moveAction(props, action.pos, place) : false
}

function setFacts({ state, tr, dispatch }: CommandProps, type: string, pos: number, facts: Record<string, string>): boolean {
  const node = pos < 0 ? null : state.doc.nodeAt(pos) // a sheet that has just left the page has no position
  if (node?.type.name !== type) return false
  if (dispatch) for (const [name, value] of Object.entries(facts)) tr.setNodeAttribute(pos, name, value)
  return true
}

function removeSpareAction({ state, tr, dispatch }: CommandProps, pos: number): boolean {
  const action = state.doc.nodeAt(pos)
  if (action?.type.name !== 'action' || (action.attrs.code && !isDuplicate(state.doc, action))) return false
  if (dispatch) allowStructureChange(tr.delete(pos, pos + action.nodeSize))
  return true
}

function removeBlankAxis({ state, tr, dispatch }: CommandProps, pos: number): boolean {
  const axis = state.doc.nodeAt(pos)
  if (axis?.type.name !== 'axis' || !isBlankAxis(axis)) return false
  if (dispatch) allowStructureChange(tr.delete(pos, pos + axis.nodeSize))
  return true
}

function addActionPart({ state, tr, dispatch }: CommandProps, pos: number, part: string, kinds: string[]): boolean {
  const action = state.doc.nodeAt(pos)
  if (action?.type.name !== 'action') return false
  if (!dispatch) return true
  const rank = (node: ProseMirrorNode) => (node.type.name === 'actionTitle' ? -1 : kinds.indexOf(String(node.attrs.kind)))
  const wanted = part ? kinds.indexOf(part) : -1
  let target = pos + 1
  action.forEach((child, offset) => {
    if (rank(child) < wanted) target = pos + 1 + offset + child.nodeSize
  })
  const node = part ? blank(state.schema, 'actionSection', { kind: part }) : blank(state.schema, 'actionTitle')
  tr.insert(target, Fragment.from(node))
  caretIn(tr, target + 1)
  return true
}

/** What can be done with axes and actions as wholes. `kinds`: the sections of a new action, in order. */
export const SheetCommands = Extension.create<{ kinds: string[] }>({
  name: 'sheetCommands',
  addOptions: () => ({ kinds: [] }),
  addCommands() {
    const { kinds } = this.options
    return {
      addAxis: () => act(addAxis),
      addAction: (axisPos, key) => act(props => addAction(props, axisPos, key, kinds)),
      duplicateAction: (pos, key) => act(props => duplicateAction(props, pos, key)),
      moveAction: (pos, destination) => act(props => moveAction(props, pos, destination)),
      moveActionBy: (step, pos) => act(props => moveActionBy(props, step, pos)),
      setActionFacts: (pos, facts) => act(props => setFacts(props, 'action', pos, facts)),
      setAxisFacts: (pos, facts) => act(props => setFacts(props, 'axis', pos, facts)),
      removeSpareAction: pos => act(props => removeSpareAction(props, pos)),
      removeBlankAxis: pos => act(props => removeBlankAxis(props, pos)),
      addActionPart: (pos, part) => act(props => addActionPart(props, pos, part, kinds)),
    }
  },
  addKeyboardShortcuts() {
    return {
      'Alt-ArrowUp': () => this.editor.commands.moveActionBy(-1),
      'Alt-ArrowDown': () => this.editor.commands.moveActionBy(1),
    }
  },
})
