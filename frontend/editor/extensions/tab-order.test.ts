import { afterEach, expect, test, vi } from 'vitest'

import { actionNamed, caretIn, openEditor, press } from '../testing'

afterEach(() => vi.restoreAllMocks())

/** happy-dom draws nothing: say that everything is on the page. */
function openDrawn() {
  document.body.replaceChildren()
  vi.spyOn(HTMLElement.prototype, 'getClientRects').mockReturnValue([{}] as unknown as DOMRectList)
  return openEditor()
}

test('Tab in a title goes to the facts of that very sheet', () => {
  const { editor } = openDrawn()
  caretIn(editor, 'Deux', 1)

  press(editor, 'Tab')

  const sheet = document.activeElement?.closest<HTMLElement>('.ed-sheet')
  expect(sheet?.dataset.code).toBe('EXO-02')
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Modifier\u00a0: Pilotes')
})

test('Escape in a control goes back to the text', () => {
  const { editor } = openDrawn()
  caretIn(editor, 'Deux', 1)
  press(editor, 'Tab')

  document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }))

  expect(document.activeElement).toBe(editor.view.dom)
  expect(actionNamed(editor, 'EXO-02').node.firstChild?.textContent).toBe('Deux')
})
