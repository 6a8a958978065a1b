/** What the extensions and the sheets share: the data of the page, the words, and a way to speak to the person. */
import type { College, EditorData, Organisation, SharedDocumentData } from './data'
import { messagesFor, type Messages } from './messages'

export interface Question {
  title: string
  text: string
  confirmLabel: string
}

/** A part of the page drawn by hand inside the text, refreshed when what it shows may have changed. */
export interface Refreshable {
  refresh(): void
}

/** What any shared text needs, a programme or a note. */
export class WritingContext {
  readonly t: Messages
  /** What stands on the page and follows the text: sheets and axes, the toolbar. */
  readonly drawn = new Set<Refreshable>()
  /** Shown as text that a screen reader says once. Set by the page. */
  announce: (sentence: string) => void = () => undefined
  /** Resolves to the person's answer. Set by the page. */
  ask: (question: Question) => Promise<boolean> = () => Promise.resolve(false)

  private editable = false

  constructor(data: Pick<SharedDocumentData, 'language'>) {
    this.t = messagesFor(data.language)
  }

  /** May the person write now: has the right, and the text has been received. */
  get isEditable(): boolean {
    return this.editable
  }

  setEditable(editable: boolean): void {
    if (this.editable === editable) return
    this.editable = editable
    this.refresh()
  }

  refresh(): void {
    for (const part of this.drawn) part.refresh()
  }
}

export class EditorContext extends WritingContext {
  readonly organisations: Map<string, Organisation>
  readonly colleges: Map<string, College>
  /** What the code keeper says of an action without code. */
  codeState: (key: string) => 'waiting' | 'offline' | 'refused' | 'unasked' = () => 'unasked'
  requestCode: (key: string, copiedFrom: string) => void = () => undefined

  constructor(readonly data: EditorData) {
    super(data)
    this.organisations = new Map(data.organisations.map(organisation => [organisation.slug, organisation]))
    this.colleges = new Map(data.colleges.map(college => [college.slug, college]))
  }

  collegeOf(slug: string): College | undefined {
    const organisation = this.organisations.get(slug)
    return organisation && this.colleges.get(organisation.college)
  }

  /** The short name of an organisation; one that is not known keeps its identifier, so that nothing vanishes. */
  organisationName(slug: string): string {
    const organisation = this.organisations.get(slug)
    if (!organisation) return this.t.unknownOrganisation(slug)
    return organisation.acronym || organisation.name
  }

  sectionLabel(kind: string): string {
    return this.data.sections.find(section => section.kind === kind)?.label ?? kind
  }

  stageLabel(value: string): string {
    return this.data.stages.find(stage => stage.value === value)?.label ?? value
  }
}
