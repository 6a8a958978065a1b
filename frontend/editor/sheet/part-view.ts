/** What axes and actions have in common: text inside, controls around, redrawn when the shared document changes. */
import type { Editor } from '@tiptap/core'
import type { Node as ProseMirrorNode } from '@tiptap/pm/model'
import type { NodeView, ViewMutationRecord } from '@tiptap/pm/view'

import type { EditorContext, Refreshable } from '../context'

export type GetPos = () => number | undefined

export abstract class PartView implements NodeView, Refreshable {
  abstract readonly dom: HTMLElement
  abstract readonly contentDOM: HTMLElement

  constructor(
    public node: ProseMirrorNode,
    readonly editor: Editor,
    private readonly getPos: GetPos,
    readonly context: EditorContext,
  ) {
    context.drawn.add(this)
  }

  abstract refresh(): void

  /** The position before the node; -1 when it has left the document. */
  get pos(): number {
    return this.getPos() ?? -1
  }

  update(node: ProseMirrorNode): boolean {
    if (node.type !== this.node.type || this.identity(node) !== this.identity(this.node)) return false
    this.node = node
    this.refresh()
    return true
  }

  destroy(): void {
    this.context.drawn.delete(this)
  }

  /** The controls are ours: their keys, clicks and changes are not those of the text. */
  stopEvent(event: Event): boolean {
    return event.target instanceof Node && this.dom.contains(event.target) && !this.contentDOM.contains(event.target)
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return !this.contentDOM.contains(mutation.target)
  }

  /** What makes it the same sheet or axis: a view is never reused for another one, its open fields would change subject. */
  protected abstract identity(node: ProseMirrorNode): string
}
