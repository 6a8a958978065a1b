/** Small comforts of every page. Nothing here is needed: without it each page reads and works the same. */

/** Buttons which copy a text; hidden in the page, because without script they would do nothing. */
export function offerCopies(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
    if (!navigator.clipboard) continue
    const label = button.textContent ?? ''
    button.hidden = false
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(button.dataset.copy ?? '')
      } catch {
        return // the browser refused: the text stands beside the button, to be selected by hand
      }
      button.textContent = button.dataset.done ?? label
      button.addEventListener('blur', () => { button.textContent = label }, { once: true })
    })
  }
}

/** Menus close on Escape, and when one presses elsewhere; the focus goes back to what opened them. */
export function closeMenus(root: Document): void {
  const openMenus = (): NodeListOf<HTMLDetailsElement> => root.querySelectorAll<HTMLDetailsElement>('details.menu[open]')
  root.addEventListener('keydown', event => {
    if (event.key !== 'Escape') return
    for (const menu of openMenus()) {
      menu.open = false
      menu.querySelector('summary')?.focus()
    }
  })
  root.addEventListener('click', event => {
    for (const menu of openMenus()) {
      if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false
    }
  })
}

/** What is folded is printed too. */
export function unfoldForPrint(): void {
  let folded: HTMLDetailsElement[] = []
  addEventListener('beforeprint', () => {
    folded = [...document.querySelectorAll<HTMLDetailsElement>('main details:not([open])')]
    for (const details of folded) details.open = true
  })
  addEventListener('afterprint', () => {
    for (const details of folded) details.open = false
  })
}
