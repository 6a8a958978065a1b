import { mergeAttributes, Node, wrappingInputRule } from '@tiptap/core'

/** A list with bullets. No attribute, unlike the library's: a number in an attribute would break the rule that all are strings. */
export const BulletList = Node.create({
  name: 'bulletList', // written in every stored document: renaming it is a data migration
  group: 'block',
  content: 'listItem*',
  parseHTML: () => [{ tag: 'ul' }],
  renderHTML: ({ HTMLAttributes }) => ['ul', mergeAttributes(HTMLAttributes), 0],
  addKeyboardShortcuts() {
    return { 'Mod-Shift-8': () => this.editor.commands.toggleList(this.name, 'listItem') }
  },
  addInputRules() {
    return [wrappingInputRule({ find: /^\s*[-*•]\s$/, type: this.type })]
  },
})

/** A numbered list, from 1. */
export const OrderedList = Node.create({
  name: 'orderedList', // written in every stored document: renaming it is a data migration
  group: 'block',
  content: 'listItem*',
  parseHTML: () => [{ tag: 'ol' }],
  renderHTML: ({ HTMLAttributes }) => ['ol', mergeAttributes(HTMLAttributes), 0],
  addKeyboardShortcuts() {
    return { 'Mod-Shift-7': () => this.editor.commands.toggleList(this.name, 'listItem') }
  },
  addInputRules() {
    return [wrappingInputRule({ find: /^1[.)]\s$/, type: this.type })]
  },
})

/** One item. Tab and Shift-Tab move it a level in or out; outside of lists they leave the text, as keyboards expect. */
export const ListItem = Node.create({
  name: 'listItem', // written in every stored document: renaming it is a data migration
  content: 'block*',
  defining: true,
  parseHTML: () => [{ tag: 'li' }],
  renderHTML: ({ HTMLAttributes }) => ['li', mergeAttributes(HTMLAttributes), 0],
  addKeyboardShortcuts() {
    return {
      Enter: () => this.editor.commands.splitListItem(this.name),
      Tab: () => this.editor.commands.sinkListItem(this.name),
      'Shift-Tab': () => this.editor.commands.liftListItem(this.name),
    }
  },
})
