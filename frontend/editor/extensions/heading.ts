import { mergeAttributes, Node, textblockTypeInputRule } from '@tiptap/core'

/** A heading inside a section. `level` is "3" or "4", a string as every attribute. */
export const Heading = Node.create({
  name: 'heading', // written in every stored document: renaming it is a data migration
  group: 'block',
  content: 'inline*',
  defining: true,
  addAttributes: () => ({ level: { default: '3', rendered: false } }),
  parseHTML: () => ['3', '4'].map(level => ({ tag: `h${level}`, attrs: { level } })),
  renderHTML: ({ node, HTMLAttributes }) => [node.attrs.level === '4' ? 'h4' : 'h3', mergeAttributes(HTMLAttributes), 0],
  addKeyboardShortcuts() {
    return Object.fromEntries(['3', '4'].map(level => [
      `Mod-Alt-${level}`,
      () => this.editor.commands.toggleNode(this.name, 'paragraph', { level }),
    ]))
  },
  addInputRules() {
    return [
      textblockTypeInputRule({ find: /^###\s$/, type: this.type, getAttributes: { level: '3' } }),
      textblockTypeInputRule({ find: /^####\s$/, type: this.type, getAttributes: { level: '4' } }),
    ]
  },
})
