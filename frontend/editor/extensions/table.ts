import { mergeAttributes, Node, type CommandProps } from '@tiptap/core'
import type { Node as ProseMirrorNode, ResolvedPos } from '@tiptap/pm/model'
import { Selection } from '@tiptap/pm/state'

/* Tables without merged cells, hence without attributes: the library's carry numbers, and ours must all be strings. */

interface CellPlace {
  table: ProseMirrorNode
  tableStart: number // position before the table
  row: number
  column: number
}

export function isCell(node: ProseMirrorNode): boolean {
  return node.type.name === 'tableCell' || node.type.name === 'tableHeader'
}

/** Where the selection stands in the innermost table, or null. */
export function cellAround($position: ResolvedPos): CellPlace | null {
  for (let depth = $position.depth; depth >= 2; depth -= 1) {
    if (!isCell($position.node(depth))) continue
    const tableDepth = depth - 2
    if ($position.node(tableDepth).type.name !== 'table') return null
    return {
      table: $position.node(tableDepth),
      tableStart: $position.before(tableDepth),
      row: $position.index(tableDepth),
      column: $position.index(depth - 1),
    }
  }
  return null
}

/** The position before the cell `column` of the row `row`; after the last one when there is no such cell. */
function cellPosition(place: CellPlace, row: number, column: number): number {
  let position = place.tableStart + 1
  for (let index = 0; index < row; index += 1) position += place.table.child(index).nodeSize
  position += 1
  const cells = place.table.child(row)
  for (let index = 0; index < Math.min(column, cells.childCount); index += 1) position += cells.child(index).nodeSize
  return position
}

function emptyCell({ state }: CommandProps, kind: string): ProseMirrorNode {
  const { nodes } = state.schema
  return nodes[kind]!.create(null, nodes.paragraph!.create())
}

function insertTable(props: CommandProps, rows: number, columns: number): boolean {
  const { state, tr, dispatch } = props
  const { $from } = state.selection
  const container = $from.depth > 0 ? $from.node(-1) : null
  if (!container?.type.contentMatch.matchType(state.schema.nodes.table!) || cellAround($from)) return false
  if (!dispatch) return true
  const line = (kind: string) => state.schema.nodes.tableRow!.create(
    null,
    Array.from({ length: columns }, () => emptyCell(props, kind)),
  )
  const lines = Array.from({ length: rows }, (_, index) => line(index === 0 ? 'tableHeader' : 'tableCell'))
  const table = state.schema.nodes.table!.create(null, lines)
  const isBlank = $from.parent.content.size === 0
  const position = isBlank ? $from.before() : $from.after()
  tr.replaceWith(position, isBlank ? $from.after() : position, table)
  tr.setSelection(Selection.near(tr.doc.resolve(position + 1))).scrollIntoView()
  return true
}

function addRow(props: CommandProps): boolean {
  const { state, tr, dispatch } = props
  const place = cellAround(state.selection.$from)
  if (!place) return false
  if (!dispatch) return true
  const width = place.table.child(place.row).childCount
  const row = state.schema.nodes.tableRow!.create(null, Array.from({ length: width }, () => emptyCell(props, 'tableCell')))
  const position = cellPosition(place, place.row, Infinity) + 1
  tr.insert(position, row).setSelection(Selection.near(tr.doc.resolve(position + 1))).scrollIntoView()
  return true
}

function addColumn(props: CommandProps): boolean {
  const { state, tr, dispatch } = props
  const place = cellAround(state.selection.$from)
  if (!place) return false
  if (!dispatch) return true
  for (let row = place.table.childCount - 1; row >= 0; row -= 1) {
    const isHeader = place.table.child(row).firstChild?.type.name === 'tableHeader' && row === 0
    tr.insert(cellPosition(place, row, place.column + 1), emptyCell(props, isHeader ? 'tableHeader' : 'tableCell'))
  }
  return true
}

function removeRow(props: CommandProps): boolean {
  const { state, tr, dispatch } = props
  const place = cellAround(state.selection.$from)
  if (!place) return false
  if (place.table.childCount === 1) return removeTable(props)
  if (!dispatch) return true
  const from = cellPosition(place, place.row, 0) - 1
  tr.delete(from, from + place.table.child(place.row).nodeSize)
  return true
}

function removeColumn(props: CommandProps): boolean {
  const { state, tr, dispatch } = props
  const place = cellAround(state.selection.$from)
  if (!place) return false
  if (place.table.child(place.row).childCount === 1) return removeTable(props)
  if (!dispatch) return true
  for (let row = place.table.childCount - 1; row >= 0; row -= 1) {
    const cells = place.table.child(row)
    if (place.column >= cells.childCount || cells.childCount === 1) continue
    const from = cellPosition(place, row, place.column)
    tr.delete(from, from + cells.child(place.column).nodeSize)
  }
  return true
}

function removeTable({ state, tr, dispatch }: CommandProps): boolean {
  const place = cellAround(state.selection.$from)
  if (!place) return false
  if (!dispatch) return true
  const empty = state.schema.nodes.paragraph!.create()
  tr.replaceWith(place.tableStart, place.tableStart + place.table.nodeSize, empty)
  tr.setSelection(Selection.near(tr.doc.resolve(place.tableStart + 1)))
  return true
}

/** Go to the next or previous cell; past the last one, add a row. */
function goToCell(props: CommandProps, direction: 1 | -1): boolean {
  const { state, tr, dispatch } = props
  const place = cellAround(state.selection.$from)
  if (!place) return false
  let row = place.row
  let column = place.column + direction
  if (column >= place.table.child(row).childCount) [row, column] = [row + 1, 0]
  if (column < 0) [row, column] = [row - 1, (place.table.maybeChild(row - 1)?.childCount ?? 0) - 1]
  if (row < 0) return false
  if (row >= place.table.childCount) return addRow(props)
  if (!dispatch) return true
  tr.setSelection(Selection.near(tr.doc.resolve(cellPosition(place, row, column) + 1))).scrollIntoView()
  return true
}

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    table: {
      insertTable: (size?: { rows: number; columns: number }) => ReturnType
      addRow: () => ReturnType
      addColumn: () => ReturnType
      removeRow: () => ReturnType
      removeColumn: () => ReturnType
      removeTable: () => ReturnType
      goToCell: (direction: 1 | -1) => ReturnType
    }
  }
}

export const Table = Node.create({
  name: 'table', // written in every stored document: renaming it is a data migration
  group: 'block',
  content: 'tableRow*',
  isolating: true,
  parseHTML: () => [{ tag: 'table' }],
  renderHTML: ({ HTMLAttributes }) => ['table', mergeAttributes(HTMLAttributes), ['tbody', 0]],
  addCommands: () => ({
    insertTable: (size = { rows: 3, columns: 3 }) => props => insertTable(props, size.rows, size.columns),
    addRow: () => addRow,
    addColumn: () => addColumn,
    removeRow: () => removeRow,
    removeColumn: () => removeColumn,
    removeTable: () => removeTable,
    goToCell: direction => props => goToCell(props, direction),
  }),
  addKeyboardShortcuts() {
    return {
      Tab: () => this.editor.commands.goToCell(1),
      'Shift-Tab': () => this.editor.commands.goToCell(-1),
    }
  },
})

export const TableRow = Node.create({
  name: 'tableRow', // written in every stored document: renaming it is a data migration
  content: '(tableHeader | tableCell)*',
  parseHTML: () => [{ tag: 'tr' }],
  renderHTML: ({ HTMLAttributes }) => ['tr', mergeAttributes(HTMLAttributes), 0],
})

export const TableHeader = Node.create({
  name: 'tableHeader', // written in every stored document: renaming it is a data migration
  content: 'block*',
  isolating: true,
  parseHTML: () => [{ tag: 'th' }],
  renderHTML: ({ HTMLAttributes }) => ['th', mergeAttributes(HTMLAttributes), 0],
})

export const TableCell = Node.create({
  name: 'tableCell', // written in every stored document: renaming it is a data migration
  content: 'block*',
  isolating: true,
  parseHTML: () => [{ tag: 'td' }],
  renderHTML: ({ HTMLAttributes }) => ['td', mergeAttributes(HTMLAttributes), 0],
})
