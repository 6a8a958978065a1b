import { getSchema } from '@tiptap/core'
import { expect, test } from 'vitest'
import * as Y from 'yjs'

import { FIELD, schemaExtensions } from '../editor'
import { actionNamed, caretIn, openEditor } from '../testing'

function attributesOf(element: Y.XmlElement | Y.XmlFragment): unknown[] {
  const own = element instanceof Y.XmlElement ? Object.values(element.getAttributes()) : []
  const children = element.toArray().filter((child): child is Y.XmlElement => child instanceof Y.XmlElement)
  return [...own, ...children.flatMap(attributesOf)]
}

test('every attribute written in the shared document is a string', () => {
  const { editor, doc } = openEditor()
  editor.commands.addAction(actionNamed(editor, 'EXO-03').axis.pos, 'cle')
  caretIn(editor, 'Préambule', 9)
  editor.chain().toggleNode('heading', 'paragraph', { level: '4' }).run()
  caretIn(editor, 'Problème de Un')
  editor.chain().toggleList('orderedList', 'listItem').run()
  caretIn(editor, 'Problème de Deux')
  editor.chain().insertTable().run()

  const values = attributesOf(doc.getXmlFragment(FIELD))

  expect(values.length).toBeGreaterThan(40)
  expect(values.filter(value => typeof value !== 'string')).toEqual([])
})

test('nothing that a merge can leave behind is outside the schema', () => {
  const schema = getSchema(schemaExtensions(null))
  const empty = ['axis', 'action', 'actionSection', 'preamble', 'axisIntro', 'bulletList', 'listItem', 'blockquote', 'table', 'tableRow', 'tableCell', 'actionTitle']

  for (const name of empty) expect(() => schema.nodes[name]!.createChecked()).not.toThrow()
  const title = schema.nodes.actionTitle!.create()
  expect(() => schema.nodes.action!.createChecked(null, [schema.nodes.actionSection!.create(), title, title])).not.toThrow()
})

test('opening a text writes nothing in it', () => {
  const { editor, doc } = openEditor({ type: 'doc', content: [{ type: 'axis', attrs: { id: 'a' }, content: [{ type: 'action', attrs: { code: 'EXO-01' } }] }] })
  const before = Y.encodeStateVector(doc)

  editor.view.dispatch(editor.state.tr.setMeta('looked', true))

  expect(Y.encodeStateVector(doc)).toEqual(before)
})
