import { expect, test } from 'vitest'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'

import { messagesFor } from '../messages'
import { EDITOR_DATA } from '../testing'
import { initials, PresenceList, peopleHere, readPerson } from './presence'

const self = EDITOR_DATA.person

function awarenessWith(...users: unknown[]): Awareness {
  const awareness = new Awareness(new Y.Doc())
  users.forEach((user, index) => awareness.states.set(1000 + index, { user }))
  return awareness
}

test('a person with two pages open is here once', () => {
  const jean = { id: 2, name: 'Jean Dubois', organisation: 'AMF', college: 'collectivites', appearance: 2 }

  expect(peopleHere(awarenessWith(jean, jean, self), self).map(person => person.name)).toEqual(['Claire Morel', 'Jean Dubois'])
})

test('what another browser says of its person is read with care', () => {
  expect(readPerson({ id: {}, name: 7, appearance: '"><script>' })).toEqual({ id: '', name: '?', organisation: '', college: '', appearance: 0 })
  expect(readPerson({ name: 'x'.repeat(5000) }).name).toHaveLength(120)
})

test('the list names people, organisations and this person', () => {
  const list = new PresenceList(awarenessWith({ id: 2, name: 'Jean Dubois', organisation: 'AMF', appearance: 2 }), self, messagesFor('fr'))

  const said = Array.from(list.dom.querySelectorAll('.visually-hidden'), element => element.textContent)

  expect(said).toEqual(['Claire Morel, DINUM (vous)', 'Jean Dubois, AMF'])
})

test.each([['Claire Morel', 'CM'], ['Jean-Pierre Le Goff', 'JG'], ['Coordination (exemple)', 'C'], ['', '?']])(
  'the initials of « %s » are letters of the name',
  (name, expected) => {
    expect(initials(name)).toBe(expected)
  },
)
