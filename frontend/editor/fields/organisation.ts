/** How an organisation is shown: the pattern and colour of its college, its name, and whether it still exists. */
import type { EditorContext } from '../context'
import { el } from '../dom'
import { words } from '../text'

/** The year an organisation ended, or ''. */
export function endYear(context: EditorContext, slug: string): string {
  return context.organisations.get(slug)?.endedOn?.slice(0, 4) ?? ''
}

export function drawOrganisation(context: EditorContext, slug: string): HTMLElement {
  const college = context.collegeOf(slug)
  const organisation = context.organisations.get(slug)
  const ended = endYear(context, slug)
  return el(
    'span',
    { class: 'ed-organisation', 'data-appearance': college?.appearance ?? 0, title: organisation?.name ?? slug },
    el('span', { class: 'ed-sign', 'aria-hidden': 'true' }),
    el('span', {}, context.organisationName(slug)),
    college ? el('span', { class: 'visually-hidden' }, ` (${college.shortName || college.name})`) : null,
    ended ? el('span', { class: 'ed-ended' }, context.t.ended(ended)) : null,
  )
}

/** The organisations of an attribute, college by college in the order of the page. */
export function drawOrganisations(context: EditorContext, attribute: string): HTMLElement[] {
  const slugs = words(attribute)
  const rank = (slug: string) => {
    const index = context.data.colleges.findIndex(college => college.slug === context.organisations.get(slug)?.college)
    return index < 0 ? context.data.colleges.length : index
  }
  const ordered = slugs.map((slug, index) => ({ slug, index })).sort((a, b) => rank(a.slug) - rank(b.slug) || a.index - b.index)
  return ordered.map(({ slug }) => drawOrganisation(context, slug))
}
