import { openNotes } from './note'

openNotes(document)
