import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { SaveTracker } from '../collaboration/save-tracker'
import { messagesFor } from '../messages'
import { ClosedNotice, StatusPill } from './status'

const UPDATE = new Uint8Array([0, 2, 1])

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

function open() {
  const tracker = new SaveTracker()
  const pill = new StatusPill(tracker, messagesFor('fr'), true)
  tracker.connectionOpened()
  return { tracker, pill }
}

test('a saving shorter than a moment is not said', () => {
  const { tracker, pill } = open()

  tracker.frameSent(UPDATE)
  const during = pill.dom.textContent
  tracker.acknowledged(1)
  vi.advanceTimersByTime(5_000)

  expect([during, pill.dom.textContent]).toEqual(['Enregistré', 'Enregistré'])
})

test('a saving that lasts is said, however much is written meanwhile', () => {
  const { tracker, pill } = open()

  for (let second = 0; second < 3; second += 1) {
    tracker.frameSent(UPDATE)
    vi.advanceTimersByTime(500)
  }

  expect(pill.dom.textContent).toBe('Enregistrement…')
})

test('offline is said at once, and so is being saved again', () => {
  const { tracker, pill } = open()

  tracker.connectionLost('offline')
  const away = pill.dom.textContent
  tracker.connectionOpened()

  expect(away).toBe('Hors ligne\u00a0: ce que vous écrivez est gardé sur cet appareil')
  expect(pill.dom.textContent).toBe('Enregistré')
})

test('an ended session leads to the sign-in page, other closings to a reload', () => {
  const tracker = new SaveTracker()
  const notice = new ClosedNotice({ tracker, t: messagesFor('fr'), editor: () => null, signInUrl: '/connexion?next=/x' })
  const ways = () => Array.from(notice.dom.querySelectorAll('a, button'), way => way.textContent)

  tracker.closed({ code: 4401, reason: '' })
  const signedOut = ways()
  tracker.closed({ code: 4404, reason: '' })

  expect(signedOut).toEqual(['Se connecter', 'Recharger la page', 'Copier le texte'])
  expect(ways()).toEqual(['Recharger la page', 'Copier le texte'])
  expect(notice.dom.textContent).toContain('Ce texte n’existe pas')
})
