/** One line of free text. Written when the person leaves it: two people typing in it at once would overwrite each other letter by letter. */
import { el } from '../dom'
import type { FieldControl } from './row'

export interface TextOptions {
  label: string
  hint: string
  read: () => string
  write: (text: string) => void
}

export class TextControl implements FieldControl {
  readonly dom: HTMLElement
  private readonly input: HTMLInputElement

  constructor(private readonly options: TextOptions) {
    const commit = () => {
      const text = this.unwritten()
      if (text !== null) options.write(text)
    }
    this.input = el('input', { class: 'ed-input', type: 'text', 'aria-label': options.label, placeholder: options.hint, maxlength: 500, change: commit })
    this.input.addEventListener('keydown', event => {
      if (event.key === 'Enter') commit()
    })
    this.dom = el('div', {}, this.input)
  }

  focus(): void {
    this.input.focus()
  }

  unwritten(): string | null {
    const text = this.input.value.replace(/\s+/g, ' ').trim()
    return text === this.options.read() ? null : text
  }

  refresh(): void {
    if (document.activeElement !== this.input) this.input.value = this.options.read()
  }
}
