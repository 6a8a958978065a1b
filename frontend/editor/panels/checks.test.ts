import { afterEach, expect, test, vi } from 'vitest'

import { messagesFor } from '../messages'
import { ChecksPanel, withoutCode, type Finding } from './checks'

afterEach(() => vi.unstubAllGlobals())

const finding = (changes: Partial<Finding> = {}): Finding =>
  ({ severity: 'blocking', code: 'no-pilot', message: 'EXO-01\u00a0: aucun pilote.', action: 'EXO-01', key: '', axis: '', place: 'pilots', ...changes })

async function open(answer: () => Promise<Response>) {
  vi.stubGlobal('fetch', vi.fn(answer))
  const goTo = vi.fn()
  const panel = new ChecksPanel({ url: '/v.json', pageUrl: '/v', t: messagesFor('fr'), goTo, onResult: () => undefined })
  await panel.load()
  return { panel, goTo }
}

const answerWith = (findings: Finding[]) => () => Promise.resolve(new Response(JSON.stringify({
  blocking: findings.filter(({ severity }) => severity === 'blocking').length,
  advisory: findings.filter(({ severity }) => severity === 'advisory').length,
  findings,
})))

test('each finding is a button that leads to its place, what blocks first', async () => {
  const { panel, goTo } = await open(answerWith([finding({ severity: 'advisory', message: 'Un conseil.' }), finding()]))
  const buttons = Array.from(panel.dom.querySelectorAll<HTMLElement>('.ed-finding'))

  buttons[0]!.click()

  expect(buttons.map(button => button.textContent)).toEqual(['Bloquant Aucun pilote.', 'Conseil Un conseil.'])
  expect(goTo).toHaveBeenCalledWith(expect.objectContaining({ place: 'pilots', action: 'EXO-01' }))
  expect(panel.dom.querySelector('[role="status"]')?.textContent).toBe('1 point bloquant, 1 conseil')
})

test('nothing missing is said', async () => {
  const { panel } = await open(answerWith([]))

  expect(panel.dom.querySelector('[role="status"]')?.textContent).toBe('Rien ne manque')
})

test('a failure is said, and can be tried again', async () => {
  const { panel } = await open(() => Promise.reject(new TypeError('offline')))
  expect(panel.dom.querySelector('[role="status"]')?.textContent).toBe('Les vérifications n’ont pas pu être lues.')
  vi.stubGlobal('fetch', vi.fn(answerWith([])))

  panel.dom.querySelector<HTMLElement>('.ed-findings button')!.click()

  await vi.waitFor(() => expect(panel.dom.querySelector('[role="status"]')?.textContent).toBe('Rien ne manque'))
})

test('the code is not said twice', () => {
  expect(withoutCode(finding())).toBe('Aucun pilote.')
  expect(withoutCode(finding({ action: '', message: 'le texte est vide.' }))).toBe('Le texte est vide.')
})
