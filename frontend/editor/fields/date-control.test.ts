import { expect, test } from 'vitest'

import { EditorContext } from '../context'
import { EDITOR_DATA } from '../testing'
import { DateControl } from './date-control'

function openDate(text: string) {
  let written = text
  const control = new DateControl({ label: 'Échéance', context: new EditorContext(EDITOR_DATA), read: () => written, write: value => { written = value } })
  document.body.append(control.dom)
  control.refresh()
  const field = (name: string) => control.dom.querySelector<HTMLInputElement>(`[name="${name}"]`)!
  const set = (name: string, value: string) => {
    field(name).value = value
    field(name).dispatchEvent(new Event('change', { bubbles: true }))
  }
  return { control, field, set, written: () => written }
}

test('choosing a month of a year writes it at that precision', () => {
  const { set, written } = openDate('')

  set('precision', 'month')
  set('month', '06')
  set('year', '2027')

  expect(written()).toBe('2027-06')
})

test('an unknown date is a choice', () => {
  const { set, written } = openDate('2027-S1')

  set('precision', '')

  expect(written()).toBe('')
})

test('a year that is none is said and not written', () => {
  const { control, set, written } = openDate('2027')

  set('year', '27')

  expect(written()).toBe('2027')
  expect(control.dom.querySelector('[role="alert"]')?.textContent).toBe('Cette date ne peut pas être lue.')
})

test('only the fields of the precision are shown', () => {
  const { field } = openDate('2027-S1')

  const shown = ['year', 'semester', 'month', 'day'].filter(name => !field(name).closest('.ed-labelled')?.hasAttribute('hidden'))

  expect(shown).toEqual(['year', 'semester'])
})
