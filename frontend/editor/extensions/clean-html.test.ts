import { expect, test } from 'vitest'

import { cleanHtml } from './clean-html'

test('Word paragraphs lose styles, classes, comments and Office elements, and keep bold, italic and links', () => {
  const html = `<html><head><style>p.MsoNormal{color:red}</style></head><body><!--StartFragment-->
    <p class=MsoNormal style='margin:0;mso-fareast-language:FR'><b style='mso-bidi-font-weight:normal'>Gras</b><o:p></o:p>
    <span style="font-style:italic">penché</span> <a href="https://exemple.fr" style="color:blue">lien</a></p><!--EndFragment--></body></html>`

  expect(cleanHtml(html).replace(/\s+/g, ' ')).toBe('<p><strong>Gras</strong> <em>penché</em> <a href="https://exemple.fr">lien</a></p>')
})

test('Word list paragraphs become nested lists', () => {
  const item = (level: number, marker: string, text: string) =>
    `<p class=MsoListParagraph style='mso-list:l0 level${level} lfo1'><![if !supportLists]><span style='mso-list:Ignore'>${marker}<span>&nbsp;&nbsp;</span></span><![endif]>${text}</p>`

  const cleaned = cleanHtml(item(1, '·', 'Un') + item(2, 'o', 'Un bis') + item(1, '·', 'Deux') + '<p>Fin</p>' + item(1, '1.', 'Premier'))

  expect(cleaned).toBe(
    '<ul><li><p>Un</p><ul><li><p>Un bis</p></li></ul></li><li><p>Deux</p></li></ul><p>Fin</p><ol><li><p>Premier</p></li></ol>',
  )
})

test('Google Docs: what is bold stays bold, the wrapper that is not does not', () => {
  const html = '<b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr"><span style="font-weight:700">Fort</span><span style="font-weight:400"> et non</span></p></b>'

  expect(cleanHtml(html)).toBe('<p><strong>Fort</strong> et non</p>')
})

test('the highest heading becomes level 3, the others level 4', () => {
  expect(cleanHtml('<h1>A</h1><h2>B</h2><h5>C</h5>')).toBe('<h3>A</h3><h4>B</h4><h4>C</h4>')
  expect(cleanHtml('<h2>A</h2>')).toBe('<h3>A</h3>')
})

test.each(['javascript:alert(1)', 'java\nscript:alert(1)', ' data:text/html,x', 'vbscript:x'])('a link to %j keeps its words only', href => {
  expect(cleanHtml(`<p><a href="${href}">mots</a></p>`)).toBe('<p>mots</p>')
})

test('scripts, images and forms are gone', () => {
  expect(cleanHtml('<p>a<script>x()</script><img src=x onerror=y()><button>b</button></p>')).toBe('<p>a</p>')
})

test('merged cells become as many cells, tables keep nothing else', () => {
  expect(cleanHtml('<table style="x:y"><colgroup><col></colgroup><tr><td colspan=2 width=3>a</td></tr></table>'))
    .toBe('<table><tbody><tr><td>a</td><td></td></tr></tbody></table>')
})

test('empty spans and empty paragraphs are gone', () => {
  expect(cleanHtml('<p><span></span>a</p><p>&nbsp;</p><div><span>b</span></div>')).toBe('<p>a</p><p>b</p>')
})

test('what this editor copied is left as it is, but for styles', () => {
  const html = '<article data-node="action" data-pm-slice="0 0 []" data-code="EXO-01" style="color:red"></article>'

  expect(cleanHtml(html)).toBe('<article data-node="action" data-pm-slice="0 0 []" data-code="EXO-01" data-style="color:red"></article>')
})
