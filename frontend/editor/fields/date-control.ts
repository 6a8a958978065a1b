/** Chooses a date at the precision known: year, semester, month or day. */
import type { EditorContext } from '../context'
import { el, labelled, setText, uniqueId } from '../dom'
import { formatDate, monthName, parseDate, type DateParts, type Precision } from '../partial-date'
import type { FieldControl } from './row'

const MONTHS = Array.from({ length: 12 }, (_, index) => String(index + 1).padStart(2, '0'))

export interface DateOptions {
  label: string
  context: EditorContext
  read: () => string
  write: (text: string) => void
}

export class DateControl implements FieldControl {
  readonly dom: HTMLElement
  private readonly precision: HTMLSelectElement
  private readonly year: HTMLInputElement
  private readonly semester: HTMLSelectElement
  private readonly month: HTMLSelectElement
  private readonly day: HTMLInputElement
  private readonly error: HTMLElement
  private readonly fields: Record<'year' | 'semester' | 'month' | 'day', HTMLElement>

  constructor(private readonly options: DateOptions) {
    const { t, data } = options.context
    const change = () => this.commit()
    const select = (choices: [string, string][], name: string) =>
      el('select', { class: 'ed-input', name, change }, ...choices.map(([value, text]) => el('option', { value }, text)))
    this.precision = select([
      ['', t.precisionNone], ['year', t.precisionYear], ['semester', t.precisionSemester], ['month', t.precisionMonth], ['day', t.precisionDay],
    ], 'precision')
    this.semester = select([['1', t.semesterName(1)], ['2', t.semesterName(2)]], 'semester')
    this.month = select(MONTHS.map(month => [month, monthName(month, data.language)]), 'month')
    this.year = el('input', { class: 'ed-input ed-input-year', type: 'text', inputmode: 'numeric', maxlength: 4, name: 'year', autocomplete: 'off', change })
    this.day = el('input', { class: 'ed-input', type: 'date', name: 'day', change })
    this.error = el('p', { class: 'ed-error', id: uniqueId('error'), role: 'alert' })
    this.precision.addEventListener('change', () => this.showFields())
    this.fields = {
      semester: labelled(t.semester, this.semester),
      month: labelled(t.month, this.month),
      year: labelled(t.year, this.year),
      day: labelled(t.day, this.day),
    }
    this.dom = el('fieldset', { class: 'ed-date', 'aria-describedby': this.error.id },
      el('legend', { class: 'visually-hidden' }, options.label),
      labelled(t.precision, this.precision),
      this.fields.semester, this.fields.month, this.fields.year, this.fields.day, this.error)
  }

  focus(): void {
    this.precision.focus()
  }

  /** Show what is written, unless a field of this date is being filled in. */
  refresh(): void {
    if (this.dom.contains(document.activeElement) && this.precision.value !== '') return
    const parts = parseDate(this.options.read())
    this.precision.value = parts.precision
    this.semester.value = parts.semester
    this.month.value = parts.month
    this.year.value = parts.year || this.usualYear()
    this.day.value = parts.day
    this.showFields()
  }

  private usualYear(): string {
    return this.options.context.data.programme.endsOn.slice(0, 4)
  }

  private showFields(): void {
    const precision = this.precision.value as Precision
    this.fields.day.hidden = precision !== 'day'
    this.fields.year.hidden = !['year', 'semester', 'month'].includes(precision)
    this.fields.semester.hidden = precision !== 'semester'
    this.fields.month.hidden = precision !== 'month'
  }

  private commit(): void {
    const parts: DateParts = {
      precision: this.precision.value as Precision,
      year: this.year.value.trim(),
      semester: this.semester.value,
      month: this.month.value,
      day: this.day.value,
    }
    const text = formatDate(parts)
    const isUnfinished = parts.precision === 'day' && parts.day === ''
    setText(this.error, text === null && !isUnfinished ? this.options.context.t.wrongDate : '')
    if (text !== null && text !== this.options.read()) this.options.write(text)
  }
}
