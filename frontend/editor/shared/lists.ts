/**
 * Lists that several people change at once. The attribute `pilots` holds the names the list began with; each later
 * change has an attribute of its own, `pilots:adf`, with the rank of that name or '' when it was taken out. Two people
 * who each add a name both keep it. `programme.reading` reads them alike.
 */
import { words } from '../text'

export type Attributes = Record<string, unknown>

export const LISTS: ReadonlySet<string> = new Set(['pilots', 'partners'])

/** The names and their ranks, in order; of names with the same rank, the first in the alphabet comes first. */
function ranked(attributes: Attributes, list: string): [string, number][] {
  const base = attributes[list]
  const ranks = new Map([...new Set(words(typeof base === 'string' ? base : ''))].map((name, index) => [name, index] as [string, number]))
  for (const [key, value] of Object.entries(attributes)) {
    if (!key.startsWith(`${list}:`)) continue
    const name = key.slice(list.length + 1)
    if (!/^\S+$/.test(name)) continue
    if (typeof value === 'string' && /^\d{1,6}$/.test(value)) ranks.set(name, Number(value))
    else ranks.delete(name)
  }
  return [...ranks].sort(([a, left], [b, right]) => left - right || (a < b ? -1 : 1))
}

/** The names of a list, separated by spaces. */
export function readList(attributes: Attributes, list: string): string {
  return ranked(attributes, list).map(([name]) => name).join(' ')
}

/** The attributes to write for this list to become `value`: only for names that come or go. */
export function changesOfList(attributes: Attributes, list: string, value: string): Record<string, string> {
  const now = ranked(attributes, list)
  const wanted = words(value)
  const known = new Set(now.map(([name]) => name))
  let rank = Math.max(-1, ...now.map(([, each]) => each))
  const changes: Record<string, string> = {}
  for (const name of known) if (!wanted.includes(name)) changes[`${list}:${name}`] = ''
  for (const name of wanted) {
    if (known.has(name)) continue
    rank += 1
    changes[`${list}:${name}`] = String(rank)
  }
  return changes
}
