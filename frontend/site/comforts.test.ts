import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { closeMenus, offerCopies, unfoldForPrint } from './comforts'

const DIGEST = 'sha256:abc'

function offer(writeText: (text: string) => Promise<void>): HTMLButtonElement {
  vi.stubGlobal('navigator', { clipboard: { writeText } })
  document.body.innerHTML = `<button hidden data-copy="${DIGEST}" data-done="Copiée">Copier</button>`
  offerCopies(document)
  return document.querySelector('button')!
}

beforeEach(() => { document.body.innerHTML = '' })
afterEach(() => { vi.unstubAllGlobals() })

describe('a button which copies', () => {
  it('shows itself and says that it is done', async () => {
    const copied: string[] = []
    const button = offer(async text => { copied.push(text) })

    button.click()
    await vi.waitFor(() => expect(button.textContent).toBe('Copiée'))

    expect(button.hidden).toBe(false)
    expect(copied).toEqual([DIGEST])
  })

  it('keeps its word after a second press', async () => {
    const button = offer(async () => {})

    button.click()
    await vi.waitFor(() => expect(button.textContent).toBe('Copiée'))
    button.click()
    button.dispatchEvent(new Event('blur'))

    expect(button.textContent).toBe('Copier')
  })

  it('claims nothing when the browser refuses', async () => {
    const refusal = vi.fn(async () => { throw new Error('refused') })
    const button = offer(refusal)

    button.click()
    await vi.waitFor(() => expect(refusal).toHaveBeenCalled())

    expect(button.textContent).toBe('Copier')
  })

  it('stays hidden where nothing can be copied', () => {
    vi.stubGlobal('navigator', {})
    document.body.innerHTML = '<button hidden data-copy="x">Copier</button>'

    offerCopies(document)

    expect(document.querySelector('button')!.hidden).toBe(true)
  })
})

describe('a menu', () => {
  function opened(): HTMLDetailsElement {
    document.body.innerHTML = '<details class="menu" open><summary>Menu</summary><a href="#x">x</a></details><p>ailleurs</p>'
    closeMenus(document)
    return document.querySelector('details')!
  }

  it('closes on Escape and gives the focus back', () => {
    const menu = opened()

    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))

    expect(menu.open).toBe(false)
    expect(document.activeElement).toBe(menu.querySelector('summary'))
  })

  it('closes when one presses elsewhere, not when one presses inside', () => {
    const menu = opened()

    menu.querySelector('a')!.click()
    const isOpenAfterInside = menu.open
    document.querySelector('p')!.click()

    expect(isOpenAfterInside).toBe(true)
    expect(menu.open).toBe(false)
  })
})

describe('printing', () => {
  it('unfolds what is folded, then folds it again', () => {
    document.body.innerHTML = '<main><details></details></main>'
    unfoldForPrint()
    const details = document.querySelector('details')!

    dispatchEvent(new Event('beforeprint'))
    const isOpenOnPaper = details.open
    dispatchEvent(new Event('afterprint'))

    expect(isOpenOnPaper).toBe(true)
    expect(details.open).toBe(false)
  })
})
