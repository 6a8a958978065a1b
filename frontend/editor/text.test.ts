import { expect, test } from 'vitest'

import { fold, randomName, words } from './text'

test('accents, case, ligatures and apostrophes do not matter', () => {
  expect(fold('L’Œuvre des Départements')).toBe("l'oeuvre des departements")
})

test('an attribute of names is split on any space', () => {
  expect(words(' a  b\nc ')).toEqual(['a', 'b', 'c'])
  expect(words(null)).toEqual([])
})

test('random names are long enough and differ', () => {
  expect(randomName(12)).toMatch(/^[a-z2-9]{12}$/)
  expect(randomName(12)).not.toBe(randomName(12))
})
