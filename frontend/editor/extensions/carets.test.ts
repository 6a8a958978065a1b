import { expect, test } from 'vitest'

import { drawCaret } from './carets'

test('a caret shows name and college by attributes: no inline style, no text to be copied', () => {
  const caret = drawCaret({ id: 2, name: 'Jean <b>', appearance: 2, color: 'red' })

  expect(caret.getAttribute('style')).toBeNull()
  expect(caret.dataset).toMatchObject({ name: 'Jean <b>', appearance: '2' })
  expect(caret.textContent).toBe('')
})

test('a caret of somebody who says nothing of themselves is drawn all the same', () => {
  expect(drawCaret(null).dataset).toMatchObject({ name: '?', appearance: '0' })
})
