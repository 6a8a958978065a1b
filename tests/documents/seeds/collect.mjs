// Frames as stock clients write them: yjs, y-protocols, and two ProseMirror editors (tiptap) in a page of happy-dom.
// Prints one JSON array of [kind, hexadecimal frame]. Same bytes each time: client ids and edits come from one number.
import { Window } from 'happy-dom'

const window = new Window()
for (const name of ['document', 'Node', 'HTMLElement', 'Element', 'DocumentFragment', 'MutationObserver', 'DOMParser',
  'getComputedStyle', 'innerHeight', 'innerWidth', 'KeyboardEvent', 'ClipboardEvent', 'Event', 'requestAnimationFrame',
  'cancelAnimationFrame']) globalThis[name] = window[name]
globalThis.window = window

const { Editor } = await import('@tiptap/core')
const { Collaboration } = await import('@tiptap/extension-collaboration')
const { Blockquote } = await import('@tiptap/extension-blockquote')
const { Bold } = await import('@tiptap/extension-bold')
const { HardBreak } = await import('@tiptap/extension-hard-break')
const { Italic } = await import('@tiptap/extension-italic')
const { Paragraph } = await import('@tiptap/extension-paragraph')
const { Text } = await import('@tiptap/extension-text')
const { Node, Mark } = await import('@tiptap/core')
const Y = await import('yjs')
const encoding = await import('lib0/encoding')
const { Awareness, encodeAwarenessUpdate } = await import('y-protocols/awareness')
const { writePermissionDenied } = await import('y-protocols/auth')
const sync = await import('y-protocols/sync')

let seed = 20181
const draw = count => { seed = (seed * 1103515245 + 12345) % 2147483648; return Math.floor(seed / 65536) % count }

const frames = []
const keep = (kind, type, write) => {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, type)
  write(encoder)
  frames.push([kind, Buffer.from(encoding.toUint8Array(encoder)).toString('hex')])
}
const keepUpdate = (kind, update) => keep(kind, 0, encoder => sync.writeUpdate(encoder, update))
const keepStep1 = doc => keep('step 1', 0, encoder => sync.writeSyncStep1(encoder, doc))
const keepStep2 = doc => keep('step 2', 0, encoder => sync.writeSyncStep2(encoder, doc))

const document = Node.create({ name: 'doc', topNode: true, content: 'block+' })
const heading = Node.create({
  name: 'heading', group: 'block', content: 'inline*',
  addAttributes: () => ({ level: { default: 2 }, code: { default: '' } }), renderHTML: () => ['h2', 0],
})
const link = Mark.create({
  name: 'link', addAttributes: () => ({ href: { default: null } }), renderHTML: () => ['a', 0],
})
const makeEditor = (doc, own) => new Editor({
  element: window.document.createElement('div'),
  extensions: [own, Paragraph, Text, Bold, Italic, Blockquote, HardBreak, heading, link,
    Collaboration.configure({ document: doc, field: 'programme' })],
})

const WORDS = ['e', 's', 'é', 'œuvre', '😀', ' ', 'bonjour ', '’', 'La mise en commun des données ']
const edit = editor => {
  const size = editor.state.doc.content.size
  const at = 1 + draw(Math.max(1, size - 1))
  const end = Math.min(size - 1, at + 1 + draw(12))
  const chain = editor.chain()
  switch (draw(14)) {
    case 0: chain.setTextSelection({ from: at, to: end }).toggleBold().run(); break
    case 1: chain.setTextSelection({ from: at, to: end }).toggleItalic().run(); break
    case 2: chain.setTextSelection(at).splitBlock().run(); break
    case 3: chain.setTextSelection({ from: at, to: end }).deleteSelection().run(); break
    case 4: chain.setTextSelection(at).setHardBreak().run(); break
    case 5: chain.setTextSelection(at).toggleWrap('blockquote').run(); break
    case 6: chain.setTextSelection(at).setNode('heading', { level: 1 + draw(3), code: 'A-' + draw(9) }).run(); break
    case 7: chain.setTextSelection({ from: at, to: end }).setMark('link', { href: 'https://exemple.fr/é' }).run(); break
    case 8: chain.setTextSelection(at).insertContent('<p>Collé <b>ici</b></p><p>et là</p>').run(); break
    default: {
      chain.setTextSelection(at).run()
      for (let count = draw(6); count >= 0; count--) editor.commands.insertContent(WORDS[draw(WORDS.length)])
    }
  }
}

const EDITS = 260
const docs = [1234567891, 3987654321].map(id => Object.assign(new Y.Doc(), { clientID: id }))
docs.forEach((doc, index) => doc.on('update', (update, origin) => {
  if (origin === 'heard') return
  keepUpdate('editor', update)
  if (draw(4)) Y.applyUpdate(docs[1 - index], update, 'heard')
}))
const editors = docs.map(doc => makeEditor(doc, document))
for (let step = 0; step < EDITS; step++) {
  edit(editors[draw(2)])
  if (step % 20 === 0) {
    docs.forEach((doc, index) => Y.applyUpdate(doc, Y.encodeStateAsUpdate(docs[1 - index]), 'heard'))
    keepStep1(docs[draw(2)])
    if (step < 60) keepStep2(docs[draw(2)])
  }
}

const VALUES = [1, -3, 2.5, 'x', 'é😀', true, null, undefined, { k: [1, { z: null }] }, new Uint8Array([1, 2]), 10n]
const plain = Object.assign(new Y.Doc(), { clientID: 77 })
plain.on('update', update => keepUpdate('library', update))
for (let step = 0; step < 220; step++) {
  const text = plain.getText('text'), array = plain.getArray('array'), map = plain.getMap('map')
  const xml = plain.getXmlFragment('xml')
  switch (draw(11)) {
    case 0: case 1: text.insert(draw(text.length + 1), WORDS[draw(WORDS.length)]); break
    case 2: if (text.length > 3) text.delete(draw(text.length - 3), 3); break
    case 3: array.push([VALUES[draw(VALUES.length)]]); break
    case 4: map.set('ab'[draw(2)], VALUES[draw(VALUES.length)]); break
    case 5: {
      const paragraph = new Y.XmlElement('paragraph')
      paragraph.setAttribute('id', '1')
      xml.push([paragraph])
      paragraph.push([new Y.XmlText('texte')])
      break
    }
    case 6: if (text.length > 2) text.format(0, 2, { bold: draw(2) ? true : null, link: { href: 'x' } }); break
    case 7: text.insertEmbed(0, { image: 'x' }); break
    case 8: if (xml.length > 2) xml.delete(0, 1); break
    case 9: if (draw(4) === 0) map.set('doc', new Y.Doc({ guid: 'sous-document-' + step })); break
    default: array.push([new Y.Map([['z', new Y.Text('dedans')]])])
  }
}
keepStep1(plain)
keepStep2(plain)
const updates = frames.filter(([kind]) => kind === 'editor').map(([, hex]) => {
  const frame = Buffer.from(hex, 'hex')
  return frame.subarray(frame[2] < 128 ? 3 : frame[3] < 128 ? 4 : 5)
})
for (const step of [5, 13, 29]) keepUpdate('merged', Y.mergeUpdates(updates.filter((_, index) => index % step === 0)))

const awareness = docs.map(doc => new Awareness(doc))
for (let step = 0; step < 12; step++) {
  const one = awareness[step % 2]
  one.setLocalState(step === 11 ? null : { user: { name: ['Anne', 'Zoé 😀'][step % 2], color: '#000091' }, caret: step })
  keep('awareness', 1, encoder => encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(one, [one.doc.clientID])))
}
keep('query', 3, () => {})
keep('auth', 2, encoder => writePermissionDenied(encoder, 'non'))

process.stdout.write(JSON.stringify(frames) + '\n', () => process.exit(0))
