/** Finding one's way in a draft: fields a person writes in, axes, actions. Pure functions on ProseMirror documents. */
import type { Node as ProseMirrorNode, ResolvedPos } from '@tiptap/pm/model'

export interface Found {
  node: ProseMirrorNode
  pos: number // just before the node
}

export interface FoundAxis extends Found {
  index: number // rank among the axes, from 0
}

export interface FoundAction extends Found {
  axis: FoundAxis
  index: number // rank among the actions of its axis, from 0
}

const TITLES = new Set(['programmeTitle', 'axisTitle', 'actionTitle'])
const TEXTS = new Set(['preamble', 'axisIntro', 'actionSection', 'noteText'])

/** A field is a title or a text: what a person fills in, and what no key ever merges with its neighbour. */
export function isField(node: ProseMirrorNode): boolean {
  return TITLES.has(node.type.name) || TEXTS.has(node.type.name)
}

export function isTitle(node: ProseMirrorNode): boolean {
  return TITLES.has(node.type.name)
}

/** The field around a position, or null between two fields. */
export function fieldAround($position: ResolvedPos): Found | null {
  for (let depth = $position.depth; depth > 0; depth -= 1) {
    const node = $position.node(depth)
    if (isField(node)) return { node, pos: $position.before(depth) }
  }
  return null
}

/** All the fields of a draft, in order. */
export function findFields(doc: ProseMirrorNode): Found[] {
  const fields: Found[] = []
  doc.descendants((node, pos) => {
    if (!isField(node)) return true
    fields.push({ node, pos })
    return false
  })
  return fields
}

export function findAxes(doc: ProseMirrorNode): FoundAxis[] {
  const axes: FoundAxis[] = []
  doc.forEach((node, pos) => {
    if (node.type.name === 'axis') axes.push({ node, pos, index: axes.length })
  })
  return axes
}

export function actionsOf(axis: FoundAxis): FoundAction[] {
  const actions: FoundAction[] = []
  axis.node.forEach((node, offset) => {
    if (node.type.name === 'action') actions.push({ node, pos: axis.pos + 1 + offset, axis, index: actions.length })
  })
  return actions
}

export function findActions(doc: ProseMirrorNode): FoundAction[] {
  return findAxes(doc).flatMap(actionsOf)
}

/** The action that starts at this position, or null. */
export function actionAt(doc: ProseMirrorNode, pos: number): FoundAction | null {
  return findActions(doc).find(action => action.pos === pos) ?? null
}

/** The action around a position, or null. */
export function actionAround($position: ResolvedPos): FoundAction | null {
  for (let depth = $position.depth; depth > 0; depth -= 1) {
    if ($position.node(depth).type.name === 'action') return actionAt($position.doc, $position.before(depth))
  }
  return null
}

/** The text of the first child of this type, on one line. */
export function childText(node: ProseMirrorNode, type: string): string {
  let text = ''
  node.forEach(child => {
    if (!text && child.type.name === type) text = child.textBetween(0, child.content.size, ' ', ' ')
  })
  return text.trim()
}

/** Does another sheet carry the same code? */
export function isDuplicate(doc: ProseMirrorNode, action: ProseMirrorNode): boolean {
  return actionCodes(doc).filter(code => code === action.attrs.code).length > 1
}

/** Nothing in it but its own empty fields. */
export function isBlankAxis(node: ProseMirrorNode): boolean {
  let hasAction = false
  node.forEach(child => { hasAction ||= child.type.name === 'action' })
  return !hasAction && node.textContent.trim() === ''
}

/** The codes of all actions, as often as they occur. */
export function actionCodes(doc: ProseMirrorNode): string[] {
  return findActions(doc).map(action => String(action.node.attrs.code)).filter(Boolean)
}
