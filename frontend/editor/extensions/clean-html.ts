/** Makes plain, well-nested HTML of what word processors put on the clipboard. Works on an inert document: nothing loads or runs. */
import { safeAddress } from './link'

const DROPPED = 'script,style,meta,link,title,xml,template,iframe,object,embed,svg,math,img,video,audio,canvas,input,button,select,textarea,noscript,colgroup,caption'
const BLOCKS = new Set(['P', 'H3', 'H4', 'UL', 'OL', 'LI', 'BLOCKQUOTE', 'TABLE', 'TBODY', 'TR', 'TH', 'TD'])
const TRANSPARENT_BLOCKS = new Set(['DIV', 'SECTION', 'ARTICLE', 'MAIN', 'HEADER', 'FOOTER', 'ASIDE', 'FIGURE', 'CENTER', 'DL', 'FORM', 'ADDRESS', 'NAV', 'DETAILS'])

function declarations(element: Element): string {
  return (element.getAttribute('data-style') ?? '').toLowerCase()
}

function removeComments(node: Node): void {
  for (const child of Array.from(node.childNodes)) {
    if (child.nodeType === Node.COMMENT_NODE) child.remove()
    else removeComments(child)
  }
}

function rename(element: Element, tag: string): Element {
  const renamed = element.ownerDocument.createElement(tag)
  renamed.append(...Array.from(element.childNodes))
  for (const name of ['data-style', 'class', 'href']) {
    const value = element.getAttribute(name)
    if (value !== null) renamed.setAttribute(name, value)
  }
  element.replaceWith(renamed)
  return renamed
}

function unwrap(element: Element): void {
  element.replaceWith(...Array.from(element.childNodes))
}

/** Bold and italic said by style or by tag, kept as `strong` and `em`; Google wraps everything in a `b` that is not bold. */
function keepEmphasis(body: Element): void {
  for (const element of Array.from(body.querySelectorAll('b,strong,i,em,span,font'))) {
    const style = declarations(element)
    const isBoldTag = /^(B|STRONG)$/.test(element.tagName)
    const isItalicTag = /^(I|EM)$/.test(element.tagName)
    const isBold = isBoldTag ? !/(^|;)\s*font-weight:\s*(normal|[1-4]00)/.test(style) : /(^|;)\s*font-weight:\s*(bold|[6-9]00)/.test(style)
    const isItalic = isItalicTag ? !/(^|;)\s*font-style:\s*normal/.test(style) : /(^|;)\s*font-style:\s*italic/.test(style)
    for (const [keep, tag] of [[isBold, 'strong'], [isItalic, 'em']] as const) {
      if (!keep || !element.textContent?.trim()) continue
      const wrapper = element.ownerDocument.createElement(tag)
      wrapper.append(...Array.from(element.childNodes))
      element.append(wrapper)
    }
    unwrap(element)
  }
}

/** The highest heading pasted becomes level 3, those under it level 4. */
function mapHeadings(body: Element): void {
  const headings = Array.from(body.querySelectorAll('h1,h2,h3,h4,h5,h6,p[class*="MsoHeading"],p[class*="MsoTitle"]'))
  const levels = headings.map(heading => (/^H\d$/.test(heading.tagName) ? Number(heading.tagName[1]) : 1))
  const highest = Math.min(...levels)
  headings.forEach((heading, index) => {
    if (heading.textContent?.trim()) rename(heading, levels[index] === highest ? 'h3' : 'h4')
    else heading.remove()
  })
}

const MARKER = /^[\s\u00a0]*(?:(\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]|[·•▪◦‣●○■□–—o§\-Øü])[\s\u00a0]+/

interface WordItem { element: Element; level: number; isOrdered: boolean }

function wordItem(element: Element): WordItem | null {
  const level = /mso-list:\s*\S+\s+level(\d+)/.exec(declarations(element))?.[1]
  if (!level) return null
  let isOrdered = false
  for (const span of Array.from(element.querySelectorAll('span'))) {
    if (!/mso-list:\s*ignore/.test(declarations(span))) continue
    isOrdered = /[0-9a-z]+[.)]/i.test(span.textContent ?? '')
    span.remove()
  }
  const first = element.firstChild
  const marker = first?.nodeType === Node.TEXT_NODE ? MARKER.exec(first.textContent ?? '') : null
  if (first && marker) {
    isOrdered ||= marker[1] !== undefined
    first.textContent = (first.textContent ?? '').slice(marker[0].length)
  }
  return { element, level: Number(level), isOrdered }
}

/** Word writes list items as paragraphs with a level: make true nested lists of each run of them. */
function makeWordLists(body: Element): void {
  const open: { list: Element; level: number }[] = []
  let previous: Element | null = null
  for (const element of Array.from(body.querySelectorAll('p,h1,h2,h3,h4,h5,h6'))) {
    const item = wordItem(element)
    if (!item || element.previousElementSibling !== previous) open.length = 0
    previous = null
    if (!item) continue
    const page = element.ownerDocument
    while (open.length > 0 && open[open.length - 1]!.level > item.level) open.pop()
    let current = open[open.length - 1]
    if (!current || current.level < item.level) {
      const list = page.createElement(item.isOrdered ? 'ol' : 'ul')
      if (current) (current.list.lastElementChild ?? current.list).append(list)
      else element.before(list)
      current = { list, level: item.level }
      open.push(current)
    }
    const line = page.createElement('li')
    const paragraph = page.createElement('p')
    paragraph.append(...Array.from(element.childNodes))
    line.append(paragraph)
    current.list.append(line)
    element.remove()
    previous = open[0]!.list
  }
}

/** A list directly inside a list belongs to the item before it; anything else there becomes an item. */
function mendLists(body: Element): void {
  for (const list of Array.from(body.querySelectorAll('ul,ol'))) {
    for (const child of Array.from(list.childNodes)) {
      if (child instanceof Element && child.tagName === 'LI') continue
      const before = child.previousSibling
      if (child instanceof Element && /^(UL|OL)$/.test(child.tagName) && before instanceof Element) before.append(child)
      else if (!child.textContent?.trim()) child.remove()
      else {
        const item = list.ownerDocument.createElement('li')
        child.replaceWith(item)
        item.append(child)
      }
    }
  }
}

/** Merged cells become as many cells: our tables have none. */
function splitCells(body: Element): void {
  for (const cell of Array.from(body.querySelectorAll('td,th'))) {
    const span = Math.min(Number(cell.getAttribute('colspan') ?? 1) || 1, 50)
    for (let extra = 1; extra < span; extra += 1) cell.after(cell.ownerDocument.createElement(cell.tagName))
  }
}

function cleanLinks(body: Element): void {
  for (const link of Array.from(body.querySelectorAll('a'))) {
    const href = safeAddress(link.getAttribute('href'))
    if (href && link.textContent?.trim()) link.setAttribute('href', href)
    else unwrap(link)
  }
}

function stripAttributes(body: Element): void {
  for (const element of Array.from(body.querySelectorAll('*'))) {
    for (const { name } of Array.from(element.attributes)) {
      if (!(element.tagName === 'A' && name === 'href')) element.removeAttribute(name)
    }
  }
}

const KEPT_INLINE = new Set(['STRONG', 'EM', 'A', 'BR'])

/** Unknown elements give way to what they hold; a div that holds text becomes a paragraph. */
function flatten(body: Element): void {
  for (const element of Array.from(body.querySelectorAll('*')).reverse()) {
    const tag = element.tagName
    if (BLOCKS.has(tag) || KEPT_INLINE.has(tag)) continue
    if (tag === 'DT' || tag === 'DD' || tag === 'PRE') rename(element, 'p')
    else if (TRANSPARENT_BLOCKS.has(tag) && !Array.from(element.children).some(child => BLOCKS.has(child.tagName))) {
      if (element.textContent?.trim()) rename(element, 'p')
      else element.remove()
    } else unwrap(element)
  }
}

function removeEmpty(body: Element): void {
  for (const element of Array.from(body.querySelectorAll('p,li,ul,ol,blockquote,strong,em')).reverse()) {
    if (!element.textContent?.replace(/\u00a0/g, ' ').trim()) element.remove()
  }
}

/** Put styles where the browser does not look for them: even in an inert document, the pages' policy reports each one. */
function hideStyles(html: string): string {
  return html
    .replace(/<style\b[\s\S]*?<\/style\s*>/gi, '')
    .replace(/<!\[(end)?if[^>]*>/gi, '')
    .replace(/<[a-z][^>]*>/gi, tag => tag.replace(/(["'\s/])style(\s*=)/gi, '$1data-style$2'))
}

/** Clean the HTML of a clipboard. What the editor itself copied only loses its styles: the schema reads the rest. */
export function cleanHtml(html: string): string {
  const unstyled = hideStyles(html)
  if (html.includes('data-pm-slice')) return unstyled
  const page = new DOMParser().parseFromString(unstyled, 'text/html')
  const { body } = page
  removeComments(page)
  for (const element of Array.from(page.querySelectorAll(DROPPED))) element.remove()
  makeWordLists(body)
  mapHeadings(body)
  keepEmphasis(body)
  mendLists(body)
  splitCells(body)
  cleanLinks(body)
  flatten(body)
  stripAttributes(body)
  removeEmpty(body)
  return body.innerHTML.trim()
}
