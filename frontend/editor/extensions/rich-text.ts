import { Blockquote } from '@tiptap/extension-blockquote'
import { Bold } from '@tiptap/extension-bold'
import { HardBreak } from '@tiptap/extension-hard-break'
import { Italic } from '@tiptap/extension-italic'
import { Paragraph } from '@tiptap/extension-paragraph'
import { Text } from '@tiptap/extension-text'

import { Heading } from './heading'
import { Link } from './link'
import { BulletList, ListItem, OrderedList } from './lists'
import { Table, TableCell, TableHeader, TableRow } from './table'

/** What may stand in a text: blocks, marks, line breaks. */
export const RICH_TEXT = [
  Paragraph,
  Text,
  Heading,
  BulletList,
  OrderedList,
  ListItem,
  Blockquote.extend({ content: 'block*' }),
  Table,
  TableRow,
  TableHeader,
  TableCell,
  Bold,
  Italic,
  Link,
  HardBreak,
]
