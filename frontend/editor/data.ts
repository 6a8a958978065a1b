/** What the page hands to the editor, as written in the element `editor-data`. */

export interface College {
  slug: string
  name: string
  shortName: string
  appearance: number // a pair of the stylesheet: colour and pattern
}

export interface Organisation {
  slug: string
  name: string
  acronym: string
  college: string // slug
  endedOn: string | null // first day without it
}

export interface Person {
  id: number | string
  name: string
  organisation: string
  college: string // slug
  appearance: number
}

export interface SectionKind {
  kind: string
  label: string
  hint: string
}

/** A shared document, and who opens it as what. */
export interface SharedDocumentData {
  documentId: string
  socketPath: string
  mayWrite: boolean
  person: Person
  language: string
}

/** A note: a text without fields. */
export interface NoteData extends SharedDocumentData {
  label: string // what it is, said of the place one writes in
}

export interface EditorData extends SharedDocumentData {
  programme: { slug: string; title: string; startsOn: string; endsOn: string; codePrefix: string }
  colleges: College[]
  organisations: Organisation[]
  stages: { value: string; label: string }[]
  sections: SectionKind[]
  newCodeUrl: string
  checksUrl: string
  checksPage: string
  csrfToken: string
  proposal: { number: number; url: string; state: string } | null
}

/** Read the data of the page. Throws when the element is not there: the editor cannot do without. */
export function readEditorData(page: Document): EditorData {
  const element = page.getElementById('editor-data')
  if (!element?.textContent) throw new Error('editor-data is missing from the page')
  return JSON.parse(element.textContent) as EditorData
}
