/** The shared document of this page: kept on this device, exchanged with the server, its saving followed. */
import { readVarUint } from 'lib0/decoding'
import { IndexeddbPersistence } from 'y-indexeddb'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'

import type { SharedDocumentData } from '../data'
import { isDocumentFrame, SaveTracker } from './save-tracker'

const SAVED_FRAME = 4 // our own message type: "so many document frames of this connection are committed"
const DEVICE_PATIENCE_MS = 3_000 // a browser that forbids storage must not keep the person waiting
const TOO_MANY = 4429
const NOT_SAVED = 4503

type SocketClass = typeof WebSocket

/**
 * A WebSocket that tells what it sends. Without the right to write it sends no change at all: whatever an extension may come
 * to write by itself, the server shuts out a reader who writes.
 */
export function countingSocket(
  tracker: SaveTracker,
  mayWrite: boolean,
  beforeMessage: () => void,
  Base: SocketClass = WebSocket,
): SocketClass {
  return class extends Base {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols)
      this.addEventListener('message', beforeMessage) // before the provider's: it sets its own later
    }

    override send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
      if (!mayWrite && data instanceof Uint8Array && isDocumentFrame(data)) return
      super.send(data as ArrayBuffer)
      if (data instanceof Uint8Array) tracker.frameSent(data)
    }
  } as SocketClass
}

/** Codes 4400 to 4499 are decisions of the server; all but "too many" would be the same the next time. */
export function shouldReconnect(code: number): boolean {
  return code === TOO_MANY || code < 4400 || code >= 4500
}

function socketOrigin(): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}`
}

/** What was handed to the device before this call is on its disk: transactions of one store are done in order. */
function isOnDisk(persistence: IndexeddbPersistence): Promise<boolean> {
  return new Promise(resolve => {
    const barrier = persistence.db?.transaction(['updates'], 'readwrite')
    if (!barrier) return resolve(false)
    barrier.oncomplete = () => resolve(true)
    barrier.onabort = barrier.onerror = () => resolve(false)
    barrier.objectStore('updates').count()
  })
}

/** Wait for the copy kept on this device, no longer than `DEVICE_PATIENCE_MS`. Readers keep none: they write nothing. */
async function openDevice(data: SharedDocumentData, doc: Y.Doc, tracker: SaveTracker): Promise<boolean> {
  if (!data.mayWrite || typeof indexedDB === 'undefined') {
    doc.on('update', () => tracker.keeping(Promise.resolve(false)))
    return false
  }
  const persistence = new IndexeddbPersistence(`concerte-${data.documentId}-${data.person.id}`, doc)
  doc.on('update', (_update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
    if (transaction.local) tracker.keeping(isOnDisk(persistence)) // listens after the persistence: its write comes first
  })
  const isLoaded = persistence.whenSynced.then(() => true)
  const gaveUp = new Promise<boolean>(resolve => { setTimeout(() => resolve(false), DEVICE_PATIENCE_MS) })
  return Promise.race([isLoaded, gaveUp]).catch(() => false)
}

export interface Connection {
  doc: Y.Doc
  provider: WebsocketProvider
  tracker: SaveTracker
  /** Resolves once there is a text to show: received, or kept on this device while offline. */
  whenReadable: Promise<void>
  /** Called before each message of the server is taken in. */
  beforeMessage: () => void
}

/** Open the document. The connection starts after the device's copy was read: read later, it would be sent as if just written. */
export function openConnection(data: SharedDocumentData): Connection {
  const doc = new Y.Doc()
  const tracker = new SaveTracker()
  const path = data.socketPath.replace(/\/[^/]+$/, '')
  const provider = new WebsocketProvider(socketOrigin() + path, data.documentId, doc, {
    connect: false,
    params: { saved: '1' },
    disableBc: true, // another tab would show changes before they are saved
    WebSocketPolyfill: countingSocket(tracker, data.mayWrite, () => connection.beforeMessage()),
    shouldReconnect: event => shouldReconnect(event.code),
  })
  provider.messageHandlers[SAVED_FRAME] = (_encoder, decoder) => tracker.acknowledged(readVarUint(decoder))
  provider.awareness.setLocalStateField('user', data.person)
  follow(provider, doc, tracker)
  const connect = () => {
    if (navigator.onLine) provider.connect()
    else tracker.connectionLost('offline')
  }
  const whenReadable = new Promise<void>(resolve => {
    provider.on('sync', isSynced => { if (isSynced) resolve() })
    void openDevice(data, doc, tracker).then(isLoaded => {
      connect()
      const showKept = () => { if (isLoaded && doc.store.clients.size > 0) resolve() }
      if (!navigator.onLine) showKept()
      provider.on('connection-error', showKept)
      window.addEventListener('offline', showKept)
    })
  })
  const connection: Connection = { doc, provider, tracker, whenReadable, beforeMessage: () => undefined }
  return connection
}

function follow(provider: WebsocketProvider, doc: Y.Doc, tracker: SaveTracker): void {
  provider.on('status', ({ status }) => {
    if (status === 'connected') tracker.connectionOpened()
    else if (tracker.connection !== 'closed' && status === 'disconnected') {
      tracker.connectionLost(navigator.onLine ? 'reconnecting' : 'offline')
    }
  })
  provider.on('connection-close', event => { if (event?.code === NOT_SAVED) tracker.refusedToSave() })
  provider.on('connection-error', () => {
    if (tracker.connection === 'connecting' || tracker.connection === 'offline') {
      tracker.connectionLost(navigator.onLine ? 'reconnecting' : 'offline')
    }
  })
  provider.on('closed', closing => tracker.closed(closing))
  doc.on('update', (_update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
    if (transaction.local) tracker.written()
  })
  // The browser knows at once; the socket only after half a minute of silence.
  window.addEventListener('offline', () => {
    if (tracker.connection === 'closed') return
    provider.disconnect()
    tracker.connectionLost('offline')
  })
  window.addEventListener('online', () => {
    if (tracker.connection === 'closed') return
    tracker.connectionLost('reconnecting')
    provider.connect()
  })
  window.addEventListener('beforeunload', event => {
    if (tracker.isUnsaved) event.preventDefault()
  })
}
