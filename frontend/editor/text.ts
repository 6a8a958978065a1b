/** Comparing words the way people type them. */

/** Lower case, no accents, ’ as ': what a person types finds what is written. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .replace(/[’ʼ]/g, "'")
    .replace(/œ/gi, 'oe')
    .toLowerCase()
}

/** The names in a space-separated attribute. */
export function words(value: string | null | undefined): string[] {
  return (value ?? '').split(/\s+/).filter(Boolean)
}

/** A random name of lower-case letters and digits. `crypto.randomUUID` is missing on plain HTTP. */
export function randomName(length: number): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789' // 32 signs: no bias; no l, o, 0, 1, read wrongly
  const bytes = crypto.getRandomValues(new Uint8Array(length))
  return Array.from(bytes, byte => alphabet[byte % alphabet.length]).join('')
}
