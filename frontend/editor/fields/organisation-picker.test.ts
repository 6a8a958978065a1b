import { expect, test } from 'vitest'

import { EditorContext } from '../context'
import { EDITOR_DATA } from '../testing'
import { matching, OrganisationPicker } from './organisation-picker'

function openPicker(chosen: string[] = []) {
  const picker = new OrganisationPicker({
    label: 'Pilotes', context: new EditorContext(EDITOR_DATA), read: () => chosen, write: slugs => { chosen = slugs },
  })
  document.body.append(picker.dom)
  const input = picker.dom.querySelector('input')!
  const type = (text: string) => {
    input.value = text
    input.dispatchEvent(new Event('input'))
  }
  const press = (key: string) => input.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true, bubbles: true }))
  const options = () => Array.from(picker.dom.querySelectorAll('[role="option"]'), option => option.getAttribute('data-slug'))
  picker.refresh()
  return { picker, input, type, press, options, chosen: () => chosen }
}

test.each([['departement', ['adf']], ['NUMERIQUE', ['dinum']], ['etat', ['dinum', 'sgmap']], ['mod etat', ['sgmap']]])('« %s » finds %j', (typed, found) => {
  const colleges = new Map(EDITOR_DATA.colleges.map(college => [college.slug, college.name]))

  expect(matching(EDITOR_DATA.organisations, typed, slug => colleges.get(slug) ?? '').map(({ slug }) => slug)).toEqual(found)
})

test('organisations are grouped by college, each group named', () => {
  const { picker, type } = openPicker()
  type('')

  const groups = Array.from(picker.dom.querySelectorAll('[role="group"]'), group => document.getElementById(group.getAttribute('aria-labelledby')!)?.textContent)

  expect(groups).toEqual(['État', 'Collectivités territoriales'])
})

test('arrows walk, Enter chooses, a second Enter takes back', () => {
  const { type, press, input, chosen } = openPicker()
  type('')
  press('ArrowDown')
  press('ArrowDown')
  expect(document.getElementById(input.getAttribute('aria-activedescendant')!)?.dataset.slug).toBe('sgmap')

  press('Enter')
  expect(chosen()).toEqual(['sgmap'])
  press('Enter')

  expect(chosen()).toEqual([])
})

test('a chip is removed by its button, which says what it removes', () => {
  const { picker, chosen } = openPicker(['adf', 'dinum'])

  picker.dom.querySelector<HTMLElement>('[aria-label="Retirer ADF"]')!.click()

  expect(chosen()).toEqual(['dinum'])
})

test('Escape closes the list first', () => {
  const { type, press, input } = openPicker()
  type('')

  press('Escape')

  expect(input.getAttribute('aria-expanded')).toBe('false')
})
