/** Chooses several organisations: chips of the chosen ones, and a field that filters the others (ARIA combobox with a list box). */
import type { EditorContext } from '../context'
import type { Organisation } from '../data'
import { el, icon, uniqueId } from '../dom'
import { fold } from '../text'
import { drawOrganisation } from './organisation'
import type { FieldControl } from './row'

export interface PickerOptions {
  label: string
  context: EditorContext
  read: () => string[]
  write: (slugs: string[]) => void
}

/** The organisations whose name, acronym or college hold every word typed, in the order given. */
export function matching(organisations: Organisation[], typed: string, collegeName: (slug: string) => string): Organisation[] {
  const wanted = fold(typed).split(/\s+/).filter(Boolean)
  return organisations.filter(organisation => {
    const text = fold(`${organisation.acronym} ${organisation.name} ${collegeName(organisation.college)}`)
    return wanted.every(word => text.includes(word))
  })
}

export class OrganisationPicker implements FieldControl {
  readonly dom: HTMLElement
  private readonly chips = el('ul', { class: 'ed-chips', role: 'list' })
  private readonly input: HTMLInputElement
  private readonly list: HTMLElement
  private readonly empty: HTMLElement
  private options: HTMLElement[] = []
  private active = -1

  constructor(private readonly settings: PickerOptions) {
    const { t } = settings.context
    const hint = uniqueId('hint')
    this.list = el('div', { class: 'ed-options', role: 'listbox', id: uniqueId('list'), 'aria-label': settings.label, 'aria-multiselectable': 'true', hidden: true })
    this.empty = el('p', { class: 'ed-options-empty', hidden: true }, t.pickerNone)
    this.chips.setAttribute('aria-label', `${settings.label}\u00a0: ${t.pickerChosen}`)
    this.input = el('input', {
      type: 'text',
      class: 'ed-input',
      role: 'combobox',
      autocomplete: 'off',
      spellcheck: 'false',
      'aria-label': t.pickerSearch(settings.label),
      'aria-expanded': 'false',
      'aria-autocomplete': 'list',
      'aria-controls': this.list.id,
      'aria-describedby': hint,
      input: () => this.show(),
      focus: () => this.show(),
      click: () => this.show(),
      blur: () => this.hide(),
    })
    this.input.addEventListener('keydown', event => this.onKey(event))
    // Pressing on the list must not take the focus from the field, or the list would close under the finger.
    this.list.addEventListener('mousedown', event => event.preventDefault())
    this.dom = el('div', { class: 'ed-picker' }, this.chips,
      el('div', { class: 'ed-combobox' }, this.input, this.list, this.empty),
      el('p', { class: 'ed-hint', id: hint }, t.pickerHint))
  }

  focus(): void {
    this.input.focus()
  }

  refresh(): void {
    this.drawChips()
    if (!this.list.hidden) this.drawOptions()
  }

  private drawChips(): void {
    const { context, read } = this.settings
    const slugs = read()
    this.chips.hidden = slugs.length === 0
    this.chips.replaceChildren(...slugs.map(slug => el('li', { class: 'ed-chip' },
      drawOrganisation(context, slug),
      el('button', {
        type: 'button',
        class: 'ed-chip-remove',
        'aria-label': context.t.removeNamed(context.organisationName(slug)),
        click: () => {
          this.toggle(slug)
          this.focus()
        },
      }, icon('close')))))
  }

  private show(): void {
    this.list.hidden = false
    this.active = -1
    this.drawOptions()
  }

  private hide(): void {
    this.list.hidden = true
    this.empty.hidden = true
    this.input.setAttribute('aria-expanded', 'false')
    this.input.removeAttribute('aria-activedescendant')
  }

  private drawOptions(): void {
    const { context, read } = this.settings
    const chosen = new Set(read())
    const nameOf = (slug: string) => context.colleges.get(slug)?.name ?? ''
    const found = matching(context.data.organisations, this.input.value, nameOf)
    this.options = []
    const groups = context.data.colleges.flatMap(college => {
      const members = found.filter(organisation => organisation.college === college.slug)
      if (members.length === 0) return []
      const title = el('div', { class: 'ed-group-title', id: uniqueId('group'), role: 'presentation', 'data-appearance': college.appearance }, college.name)
      const options = members.map(organisation => this.option(organisation, chosen.has(organisation.slug)))
      this.options.push(...options)
      return [el('div', { role: 'group', 'aria-labelledby': title.id }, title, ...options)]
    })
    this.list.replaceChildren(...groups)
    const isEmpty = this.options.length === 0
    this.list.hidden = isEmpty
    this.empty.hidden = !isEmpty
    this.input.setAttribute('aria-expanded', String(!isEmpty))
    this.setActive(Math.min(this.active, this.options.length - 1))
  }

  private option(organisation: Organisation, isChosen: boolean): HTMLElement {
    const { context } = this.settings
    const hasAcronym = organisation.acronym && organisation.acronym !== organisation.name
    return el(
      'div',
      { role: 'option', class: 'ed-option', id: uniqueId('option'), 'aria-selected': String(isChosen), 'data-slug': organisation.slug, click: () => this.toggle(organisation.slug) },
      drawOrganisation(context, organisation.slug),
      hasAcronym ? el('span', { class: 'ed-option-name' }, organisation.name) : null,
    )
  }

  private setActive(index: number): void {
    this.active = index
    this.options.forEach((option, rank) => option.classList.toggle('is-active', rank === index))
    const option = this.options[index]
    if (option) {
      this.input.setAttribute('aria-activedescendant', option.id)
      option.scrollIntoView({ block: 'nearest' })
    } else this.input.removeAttribute('aria-activedescendant')
  }

  private toggle(slug: string): void {
    const { context, read, write } = this.settings
    const slugs = read()
    const isChosen = slugs.includes(slug)
    write(isChosen ? slugs.filter(other => other !== slug) : [...slugs, slug])
    const name = context.organisationName(slug)
    context.announce(isChosen ? context.t.removed(name) : context.t.added(name))
    if (this.input.value) this.input.value = ''
    this.refresh()
  }

  private onKey(event: KeyboardEvent): void {
    const last = this.options.length - 1
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (this.list.hidden) this.show()
      const step = event.key === 'ArrowDown' ? 1 : -1
      const next = this.active + step
      this.setActive(next > last ? 0 : next < 0 ? last : next)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      const slug = this.options[this.active < 0 && last === 0 ? 0 : this.active]?.dataset.slug
      if (slug && !this.list.hidden) this.toggle(slug)
    } else if (event.key === 'Escape' && !this.list.hidden) {
      event.preventDefault() // the first Escape closes the list, the next one the row
      this.hide()
    } else if (event.key === 'Backspace' && this.input.value === '') {
      const slugs = this.settings.read()
      const slug = slugs[slugs.length - 1]
      if (slug) this.toggle(slug)
    }
  }
}
