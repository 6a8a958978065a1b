/** The facts of a sheet, one row each: who pilots, with whom, from when to when, for whom. */
import type { EditorContext } from '../context'
import { el } from '../dom'
import { DateControl } from '../fields/date-control'
import { drawOrganisations } from '../fields/organisation'
import { OrganisationPicker } from '../fields/organisation-picker'
import { FieldRow } from '../fields/row'
import { TextControl } from '../fields/text-control'
import { sayDate } from '../partial-date'
import { words } from '../text'

export interface FactsOptions {
  context: EditorContext
  read: (name: string) => string
  write: (facts: Record<string, string>) => void
}

export interface Unfinished {
  place: string
  text: string | null
}

/** What a person writes is declared here: it is no longer a guess of the import. */
const BASIS: Record<string, string> = { pilots: 'pilotsBasis', deadline: 'deadlineBasis' }

export class Facts {
  readonly dom = el('dl', { class: 'ed-facts' })
  private readonly rows = new Map<string, FieldRow>()

  constructor(private readonly options: FactsOptions) {
    const { t } = options.context
    this.addOrganisations('pilots', t.pilots)
    this.addOrganisations('partners', t.partners)
    this.addDate('start', t.startDate)
    this.addDate('deadline', t.deadline)
    this.addText('audience', t.audience, t.audienceHint)
    this.dom.append(...[...this.rows.values()].map(row => row.dom))
  }

  refresh(): void {
    for (const row of this.rows.values()) row.refresh()
  }

  /** Open the field of this name, with the focus in it. Answers whether there is one. */
  open(place: string): boolean {
    const row = this.rows.get(place)
    row?.open()
    return row !== undefined
  }

  /** The field that has the focus, with what was typed in it and not written yet; null when none has. */
  unfinished(): Unfinished | null {
    for (const [place, row] of this.rows) if (row.hasFocus) return { place, text: row.unwritten }
    return null
  }

  /** Go on where a person was in a sheet that has been drawn anew. */
  resume({ place, text }: Unfinished): void {
    if (text !== null) this.write(place, text)
    this.open(place)
  }

  private write(name: string, value: string): void {
    const basis = BASIS[name]
    this.options.write(basis ? { [name]: value, [basis]: '' } : { [name]: value })
  }

  private row(name: string, label: string, rest: Pick<ConstructorParameters<typeof FieldRow>[0], 'draw' | 'makeControl'>): void {
    const { context, read, write } = this.options
    const basisName = BASIS[name]
    this.rows.set(name, new FieldRow({
      place: name,
      label,
      t: context.t,
      isEditable: () => context.isEditable,
      ...(basisName ? { basis: { read: () => read(basisName), confirm: () => write({ [basisName]: '' }) } } : {}),
      ...rest,
    }))
  }

  private addOrganisations(name: string, label: string): void {
    const { context, read } = this.options
    this.row(name, label, {
      draw: () => drawOrganisations(context, read(name)),
      makeControl: () => new OrganisationPicker({
        label, context, read: () => words(read(name)), write: slugs => this.write(name, slugs.join(' ')),
      }),
    })
  }

  private addDate(name: string, label: string): void {
    const { context, read } = this.options
    this.row(name, label, {
      draw: () => (read(name) ? [sayDate(read(name), context.t, context.data.language)] : []),
      makeControl: () => new DateControl({ label, context, read: () => read(name), write: text => this.write(name, text) }),
    })
  }

  private addText(name: string, label: string, hint: string): void {
    const { read } = this.options
    this.row(name, label, {
      draw: () => (read(name) ? [read(name)] : []),
      makeControl: () => new TextControl({ label, hint, read: () => read(name), write: text => this.write(name, text) }),
    })
  }
}
