import { expect, test } from 'vitest'

import { openEditor } from '../testing'
import { addressFromTyping, safeAddress } from './link'

test.each([
  ['https://exemple.fr/a b', 'https://exemple.fr/a%20b'],
  ['mailto:a@exemple.fr', 'mailto:a@exemple.fr'],
  ['tel:+33123', 'tel:+33123'],
  ['/programmes/essai', '/programmes/essai'],
  ['//autre.fr', null],
  ['javascript:alert(1)', null],
  ['java\tscript:alert(1)', null],
  ['data:text/html,x', null],
  ['', null],
])('the address %j is followed as %j', (address, safe) => {
  expect(safeAddress(address)).toBe(safe)
})

test('an e-mail and a bare domain are understood', () => {
  expect(addressFromTyping('prenom@exemple.fr')).toBe('mailto:prenom@exemple.fr')
  expect(addressFromTyping(' exemple.fr/page ')).toBe('https://exemple.fr/page')
})

test('an unsafe address written by another copy is not drawn', () => {
  const { editor } = openEditor({
    type: 'doc',
    content: [{ type: 'preamble', content: [{ type: 'paragraph', content: [{ type: 'text', text: 'x', marks: [{ type: 'link', attrs: { href: 'javascript:alert(1)' } }] } as never] }] }],
  })

  expect(editor.view.dom.querySelector('a')?.hasAttribute('href')).toBe(false)
})
