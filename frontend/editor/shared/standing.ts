/**
 * Where each action stands. Yjs cannot move what it stores: removed here and put back there, an action would lose what
 * others write in it meanwhile, and two moves at once would leave it twice. So an action never leaves the axis it was
 * created in. Moved, it names in its attribute `place` a mark (an element `place`) set among the actions of its new axis,
 * and is read there. `programme.reading` does the same.
 */
import * as Y from 'yjs'

import { randomName } from '../text'

export const PLACE = 'place' // element and attribute, written in every stored document
export const REMOVED = 'removed' // attribute of an axis

/** Any part of the shared document, whatever the events it tells of. */
export type Part = Y.AbstractType<any>

/** What may stand in what. Anything else is another program's: not drawn, never touched. */
const STRUCTURE: Record<string, ReadonlySet<string>> = {
  '': new Set(['programmeTitle', 'preamble', 'axis']),
  axis: new Set(['axisTitle', 'axisIntro', 'action']),
  action: new Set(['actionTitle', 'actionSection']),
}

function nameOf(part: Y.XmlFragment): string {
  return part instanceof Y.XmlElement ? part.nodeName : ''
}

/** Parts that are laid out here; what is inside the others is text. */
export function isStructural(part: Y.XmlFragment): boolean {
  return nameOf(part) in STRUCTURE
}

function elements(part: Y.XmlFragment): Y.XmlElement[] {
  return part.toArray().filter((child): child is Y.XmlElement => child instanceof Y.XmlElement)
}

/** An attribute, '' when it is not there or no text: anything may come from another program. */
function nameIn(element: Y.XmlElement, attribute: string): string {
  const value: unknown = element.getAttribute(attribute)
  return typeof value === 'string' ? value : ''
}

function hasWords(part: Y.XmlFragment): boolean {
  return part.toArray().some(child => {
    if (child instanceof Y.XmlText) return String(child.toString()).trim() !== ''
    return child instanceof Y.XmlElement && hasWords(child)
  })
}

/** The programme as it is to be read: what stands in what, in order. Made anew after each change. */
export class Standing {
  private readonly contents = new Map<Y.XmlFragment, Y.XmlElement[]>()
  private readonly marks = new Map<Y.XmlElement, Y.XmlElement>()
  private readonly homes = new Map<Y.XmlElement, Y.XmlElement>()

  constructor(readonly root: Y.XmlFragment) {
    const axes = elements(root).filter(child => child.nodeName === 'axis')
    const guests = this.placeActions(axes)
    for (const axis of axes) {
      const content = elements(axis).flatMap(child => {
        if (child.nodeName === PLACE) return guests.get(child) ?? []
        return STRUCTURE.axis!.has(child.nodeName) && !this.marks.has(child) ? [child] : []
      })
      this.contents.set(axis, content)
      for (const child of content) this.homes.set(child, axis)
    }
    this.contents.set(root, elements(root).filter(child => STRUCTURE['']!.has(child.nodeName) && !this.isGone(child)))
  }

  /** For each mark, the actions that stand there. The first of two marks with one name counts, wherever it is read. */
  private placeActions(axes: Y.XmlElement[]): Map<Y.XmlElement, Y.XmlElement[]> {
    const named = new Map<string, Y.XmlElement>()
    const guests = new Map<Y.XmlElement, Y.XmlElement[]>()
    const children = axes.flatMap(elements)
    for (const child of children) {
      const name = child.nodeName === PLACE ? nameIn(child, 'id') : ''
      if (name && !named.has(name)) named.set(name, child)
    }
    for (const action of children.filter(child => child.nodeName === 'action')) {
      const mark = named.get(nameIn(action, PLACE))
      if (!mark) continue
      this.marks.set(action, mark)
      guests.set(mark, [...(guests.get(mark) ?? []), action])
    }
    return guests
  }

  /** An axis that was removed while empty, and in which nobody has written since. */
  private isGone(axis: Y.XmlElement): boolean {
    if (axis.nodeName !== 'axis' || !nameIn(axis, REMOVED)) return false
    return !this.childrenOf(axis).some(child => child.nodeName === 'action' || hasWords(child))
  }

  /** What stands in a structural part, in order. */
  childrenOf(part: Y.XmlFragment): Y.XmlElement[] {
    return this.contents.get(part) ?? elements(part).filter(child => STRUCTURE[nameOf(part)]?.has(child.nodeName))
  }

  /** The part in which this one is read: for an action, the axis it stands in. */
  parentOf(part: Part): Y.XmlFragment | null {
    return this.homes.get(part as Y.XmlElement) ?? (part._item?.parent as Y.XmlFragment | undefined) ?? null
  }

  /** The element that holds the rank of this part among the others: its mark, or the part itself. */
  holderOf(part: Y.XmlElement): Y.XmlElement {
    return this.marks.get(part) ?? part
  }

  /** Make an action stand in an axis, after one of its parts (null: first). To be called in a transaction. */
  move(action: Y.XmlElement, axis: Y.XmlElement, after: Y.XmlElement | null): void {
    const before = this.marks.get(action)
    const mark = new Y.XmlElement(PLACE)
    const name = randomName(12)
    axis.insertAfter(after && this.holderOf(after), [mark])
    mark.setAttribute('id', name)
    action.setAttribute(PLACE, name)
    if (before) remove(before)
  }
}

/** Take an element out of the shared document, for good. */
export function remove(element: Y.XmlElement): void {
  const parent = element._item?.parent
  if (!(parent instanceof Y.XmlFragment)) return
  const index = parent.toArray().indexOf(element)
  if (index >= 0) parent.delete(index, 1)
}
