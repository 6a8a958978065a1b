import { expect, test, vi } from 'vitest'

import { actionNamed, caretIn, openEditor, order, select } from '../testing'

test('a pasted sheet is a copy without code, which asks for its own', () => {
  const { editor, context } = openEditor()
  const requestCode = vi.spyOn(context, 'requestCode')
  caretIn(editor, 'Trois')

  editor.view.pasteHTML('<article data-node="action" data-code="EXO-01" data-key="vieille" data-stage="adopted" data-pm-slice="0 0 []"><h3 data-node="actionTitle">Collée</h3></article>')

  const copy = editor.state.doc.lastChild?.lastChild
  expect(copy?.textContent).toBe('Collée')
  expect(copy?.attrs).toMatchObject({ code: '', stage: 'proposed' })
  expect(copy?.attrs.key).not.toBe('vieille')
  expect(requestCode).toHaveBeenCalledExactlyOnceWith(copy?.attrs.key, 'EXO-01')
})

test('a pasted sheet never takes over the code of another programme', () => {
  const { editor, context } = openEditor()
  const requestCode = vi.spyOn(context, 'requestCode')
  caretIn(editor, 'Un')

  editor.view.pasteHTML('<article data-node="action" data-code="AUTRE-07" data-pm-slice="0 0 []"><h3 data-node="actionTitle">Collée</h3></article>')

  expect(requestCode.mock.calls[0]?.[1]).toBe('')
  expect(order(editor)).not.toContain('AUTRE-07')
})

test('text pasted in a title stays on one line', () => {
  const { editor } = openEditor()
  caretIn(editor, 'Deux', 4)

  editor.view.pasteHTML('<p>et</p><p>demi</p>')

  expect(actionNamed(editor, 'EXO-02').node.firstChild?.textContent).toBe('Deuxet demi')
})

test('plain text keeps its paragraphs', () => {
  const { editor } = openEditor()
  caretIn(editor, 'Préambule', 9)

  editor.view.pasteText(' un\n\ndeux')

  expect(editor.state.doc.child(1).children.map(node => node.textContent)).toEqual(['Préambule un', 'deux'])
})

test('parts of a sheet pasted in a text become paragraphs', () => {
  const { editor } = openEditor()
  caretIn(editor, 'Préambule', 9)

  editor.view.pasteHTML('<h3 data-node="actionTitle" data-pm-slice="1 1 []">Titre</h3><section data-node="actionSection" data-kind="problem"><p>Texte</p></section>')

  expect(editor.state.doc.child(1).textContent).toBe('PréambuleTitreTexte')
  expect(editor.state.doc.child(1).children.every(node => node.type.name === 'paragraph')).toBe(true)
})

test('an address pasted on words makes them a link', () => {
  const { editor } = openEditor()
  select(editor, 'Préambule', 0, 'Préambule', 3)
  const clipboardData = new DataTransfer()
  clipboardData.setData('text/plain', 'https://exemple.fr')

  editor.view.pasteText('https://exemple.fr', new ClipboardEvent('paste', { clipboardData }))

  const words = editor.state.doc.child(1).firstChild?.firstChild
  expect(words?.text).toBe('Pré')
  expect(words?.marks[0]?.attrs).toEqual({ href: 'https://exemple.fr' })
})
