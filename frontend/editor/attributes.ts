/** Attributes of the nodes are strings, always: they travel as such between all copies and into `programme.reading`. */
import type { Attribute } from '@tiptap/core'

type HtmlAttributes = Record<string, unknown>

/** A string attribute, '' by default, written in copied HTML as `data-…`. */
export function stringAttribute(name: string, fallback = ''): Partial<Attribute> {
  const html = `data-${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
  return {
    default: fallback,
    parseHTML: (element: HTMLElement) => element.getAttribute(html) ?? fallback,
    renderHTML: (attributes: HtmlAttributes) => (attributes[name] ? { [html]: attributes[name] } : {}),
  }
}
