/** The shared document as the editor shows it. Knows which node each shared part was drawn as, and draws only what changed. */
import type { MarkType, Node as ProseMirrorNode, NodeType, Schema } from '@tiptap/pm/model'
import * as Y from 'yjs'

import { drawRuns } from './inline'
import { LISTS, readList } from './lists'
import { isStructural, Standing, type Part } from './standing'

export type Drawn = ProseMirrorNode | ProseMirrorNode[] // a part, or the runs of a shared text

/** The attributes of a shared element as the node has them: a list is one attribute there. */
export function attributesOf(element: Y.XmlElement): Record<string, unknown> {
  const attributes: Record<string, unknown> = element.getAttributes()
  if (element.nodeName === 'action') for (const list of LISTS) attributes[list] = readList(attributes, list)
  return attributes
}

/** The node of before when nothing of it changed: the editor draws again only what is another node. */
function reuse(before: Drawn | undefined, after: ProseMirrorNode): ProseMirrorNode {
  if (!before || Array.isArray(before) || !before.sameMarkup(after) || before.childCount !== after.childCount) return after
  return after.children.every((child, index) => child === before.child(index)) ? before : after
}

export class Drawing {
  standing: Standing
  /** What the whole fragment is drawn as when it is one text (a note); null where its parts are laid out (a programme). */
  readonly body: NodeType | null
  doc: ProseMirrorNode
  private readonly nodes = new WeakMap<Part, Drawn>()

  constructor(readonly root: Y.XmlFragment, private readonly schema: Schema) {
    this.body = schema.nodes.noteText ?? null
    this.standing = new Standing(root)
    this.doc = schema.topNodeType.create()
  }

  /** What the library's function that writes asks of a binding. */
  get meta(): { mapping: Map<Part, Drawn>; isOMark: Map<MarkType, boolean> } {
    return { mapping: this.nodes as unknown as Map<Part, Drawn>, isOMark: new Map() }
  }

  /** These parts have changed, or what is in them: the next drawing reads them again. Axes are read each time: what stands in
   * them may be stored elsewhere. */
  forget(parts: Iterable<Part>): void {
    for (const part of parts) {
      const isReadEachTime = part === this.root || (part instanceof Y.XmlElement && part.nodeName === 'axis')
      if (!isReadEachTime) this.nodes.delete(part)
    }
  }

  /** Read this part again, with all that is in it. */
  forgetAll(part: Y.XmlFragment): void {
    this.forget([part])
    for (const child of part.toArray()) if (child instanceof Y.XmlElement) this.forgetAll(child)
  }

  /** Draw the document as it now is. */
  draw(): ProseMirrorNode {
    this.standing = new Standing(this.root)
    const children = this.body ? [this.wholeText(this.body)] : this.childrenOf(this.root).flatMap(child => this.part(child) ?? [])
    this.doc = reuse(this.doc, this.schema.topNodeType.create(null, children))
    return this.doc
  }

  /** Are the parts of this one laid out here, or is it text? */
  isLaidOut(part: Y.XmlFragment): boolean {
    return !this.body && isStructural(part)
  }

  /** How many positions come before what the fragment holds. */
  get inset(): number {
    return this.body ? 1 : 0
  }

  childrenOf(part: Y.XmlFragment): Y.XmlElement[] {
    return this.standing.childrenOf(part)
  }

  nodeOf(part: Part): Drawn | undefined {
    return this.nodes.get(part)
  }

  remember(part: Y.XmlFragment, node: ProseMirrorNode): void {
    this.nodes.set(part, node)
  }

  private part(element: Y.XmlElement): ProseMirrorNode | null {
    const known = this.nodes.get(element)
    if (!isStructural(element)) return this.block(element)
    if (element.nodeName === 'action' && known && !Array.isArray(known)) return known
    const children = this.childrenOf(element).flatMap(child => this.part(child) ?? [])
    const type = this.schema.nodes[element.nodeName]!
    const node = reuse(known, type.create(attributesOf(element), children))
    this.nodes.set(element, node)
    return node
  }

  /** A title, a text, or what is in it. What the schema has no room for is not drawn; it stays in the shared document. */
  private block(element: Y.XmlElement): ProseMirrorNode | null {
    const known = this.nodes.get(element)
    if (known && !Array.isArray(known)) return known
    const type = this.schema.nodes[element.nodeName]
    if (!type || type.isText) return null
    const node = type.create(element.getAttributes(), this.contentOf(element, type))
    this.nodes.set(element, node)
    return node
  }

  /** The fragment itself, where it is one text. */
  private wholeText(type: NodeType): ProseMirrorNode {
    const node = reuse(this.nodes.get(this.root), type.create(null, this.contentOf(this.root, type)))
    this.nodes.set(this.root, node)
    return node
  }

  private contentOf(part: Y.XmlFragment, type: NodeType): ProseMirrorNode[] {
    const children = part.toArray().flatMap(child => {
      if (child instanceof Y.XmlElement) return this.block(child) ?? []
      return child instanceof Y.XmlText && type.inlineContent ? this.runs(child, type) : []
    })
    return this.fitting(type, children)
  }

  private runs(text: Y.XmlText, line: NodeType): ProseMirrorNode[] {
    const runs = drawRuns(text, line, this.schema)
    this.nodes.set(text, runs)
    return runs
  }

  private fitting(type: NodeType, children: ProseMirrorNode[]): ProseMirrorNode[] {
    let match = type.contentMatch
    return children.filter(child => {
      const next = match.matchType(child.type)
      match = next ?? match
      return next !== null
    })
  }
}
