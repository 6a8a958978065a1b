import { Extension } from '@tiptap/core'
import type { Editor } from '@tiptap/core'

import type { EditorContext } from '../context'
import { findActions } from '../structure'

/** Asks the server for a code. Throws CodeRefused when asking again is of no use, anything else when it is. */
export type RequestCode = (copiedFrom: string) => Promise<string>

export class CodeRefused extends Error {}

const FIRST_RETRY_MS = 2_000
const LAST_RETRY_MS = 60_000

/**
 * Gets a code for each action this person created or copied. Only its creator asks: if every open page did, one action
 * would use up several codes, and a code is never used again. What is waited for outlives the page.
 */
export class CodeKeeper {
  private readonly wanted: Map<string, string> // key of the action → code it was copied from
  private readonly refused = new Set<string>()
  private readonly inFlight = new Set<string>()
  private retry: ReturnType<typeof setTimeout> | undefined
  private retryAfterMs = FIRST_RETRY_MS
  isOnline = false

  constructor(
    private readonly editor: Editor,
    private readonly request: RequestCode,
    private readonly storageName: string,
    private readonly onChange: () => void,
  ) {
    this.wanted = new Map(this.load())
  }

  stateOf(key: string): 'waiting' | 'offline' | 'refused' | 'unasked' {
    if (this.refused.has(key)) return 'refused'
    if (!this.wanted.has(key)) return 'unasked'
    return this.isOnline ? 'waiting' : 'offline'
  }

  /** Want a code for the action with this key. copiedFrom: the code of the original, or ''. */
  want(key: string, copiedFrom: string): void {
    this.refused.delete(key)
    this.wanted.set(key, copiedFrom)
    this.store()
    void this.run()
  }

  /** Told at each key, as words are saved: only a change counts, it has every sheet drawn again. */
  setOnline(isOnline: boolean): void {
    if (isOnline === this.isOnline) return
    this.isOnline = isOnline
    this.onChange()
    if (isOnline) void this.run()
  }

  /** Ask for what is wanted and still in the text. Called again whenever the connection comes back. */
  async run(): Promise<void> {
    if (!this.isOnline) return
    const uncoded = new Set(findActions(this.editor.state.doc)
      .filter(action => !action.node.attrs.code)
      .map(action => String(action.node.attrs.key)))
    for (const [key, copiedFrom] of [...this.wanted]) {
      if (this.inFlight.has(key)) continue
      if (uncoded.has(key)) await this.ask(key, copiedFrom)
      else this.forget(key)
    }
  }

  destroy(): void {
    clearTimeout(this.retry)
  }

  private async ask(key: string, copiedFrom: string): Promise<void> {
    this.inFlight.add(key)
    try {
      const code = await this.request(copiedFrom)
      this.retryAfterMs = FIRST_RETRY_MS
      this.give(key, code)
      this.forget(key)
    } catch (error) {
      if (error instanceof CodeRefused) {
        this.refused.add(key)
        this.forget(key)
      } else {
        this.retry = setTimeout(() => void this.run(), this.retryAfterMs)
        this.retryAfterMs = Math.min(this.retryAfterMs * 2, LAST_RETRY_MS)
      }
    } finally {
      this.inFlight.delete(key)
      this.onChange()
    }
  }

  /** Write the code. Not part of what undo takes back: the code exists from now on, whatever is undone. */
  private give(key: string, code: string): void {
    if (this.editor.isDestroyed) return
    const action = findActions(this.editor.state.doc).find(({ node }) => node.attrs.key === key && !node.attrs.code)
    if (!action) return
    const { tr } = this.editor.state
    this.editor.view.dispatch(tr.setNodeAttribute(action.pos, 'code', code).setMeta('addToHistory', false))
  }

  private forget(key: string): void {
    this.wanted.delete(key)
    this.store()
  }

  private load(): [string, string][] {
    try {
      return JSON.parse(localStorage.getItem(this.storageName) ?? '[]') as [string, string][]
    } catch {
      return [] // storage forbidden or spoilt: the sheet offers a button to ask by hand
    }
  }

  private store(): void {
    try {
      if (this.wanted.size === 0) localStorage.removeItem(this.storageName)
      else localStorage.setItem(this.storageName, JSON.stringify([...this.wanted]))
    } catch {
      // storage forbidden: codes wanted live as long as the page
    }
  }
}

interface Options {
  context: EditorContext | null
  request: RequestCode | null
  storageName: string
}

declare module '@tiptap/core' {
  interface Storage {
    actionCodes: { keeper: CodeKeeper | null }
  }
}

/** Left out of readers' editors: it writes by itself. */
export const ActionCodes = Extension.create<Options, { keeper: CodeKeeper | null }>({
  name: 'actionCodes',
  addOptions: () => ({ context: null, request: null, storageName: '' }),
  addStorage: () => ({ keeper: null }),
  onBeforeCreate() {
    const { context, request, storageName } = this.options
    if (!context || !request) return
    const keeper = new CodeKeeper(this.editor, request, storageName, () => context.refresh())
    this.storage.keeper = keeper
    context.codeState = key => keeper.stateOf(key)
    context.requestCode = (key, copiedFrom) => keeper.want(key, copiedFrom)
  },
  onDestroy() {
    this.storage.keeper?.destroy()
  },
})
