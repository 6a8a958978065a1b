import { expect, test } from 'vitest'

import { countingSocket, shouldReconnect } from './connection'
import { SaveTracker } from './save-tracker'

const sent: unknown[] = []
class FakeSocket extends EventTarget {
  send(data: unknown): void {
    sent.push(data)
  }
}

function open(mayWrite: boolean, tracker = new SaveTracker(), before = () => undefined as void): WebSocket {
  sent.length = 0
  const Socket = countingSocket(tracker, mayWrite, before, FakeSocket as unknown as typeof WebSocket)
  return new Socket('ws://essai')
}

test.each([[4400, false], [4401, false], [4403, false], [4404, false], [4409, false], [4413, false], [4429, true], [4503, true], [1012, true], [1006, true]])(
  'after %i, connect again: %s',
  (code, again) => expect(shouldReconnect(code)).toBe(again),
)

test('document frames are counted', () => {
  const tracker = new SaveTracker()
  tracker.connectionOpened()

  open(true, tracker).send(new Uint8Array([0, 2, 0]))

  expect(tracker.state).toBe('saving')
})

test('without the right to write, no change leaves the browser, while questions and presence do', () => {
  const socket = open(false)
  const frames = [[0, 0], [0, 1, 0], [0, 2, 0], [1, 0]].map(bytes => new Uint8Array(bytes))

  for (const frame of frames) socket.send(frame)

  expect(sent).toEqual([frames[0], frames[3]])
})

test('the page hears of a message before the document changes', () => {
  const heard: string[] = []
  const socket = open(true, new SaveTracker(), () => { heard.push('page') })
  socket.addEventListener('message', () => heard.push('document'))

  socket.dispatchEvent(new Event('message'))

  expect(heard).toEqual(['page', 'document'])
})
