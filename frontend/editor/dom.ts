/** Makes elements. Attributes only: no inline style ever, the pages forbid it. */

type Child = Node | string | null | undefined
type Attributes = Record<string, string | number | boolean | EventListener | null | undefined>

/** An element with its attributes and children. `true` writes an empty attribute, `false` and null leave it out, a function listens. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (value === true) element.setAttribute(name, '')
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value))
  }
  element.append(...children.filter(child => child !== null && child !== undefined))
  return element
}

/** Write a text only when it differs: a live region would read the same words again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

let lastId = 0

/** An id nobody else on the page has. */
export function uniqueId(prefix: string): string {
  lastId += 1
  return `${prefix}-${lastId}`
}

const ICONS: Record<string, string> = {
  heading: 'M4 4v12M11 4v12M4 10h7M14.5 9.5 16.5 8v8',
  subheading: 'M4 4v12M10 4v12M4 10h6M13 9.6c.4-1 1.2-1.6 2.2-1.6 1.3 0 2.1.8 2.1 1.9 0 1.6-1.6 2.3-4.3 6.1h4.5',
  bold: 'M6 4h5a3 3 0 0 1 0 6H6zM6 10h6a3 3 0 0 1 0 6H6z',
  italic: 'M9 4h6M5 16h6M12 4 8 16',
  bullets: 'M8 5h9M8 10h9M8 15h9M3.5 5h.01M3.5 10h.01M3.5 15h.01',
  numbers: 'M8.5 5H17M8.5 10H17M8.5 15H17M3 3.7 4.3 3v4M3 12.6c.2-.5.6-.8 1.1-.8.7 0 1.1.4 1.1 1 0 .9-1.1 1.3-2.2 3.2h2.3',
  quote: 'M4 5v10M8 6h8M8 10h8M8 14h5',
  link: 'M8.5 11.5a3 3 0 0 0 4.2 0l3-3a3 3 0 0 0-4.2-4.2l-1 1M11.5 8.5a3 3 0 0 0-4.2 0l-3 3a3 3 0 0 0 4.2 4.2l1-1',
  table: 'M3 4h14v12H3zM3 8.5h14M3 12.2h14M8.5 4v12M13 4v12',
  undo: 'M7 4 3.5 7.5 7 11M3.5 7.5H12a4 4 0 0 1 0 8H8',
  redo: 'M13 4l3.5 3.5L13 11M16.5 7.5H8a4 4 0 0 0 0 8h4',
  grip: 'M7.5 4.5h.01M12.5 4.5h.01M7.5 10h.01M12.5 10h.01M7.5 15.5h.01M12.5 15.5h.01',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  edit: 'm4 16 .7-3.2L13.3 4.2a1.4 1.4 0 0 1 2 0l.5.5a1.4 1.4 0 0 1 0 2L7.2 15.3z',
  plus: 'M10 4v12M4 10h12',
  close: 'M5 5l10 10M15 5 5 15',
}

/** A drawing of 20 by 20 that follows the colour of the text. Said by the label of its button, never by itself. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 20 20')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  svg.setAttribute('focusable', 'false')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', ICONS[name] ?? '')
  svg.append(path)
  return svg
}

/** A control under its label. */
export function labelled(label: string, control: HTMLElement): HTMLElement {
  control.id ||= uniqueId('control')
  return el('div', { class: 'ed-labelled' }, el('label', { for: control.id }, label), control)
}
