import { expect, test } from 'vitest'

import { caretIn, openEditor, press } from '../testing'
import { cellAround } from './table'

function openTable() {
  const { editor } = openEditor()
  caretIn(editor, 'Préambule', 9)
  editor.commands.insertTable({ rows: 2, columns: 2 })
  return editor
}

const shape = (editor: ReturnType<typeof openTable>) => {
  const rows: number[] = []
  editor.state.doc.descendants(node => { if (node.type.name === 'tableRow') rows.push(node.childCount) })
  return rows
}

test('a table is inserted after the line, with the caret in its first cell', () => {
  const editor = openTable()

  expect(shape(editor)).toEqual([2, 2])
  expect(cellAround(editor.state.selection.$from)).toMatchObject({ row: 0, column: 0 })
})

test('rows and columns are added and removed around the caret', () => {
  const editor = openTable()

  editor.chain().addRow().addColumn().run()
  expect(shape(editor)).toEqual([3, 3, 3])
  editor.chain().removeColumn().removeRow().run()

  expect(shape(editor)).toEqual([2, 2])
})

test('Tab walks from cell to cell, and past the last one adds a row', () => {
  const editor = openTable()

  for (let step = 0; step < 4; step += 1) press(editor, 'Tab')

  expect(shape(editor)).toEqual([2, 2, 2])
  expect(cellAround(editor.state.selection.$from)).toMatchObject({ row: 2, column: 0 })
})

test('removing the last row removes the table', () => {
  const editor = openTable()

  editor.chain().removeRow().removeRow().run()

  expect(shape(editor)).toEqual([])
})

test('Backspace at the start of a cell merges nothing', () => {
  const editor = openTable()
  press(editor, 'Tab')
  const before = editor.getJSON()

  expect(press(editor, 'Backspace')).toBe(true)

  expect(editor.getJSON()).toEqual(before)
})
