import { expect, test } from 'vitest'

import { messagesFor } from './messages'
import { formatDate, parseDate, sayDate } from './partial-date'

test.each(['2019', '2019-S2', '2019-06', '2019-06-30'])('%s is read and written back the same', text => {
  expect(formatDate(parseDate(text))).toBe(text)
})

test.each(['', '0000', '2019-13', '2019-S3', '2019-02-30', 'juin 2019', '2019-6'])('%j is no date', text => {
  expect(parseDate(text).precision).toBe('')
})

test('an incomplete date is not written', () => {
  expect(formatDate({ ...parseDate('2019'), year: '20' })).toBeNull()
})

test.each([
  ['2019', '2019'],
  ['2019-S1', '1er semestre 2019'],
  ['2019-06', 'juin 2019'],
  ['2019-06-01', '1er juin 2019'],
  ['bientôt', 'bientôt'],
])('%s is said « %s »', (text, said) => {
  expect(sayDate(text, messagesFor('fr'), 'fr')).toBe(said)
})
