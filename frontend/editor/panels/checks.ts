/** What still misses before publication. Asked again after what was written is saved. */
import { el, setText } from '../dom'
import type { Messages } from '../messages'

export interface Finding {
  severity: 'blocking' | 'advisory'
  code: string
  message: string
  action: string // code, or ''
  key: string
  axis: string // id, or ''
  place: string // "pilots", "title", "section:deliverables"…
}

export interface ChecksResult {
  blocking: number
  advisory: number
  findings: Finding[]
}

const CALM_MS = 1_500

/** The message without the code it begins with: the title of its group has just said it. */
export function withoutCode({ message, action }: Finding): string {
  const start = action && message.startsWith(action) ? message.slice(action.length).replace(/^[\s\u00a0\u202f]*:[\s\u00a0]*/, '') : message
  return start.charAt(0).toUpperCase() + start.slice(1)
}

export interface ChecksOptions {
  url: string
  pageUrl: string
  t: Messages
  goTo: (finding: Finding) => void
  onResult: (result: ChecksResult) => void
}

export class ChecksPanel {
  readonly dom: HTMLElement
  private readonly summary: HTMLElement
  private readonly count = el('span', { class: 'ed-count' })
  private readonly said = el('p', { class: 'ed-checks-said', role: 'status' })
  private readonly list = el('div', { class: 'ed-findings' })
  private timer: ReturnType<typeof setTimeout> | undefined
  private shown = ''
  private asked = 0

  constructor(private readonly options: ChecksOptions) {
    const { t, pageUrl } = options
    this.summary = el('summary', { class: 'ed-panel-title' }, el('h2', {}, t.checksTitle), this.count)
    this.dom = el('details', { class: 'ed-panel ed-checks', open: window.matchMedia('(min-width: 64rem)').matches }, this.summary, this.said, this.list,
      el('p', { class: 'ed-panel-foot' }, el('a', { href: pageUrl }, t.checksPageLink)))
    setText(this.said, t.checksLoading)
  }

  /** Ask once nothing has called this for a moment. */
  schedule(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.load(), CALM_MS)
  }

  async load(): Promise<void> {
    clearTimeout(this.timer)
    this.asked += 1
    const turn = this.asked
    try {
      const response = await fetch(this.options.url, { headers: { Accept: 'application/json' }, credentials: 'same-origin' })
      if (!response.ok) throw new Error(`checks answered ${response.status}`)
      const result = await response.json() as ChecksResult
      if (turn === this.asked) this.show(result)
    } catch {
      if (turn === this.asked) this.fail()
    }
  }

  private show(result: ChecksResult): void {
    const { t, onResult } = this.options
    onResult(result)
    const now = JSON.stringify(result.findings)
    if (now === this.shown) return
    this.shown = now
    this.count.dataset.blocking = String(result.blocking)
    setText(this.count, String(result.blocking + result.advisory || ''))
    const isClear = result.findings.length === 0
    setText(this.said, isClear ? t.checksNone : `${t.checksBlocking(result.blocking)}, ${t.checksAdvisory(result.advisory)}`)
    this.said.dataset.state = isClear ? 'clear' : result.blocking > 0 ? 'blocking' : 'advisory'
    const focused = this.focusedIndex()
    this.list.replaceChildren(...(isClear ? [el('p', { class: 'ed-hint' }, t.checksNoneDetail)] : this.groups(result.findings)))
    if (focused >= 0) this.buttons()[Math.min(focused, this.buttons().length - 1)]?.focus()
  }

  private fail(): void {
    const { t } = this.options
    this.shown = ''
    setText(this.said, t.checksFailed)
    this.said.dataset.state = 'failed'
    this.list.replaceChildren(el('button', { type: 'button', class: 'ed-chip-button', click: () => void this.load() }, t.retry))
  }

  private buttons(): HTMLElement[] {
    return Array.from(this.list.querySelectorAll<HTMLElement>('.ed-finding'))
  }

  private focusedIndex(): number {
    return this.buttons().indexOf(document.activeElement as HTMLElement)
  }

  /** Action by action, in the order given, what blocks first. */
  private groups(findings: Finding[]): HTMLElement[] {
    const groups = new Map<string, Finding[]>()
    for (const finding of findings) {
      const name = finding.action || finding.key || finding.axis
      groups.set(name, [...(groups.get(name) ?? []), finding])
    }
    return [...groups].map(([name, group]) => {
      const ordered = [...group].sort((a, b) => Number(a.severity === 'advisory') - Number(b.severity === 'advisory'))
      const title = group[0]?.action || (group[0]?.key ? this.options.t.newAction : name ? this.options.t.axis : this.options.t.checksWhole)
      return el('section', { class: 'ed-finding-group' },
        el('h3', {}, title),
        el('ul', { role: 'list' }, ...ordered.map(finding => el('li', {}, this.line(finding)))))
    })
  }

  private line(finding: Finding): HTMLElement {
    const { t, goTo } = this.options
    const mark = finding.severity === 'blocking' ? t.checksBlockingMark : t.checksAdvisoryMark
    return el('button', { type: 'button', class: 'ed-finding', 'data-severity': finding.severity, click: () => goTo(finding) },
      el('span', { class: 'ed-finding-mark' }, mark), ' ', el('span', {}, withoutCode(finding)))
  }
}
