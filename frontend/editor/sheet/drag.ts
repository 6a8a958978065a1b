/** Dragging a sheet by its handle with mouse, pen or finger. The browser's own drag does not work with a finger. */
import { el } from '../dom'
import { actionAt, actionsOf, findAxes } from '../structure'
import type { Destination } from '../extensions/sheet-commands'
import type { ActionView } from './action-view'
import { announceMove } from './announce-move'

const START_PX = 6 // less is a click
const EDGE_PX = 80 // from the top or bottom of the window, the page scrolls
const SCROLL_PX = 14 // per frame

interface Place extends Destination {
  top: number // where the line is drawn, in the window
  left: number
  width: number
}

export class SheetDrag {
  private startY = 0
  private pointerY = 0
  private isDragging = false
  private frame = 0
  private readonly line = el('div', { class: 'ed-drop-line', hidden: true })

  constructor(private readonly handle: HTMLElement, private readonly sheet: ActionView) {
    handle.addEventListener('pointerdown', event => this.start(event))
    handle.addEventListener('pointermove', event => this.move(event))
    handle.addEventListener('pointerup', () => this.finish(true))
    handle.addEventListener('pointercancel', () => this.finish(false))
    handle.addEventListener('keydown', event => {
      if (event.key === 'Escape') this.finish(false)
    })
  }

  private start(event: PointerEvent): void {
    if (event.button !== 0 || !this.sheet.context.isEditable) return
    this.handle.setPointerCapture(event.pointerId)
    this.startY = this.pointerY = event.clientY
  }

  private move(event: PointerEvent): void {
    if (!this.handle.hasPointerCapture(event.pointerId)) return
    this.pointerY = event.clientY
    if (!this.isDragging && Math.abs(this.pointerY - this.startY) > START_PX) {
      this.isDragging = true
      this.sheet.dom.classList.add('is-dragged')
      document.body.append(this.line)
      this.frame = requestAnimationFrame(() => this.follow())
    }
  }

  /** Every frame while dragging: scroll near the edges, show where the sheet would land. */
  private follow(): void {
    if (this.pointerY < EDGE_PX) window.scrollBy({ top: -SCROLL_PX, behavior: 'instant' })
    else if (this.pointerY > window.innerHeight - EDGE_PX) window.scrollBy({ top: SCROLL_PX, behavior: 'instant' })
    const place = this.nearest()
    this.line.hidden = !place
    if (place) {
      this.line.style.top = `${place.top}px`
      this.line.style.left = `${place.left}px`
      this.line.style.width = `${place.width}px`
    }
    this.frame = requestAnimationFrame(() => this.follow())
  }

  private places(): Place[] {
    const { editor, pos } = this.sheet
    const box = (position: number) => (editor.view.nodeDOM(position) as HTMLElement | null)?.getBoundingClientRect()
    return findAxes(editor.state.doc).flatMap(axis => {
      const others = actionsOf(axis).filter(action => action.pos !== pos)
      const axisBox = box(axis.pos)
      if (!axisBox) return []
      const boxes = others.map(action => box(action.pos))
      const middle = (rank: number) => {
        const above = boxes[rank - 1]?.bottom
        const below = boxes[rank]?.top
        if (above !== undefined && below !== undefined) return (above + below) / 2
        return above !== undefined ? above + 8 : below !== undefined ? below - 8 : axisBox.bottom - 56
      }
      return Array.from({ length: others.length + 1 }, (_, rank) => ({
        axis: axis.index, rank, top: middle(rank), left: axisBox.left, width: axisBox.width,
      }))
    })
  }

  private nearest(): Place | null {
    let best: Place | null = null
    for (const place of this.places()) {
      if (!best || Math.abs(place.top - this.pointerY) < Math.abs(best.top - this.pointerY)) best = place
    }
    return best
  }

  private finish(isDropped: boolean): void {
    const { isDragging } = this
    const place = isDragging ? this.nearest() : null // where it is dropped, not where it was one frame before
    cancelAnimationFrame(this.frame)
    this.isDragging = false
    this.line.remove()
    this.sheet.dom.classList.remove('is-dragged')
    if (!isDropped || !isDragging || !place) return
    const { context, editor, name, node, pos } = this.sheet
    if (!actionAt(editor.state.doc, pos)) return
    const key = String(node.attrs.key || node.attrs.code)
    if (editor.commands.moveAction(pos, { axis: place.axis, rank: place.rank })) announceMove(context, editor, key, name, false)
  }
}
