import { expect, test } from 'vitest'

import { changesOfList, readList } from './lists'

test('a list is read as programme.reading reads it: what it began with, then each change', () => {
  const attributes = {
    'pilots': 'dinum amf dinum', 'pilots:amf': '', 'pilots:sgmap': '2', 'pilots:adf': '2', 'partners': 'cnil', 'partners:cnil': 'x', 'pilots:': '3', 'pilots:a b': '4', 'partners:anct': '0',
  }

  expect(readList(attributes, 'pilots')).toBe('dinum adf sgmap')
  expect(readList(attributes, 'partners')).toBe('anct')
})

test('only the names that come or go are written, in the order they were chosen', () => {
  const attributes = { pilots: 'dinum amf' }

  const changes = changesOfList(attributes, 'pilots', 'amf sgmap adf')

  expect(changes).toEqual({ 'pilots:dinum': '', 'pilots:sgmap': '2', 'pilots:adf': '3' })
  expect(readList({ ...attributes, ...changes }, 'pilots')).toBe('amf sgmap adf')
})
