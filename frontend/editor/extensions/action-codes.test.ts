import { beforeEach, expect, test, vi } from 'vitest'

import { actionNamed, openEditor } from '../testing'
import { findActions } from '../structure'
import { CodeKeeper, CodeRefused } from './action-codes'

beforeEach(() => localStorage.clear())

function openWithUncoded() {
  const { editor } = openEditor()
  editor.commands.addAction(actionNamed(editor, 'EXO-03').axis.pos, 'cle')
  const codeOf = () => findActions(editor.state.doc).find(({ node }) => node.attrs.key === 'cle')?.node.attrs.code
  return { editor, codeOf }
}

test('offline, the code waits; once back it is asked for once and written', async () => {
  const { editor, codeOf } = openWithUncoded()
  const request = vi.fn().mockResolvedValue('EXO-04')
  const keeper = new CodeKeeper(editor, request, 'codes', () => undefined)

  keeper.want('cle', 'EXO-01')
  expect(keeper.stateOf('cle')).toBe('offline')
  keeper.setOnline(true)
  await vi.waitFor(() => expect(codeOf()).toBe('EXO-04'))
  await keeper.run()

  expect(request).toHaveBeenCalledExactlyOnceWith('EXO-01')
})

test('what is wanted outlives the page', async () => {
  const { editor, codeOf } = openWithUncoded()
  new CodeKeeper(editor, vi.fn(), 'codes', () => undefined).want('cle', '')

  new CodeKeeper(editor, () => Promise.resolve('EXO-07'), 'codes', () => undefined).setOnline(true)

  await vi.waitFor(() => expect(codeOf()).toBe('EXO-07'))
})

test('undo does not take back a code', async () => {
  const { editor, codeOf } = openWithUncoded()
  const keeper = new CodeKeeper(editor, () => Promise.resolve('EXO-04'), 'codes', () => undefined)
  keeper.setOnline(true)
  keeper.want('cle', '')
  await vi.waitFor(() => expect(codeOf()).toBe('EXO-04'))
  editor.view.dispatch(editor.state.tr.insertText('Le ', 1))

  editor.commands.undo()

  expect(codeOf()).toBe('EXO-04')
})

test('no code is asked for an action that has left the text', async () => {
  const { editor } = openEditor()
  const request = vi.fn()
  const keeper = new CodeKeeper(editor, request, 'codes', () => undefined)
  keeper.setOnline(true)

  keeper.want('partie', '')

  await vi.waitFor(() => expect(keeper.stateOf('partie')).toBe('unasked'))
  expect(request).not.toHaveBeenCalled()
})

test('a refusal is final until the person asks again', async () => {
  const { editor } = openWithUncoded()
  const request = vi.fn().mockRejectedValue(new CodeRefused('403'))
  const keeper = new CodeKeeper(editor, request, 'codes', () => undefined)
  keeper.setOnline(true)

  keeper.want('cle', '')
  await vi.waitFor(() => expect(keeper.stateOf('cle')).toBe('refused'))
  await keeper.run()

  expect(request).toHaveBeenCalledTimes(1)
})

test('being told twice that the connection is there has nothing drawn again', () => {
  const { editor } = openEditor()
  const onChange = vi.fn()
  const keeper = new CodeKeeper(editor, vi.fn(), 'codes', onChange)

  keeper.setOnline(true)
  keeper.setOnline(true)

  expect(onChange).toHaveBeenCalledOnce()
})
