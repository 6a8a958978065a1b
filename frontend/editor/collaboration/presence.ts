/** Who is here: what each copy says of its person, read with care since it comes from other browsers. */
import type { Awareness } from 'y-protocols/awareness'

import type { Person } from '../data'
import { el } from '../dom'
import type { Messages } from '../messages'

const LONGEST_NAME = 120

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, LONGEST_NAME) : ''
}

/** A person as another browser describes them; what is missing or odd becomes empty. */
export function readPerson(value: unknown): Person {
  const user = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const appearance = Number(user.appearance)
  return {
    id: typeof user.id === 'number' ? user.id : text(user.id),
    name: text(user.name) || '?',
    organisation: text(user.organisation),
    college: text(user.college),
    appearance: Number.isInteger(appearance) && appearance > 0 ? appearance : 0,
  }
}

/** The people here, each once however many pages they have open, this one first. */
export function peopleHere(awareness: Awareness, self: Person): Person[] {
  const people = new Map<string, Person>([[String(self.id), self]])
  for (const state of awareness.getStates().values()) {
    if (!state?.user) continue
    const person = readPerson(state.user)
    if (!people.has(String(person.id))) people.set(String(person.id), person)
  }
  return [...people.values()]
}

export function initials(name: string): string {
  const parts = name.replace(/\(.*?\)/g, '').split(/[^\p{L}]+/u).filter(part => part.length > 1)
  return ((parts[0]?.[0] ?? '?') + (parts.length > 1 ? parts[parts.length - 1]![0] : '')).toUpperCase()
}

const MOST_SHOWN = 4

/** The list of who is here. Redrawn only when somebody comes or goes. */
export class PresenceList {
  private shown = ''
  readonly list = el('ul', { class: 'ed-people', role: 'list' })
  readonly dom: HTMLElement

  constructor(private readonly awareness: Awareness, private readonly self: Person, private readonly t: Messages, label = t.presenceTitle) {
    this.dom = el('section', { class: 'ed-presence', 'aria-label': label }, this.list)
    awareness.on('change', () => this.refresh())
    this.refresh()
  }

  private refresh(): void {
    const people = peopleHere(this.awareness, this.self)
    const now = JSON.stringify(people)
    if (now === this.shown) return
    this.shown = now
    const hidden = people.slice(MOST_SHOWN)
    this.list.replaceChildren(...people.slice(0, MOST_SHOWN).map(person => this.item(person)))
    if (hidden.length > 0) {
      const names = hidden.map(person => this.t.personHere(person.name, person.organisation)).join(' · ')
      this.list.append(el('li', { class: 'ed-person', title: names }, el('span', { class: 'ed-initials' }, `+${hidden.length}`),
        el('span', { class: 'visually-hidden' }, names)))
    }
  }

  private item(person: Person): HTMLElement {
    const isSelf = String(person.id) === String(this.self.id)
    const said = this.t.personHere(person.name, person.organisation) + (isSelf ? ` (${this.t.you})` : '')
    return el(
      'li',
      { class: 'ed-person', 'data-appearance': person.appearance, title: said },
      el('span', { class: 'ed-initials', 'aria-hidden': 'true' }, initials(person.name)),
      el('span', { class: 'visually-hidden' }, said),
    )
  }
}
