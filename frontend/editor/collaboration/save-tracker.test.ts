import { expect, test } from 'vitest'

import { SaveTracker } from './save-tracker'

const UPDATE = new Uint8Array([0, 2, 1])
const STEP_2 = new Uint8Array([0, 1, 1])
const AWARENESS = new Uint8Array([1, 1])

function connected(): SaveTracker {
  const tracker = new SaveTracker()
  tracker.connectionOpened()
  return tracker
}

test('saved only once the server has committed every document frame', () => {
  const tracker = connected()
  tracker.frameSent(UPDATE)
  tracker.frameSent(UPDATE)
  tracker.frameSent(AWARENESS)

  tracker.acknowledged(1)
  const between = tracker.state
  tracker.acknowledged(2)

  expect([between, tracker.state]).toEqual(['saving', 'saved'])
})

test('what was written offline is unsaved until it was sent and committed', () => {
  const tracker = connected()
  tracker.connectionLost('offline')
  tracker.written()
  tracker.connectionOpened()
  const beforeSync = tracker.state
  tracker.frameSent(STEP_2)
  const onItsWay = tracker.state
  tracker.acknowledged(1)

  expect([beforeSync, onItsWay, tracker.state]).toEqual(['saving', 'saving', 'saved'])
})

test('frames lost with the connection are unsaved', () => {
  const tracker = connected()
  tracker.frameSent(UPDATE)

  tracker.connectionLost('reconnecting')

  expect(tracker.isUnsaved).toBe(true)
  expect(tracker.state).toBe('reconnecting')
})

test('a server that cannot save is said to until all is saved', () => {
  const tracker = connected()
  tracker.frameSent(UPDATE)
  tracker.connectionLost('reconnecting')
  tracker.refusedToSave()
  const refused = tracker.state
  tracker.connectionOpened()
  tracker.frameSent(STEP_2)
  const triedAgain = tracker.state
  tracker.acknowledged(1)
  const atLast = tracker.state
  tracker.frameSent(UPDATE)

  expect([refused, triedAgain, atLast, tracker.state]).toEqual(['unsaved', 'unsaved', 'saved', 'saving'])
})

test('without network or once closed, that is said first', () => {
  const tracker = connected()
  tracker.frameSent(UPDATE)
  tracker.refusedToSave()

  tracker.connectionLost('offline')
  const offline = tracker.state
  tracker.closed({ code: 4403, reason: 'Non.' })

  expect([offline, tracker.state]).toEqual(['offline', 'closed'])
})

test('a closing for good is kept with its reason', () => {
  const tracker = connected()

  tracker.closed({ code: 4403, reason: 'Non.' })

  expect(tracker.state).toBe('closed')
  expect(tracker.closing).toEqual({ code: 4403, reason: 'Non.' })
})

test('offline, what was written is said to be kept once it is on the disk of the device', async () => {
  const tracker = connected()
  tracker.connectionLost('offline')
  tracker.written()
  const onDisk = Promise.resolve(true)

  tracker.keeping(onDisk)
  const before = tracker.state
  await onDisk

  expect(before).toBe('keeping')
  expect(tracker.state).toBe('offline')
})

test('a device that keeps nothing is never said to', async () => {
  const tracker = connected()
  tracker.connectionLost('offline')
  tracker.written()
  const refused = Promise.resolve(false)

  tracker.keeping(refused)
  await refused

  expect(tracker.state).toBe('keeping')
})
