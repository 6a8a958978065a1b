/** Knows whether all that was written here is on the server's disk. */

export type ConnectionState = 'connecting' | 'connected' | 'reconnecting' | 'offline' | 'closed'

export interface Closing {
  code: number
  reason: string
}

/** keeping: offline, and not all that was written is on this device's disk yet. unsaved: the server said it cannot save. */
export type SaveState = 'connecting' | 'saved' | 'saving' | 'unsaved' | 'offline' | 'keeping' | 'reconnecting' | 'closed'

const SYNC = 0
const STEP_2 = 1
const UPDATE = 2

/** Does this frame carry changes of the document? The server counts the same ones and says how many it has committed. */
export function isDocumentFrame(frame: Uint8Array): boolean {
  return frame[0] === SYNC && (frame[1] === STEP_2 || frame[1] === UPDATE)
}

export class SaveTracker {
  connection: ConnectionState = 'connecting'
  closing: Closing | null = null
  private sent = 0
  private saved = 0
  private hasUnsent = false
  private isRefusing = false // the server could not save what was sent last, and has not saved all since
  private notKept = 0
  private readonly listeners = new Set<() => void>()

  onChange(listener: () => void): void {
    this.listeners.add(listener)
  }

  /** A new connection counts from zero; what an older one left unacknowledged is sent again by the synchronisation. */
  connectionOpened(): void {
    this.sent = this.saved = 0
    this.closing = null
    this.change('connected')
  }

  frameSent(frame: Uint8Array): void {
    if (!isDocumentFrame(frame)) return
    this.sent += 1
    // Step 2 carries all the server lacks: what was written without connection is now on its way, and counted.
    if (frame[1] === STEP_2) this.hasUnsent = false
    this.tell()
  }

  /** The server has committed this many document frames since the connection opened. */
  acknowledged(count: number): void {
    this.saved = Math.max(this.saved, count)
    if (!this.isUnsaved) this.isRefusing = false
    this.tell()
  }

  /** The server says it cannot save for now. It is tried again; the page says so until all is saved. */
  refusedToSave(): void {
    this.isRefusing = true
    this.tell()
  }

  /** Something was written by this person. */
  written(): void {
    if (this.connection === 'connected') return
    this.hasUnsent = true
    this.tell()
  }

  /** The browser was asked to keep a change on this device; resolves to false where it cannot. */
  keeping(onDisk: Promise<boolean>): void {
    this.notKept += 1
    void onDisk.then(isKept => {
      if (!isKept) return
      this.notKept -= 1
      if (this.notKept === 0) this.tell()
    })
  }

  /** The connection ended; frames without acknowledgement may be lost on the way. */
  connectionLost(state: 'reconnecting' | 'offline'): void {
    this.hasUnsent ||= this.sent > this.saved
    this.change(state)
  }

  closed(closing: Closing): void {
    this.hasUnsent ||= this.sent > this.saved
    this.closing = closing
    this.change('closed')
  }

  get isUnsaved(): boolean {
    return this.hasUnsent || this.sent > this.saved
  }

  get state(): SaveState {
    if (this.connection === 'offline' && this.notKept > 0 && this.isUnsaved) return 'keeping'
    if (this.isRefusing && this.isUnsaved && this.connection !== 'offline' && this.connection !== 'closed') return 'unsaved'
    if (this.connection !== 'connected') return this.connection
    return this.isUnsaved ? 'saving' : 'saved'
  }

  private change(connection: ConnectionState): void {
    this.connection = connection
    this.tell()
  }

  private tell(): void {
    for (const listener of this.listeners) listener()
  }
}
