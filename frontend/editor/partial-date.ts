/** Dates known to the year, the semester, the month or the day: `2019`, `2019-S1`, `2019-06`, `2019-06-30`. */
import type { Messages } from './messages'

export type Precision = '' | 'year' | 'semester' | 'month' | 'day'

export interface DateParts {
  precision: Precision
  year: string
  semester: string // '1' or '2'
  month: string // '01' to '12'
  day: string // '2019-06-30'
}

/** Take a written date apart. What cannot be read has precision ''. */
export function parseDate(text: string): DateParts {
  const parts: DateParts = { precision: '', year: '', semester: '1', month: '01', day: '' }
  const match = /^(\d{4})(?:-(?:S([12])|(\d{2})(?:-(\d{2}))?))?$/.exec(text)
  if (!match?.[1] || match[1] === '0000') return parts
  const [, year, semester, month, day] = match
  if (semester) return { ...parts, precision: 'semester', year, semester }
  if (!month) return { ...parts, precision: 'year', year }
  if (Number(month) < 1 || Number(month) > 12) return parts
  const half = Number(month) <= 6 ? '1' : '2'
  if (!day) return { ...parts, precision: 'month', year, month, semester: half }
  const lastDay = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  if (Number(day) < 1 || Number(day) > lastDay) return parts
  return { precision: 'day', year, month, semester: half, day: text }
}

/** Write the date at the precision chosen, or null when it is not complete. '' is an unknown date. */
export function formatDate(parts: DateParts): string | null {
  if (parts.precision === '') return ''
  const text = {
    year: parts.year,
    semester: `${parts.year}-S${parts.semester}`,
    month: `${parts.year}-${parts.month}`,
    day: parts.day,
  }[parts.precision]
  return parseDate(text).precision === parts.precision ? text : null
}

const monthFormats = new Map<string, Intl.DateTimeFormat>() // making one costs more than all else a date needs

/** The name of a month, '01' to '12'. */
export function monthName(month: string, language: string): string {
  const format = monthFormats.get(language) ?? new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' })
  monthFormats.set(language, format)
  return format.format(new Date(Date.UTC(2000, Number(month) - 1, 1)))
}

/** The date as people say it: « juin 2019 », « 1er semestre 2019 ». A text that is no date is shown as it stands. */
export function sayDate(text: string, t: Messages, language: string): string {
  const parts = parseDate(text)
  if (parts.precision === 'semester') return t.semesterOf(Number(parts.semester), parts.year)
  if (parts.precision === 'month') return `${monthName(parts.month, language)} ${parts.year}`
  if (parts.precision === 'day') {
    const day = Number(text.slice(8))
    return `${day === 1 ? t.firstOfMonth : day} ${monthName(parts.month, language)} ${parts.year}`
  }
  return text
}
