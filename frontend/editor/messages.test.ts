import { expect, test } from 'vitest'

import { messagesFor } from './messages'

/** Every sentence, those with blanks filled with a word and a number. */
function sentences(language: string): [string, string][] {
  return Object.entries(messagesFor(language)).map(([name, value]) =>
    [name, typeof value === 'function' ? (value as (...parts: unknown[]) => string)('mot', 'mot', 3) : value])
}

test('French is spaced as French is: no plain space before : ; ! ? nor inside « », and typographic apostrophes', () => {
  const wrong = sentences('fr').filter(([, text]) => / [:;!?»]|« |[a-zé][;!?]|'/.test(text))

  expect(wrong).toEqual([])
})

test('nothing and one are singular in French', () => {
  const t = messagesFor('fr')

  expect([t.checksBlocking(0), t.checksAdvisory(0), t.outlineBlocking(0), t.checksAdvisory(1)]).toEqual(
    ['0 point bloquant', '0 conseil', '0 point bloquant', '1 conseil'])
})

test('English is English', () => {
  const same = sentences('en').filter(([name, text]) => messagesFor('fr')[name as 'saved'] === text).map(([name]) => name)

  expect(same).toEqual(['day'])
})

test('French unless English is asked for', () => {
  expect(messagesFor('en-gb').saved).toBe('Saved')
  expect(messagesFor('de').saved).toBe('Enregistré')
})
