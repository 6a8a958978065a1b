import { Mark, mergeAttributes } from '@tiptap/core'

const SCHEMES = /^(https?|mailto|tel):/i

/** An address that may be followed from the text, or null. Control characters are taken out first: `java\nscript:` is one for browsers. */
export function safeAddress(address: string | null | undefined): string | null {
  // eslint-disable-next-line no-control-regex
  const clean = (address ?? '').replace(/[\u0000-\u0020\u00a0\u2028\u2029]+/g, ' ').trim().replace(/ /g, '%20')
  if (!clean) return null
  if (SCHEMES.test(clean)) return clean
  if (/^\/(?!\/)/.test(clean)) return clean // a page of this site
  return null
}

/** What a person typed, as an address: an e-mail or a bare domain is understood. */
export function addressFromTyping(typed: string): string | null {
  const text = typed.trim()
  if (/^[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+$/.test(text)) return safeAddress(`mailto:${text}`)
  if (/^[\w-]+(\.[\w-]+)+(\/\S*)?$/.test(text)) return safeAddress(`https://${text}`)
  return safeAddress(text)
}

/** A link. Holds its address only; one that is not safe is never drawn, wherever it came from. */
export const Link = Mark.create({
  name: 'link', // written in every stored document: renaming it is a data migration
  inclusive: false, // typing after the words does not extend the link
  addAttributes: () => ({
    href: { default: '', parseHTML: element => safeAddress(element.getAttribute('href')) ?? '' },
  }),
  parseHTML: () => [{
    tag: 'a[href]',
    getAttrs: element => (safeAddress(element.getAttribute('href')) ? null : false),
  }],
  renderHTML({ HTMLAttributes }) {
    const href = safeAddress(HTMLAttributes.href as string)
    return ['a', mergeAttributes(href ? { href } : {}, { rel: 'noopener noreferrer nofollow' }), 0]
  },
})
