/** Moves a sheet by choosing its axis and its place there: the way for those who do not drag. */
import { el, labelled } from '../dom'
import { openDialog } from '../panels/dialogs'
import { actionAt, actionsOf, childText, findAxes } from '../structure'
import type { ActionView } from './action-view'
import { announceMove } from './announce-move'

function options(values: string[]): HTMLOptionElement[] {
  return values.map((text, index) => el('option', { value: index }, text))
}

export async function moveByDialog(sheet: ActionView): Promise<void> {
  const { context, editor } = sheet
  const { t } = context
  const moving = actionAt(editor.state.doc, sheet.pos)
  if (!moving) return
  const axes = findAxes(editor.state.doc)
  const others = (axisIndex: number) => (axes[axisIndex] ? actionsOf(axes[axisIndex]) : []).filter(action => action.pos !== moving.pos)
  const axisSelect = el('select', { class: 'ed-input' }, ...options(axes.map((axis, index) =>
    `${t.axisNumber(index + 1)} – ${childText(axis.node, 'axisTitle') || t.newAxis}`)))
  const placeSelect = el('select', { class: 'ed-input' })
  const showPlaces = () => {
    const names = others(Number(axisSelect.value)).map(({ node }) =>
      t.moveAfter([node.attrs.code, childText(node, 'actionTitle') || t.newAction].filter(Boolean).join(' – ')))
    placeSelect.replaceChildren(...options([t.moveFirst, ...names]))
    const isHome = Number(axisSelect.value) === moving.axis.index
    placeSelect.value = String(isHome ? moving.index : names.length)
  }
  axisSelect.value = String(moving.axis.index)
  axisSelect.addEventListener('change', showPlaces)
  showPlaces()
  const { name } = sheet
  const key = String(sheet.node.attrs.key || sheet.node.attrs.code)
  await openDialog({
    title: t.moveTitle(name),
    content: [
      labelled(t.moveAxis, axisSelect),
      labelled(t.movePosition, placeSelect),
    ],
    confirmLabel: t.moveConfirm,
    cancelLabel: t.cancel,
    onConfirm: () => {
      // Somebody may have moved it meanwhile: the position is asked again.
      const destination = { axis: Number(axisSelect.value), rank: Number(placeSelect.value) }
      if (editor.commands.moveAction(sheet.pos, destination)) announceMove(context, editor, key, name, false)
      return true
    },
  })
}
