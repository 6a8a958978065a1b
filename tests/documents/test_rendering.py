"""Rich text shown as HTML: nothing but our tags, every word escaped."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from concerte.documents.rendering import plain_text, render
from concerte.documents.rich_text import bullet_list, normalise, paragraph
from tests.programme.drafts import loose_nodes

_TAG = re.compile(
    r"</?(?:p|br|strong|em|ul|ol|li|blockquote|h[2-6]|thead|tbody|tr|td|th|table|div|a)"
    r'(?: (?:start|scope|colspan|rowspan|class|tabindex|rel|href)="[^"<>]*")*>'
)


def cell(kind, text):
    return {"type": kind, "content": [paragraph(text)]}


def test_words_are_escaped():
    assert render((paragraph('<script>alert("x")</script> & co'),)) == (
        "<p>&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; co</p>"
    )


def test_marks_nest():
    run = {
        "type": "text",
        "text": "ici",
        "marks": [{"type": "link", "attrs": {"href": "https://a.fr/?b=1&c"}}, {"type": "bold"}],
    }

    html = render(({"type": "paragraph", "content": [run, {"type": "hardBreak"}]},))

    assert (
        html
        == '<p><a href="https://a.fr/?b=1&amp;c" rel="noopener noreferrer nofollow"><strong>ici</strong></a><br></p>'
    )


def test_a_dangerous_link_is_only_its_words():
    for address in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        " java\tscript:x",
        "http://",
        "https:///x",
    ):
        run = {"type": "text", "text": "mot", "marks": [{"type": "link", "attrs": {"href": address}}]}

        assert render(({"type": "paragraph", "content": [run]},)) == "<p>mot</p>"


def test_headings_can_be_lowered():
    heading = {"type": "heading", "attrs": {"level": "3"}, "content": [{"type": "text", "text": "Sujet"}]}

    assert render((heading,)) == "<h3>Sujet</h3>"
    assert render((heading,), heading_offset=1) == "<h4>Sujet</h4>"
    assert render((heading,), heading_offset=9) == "<h6>Sujet</h6>"


def test_a_table_says_what_its_headers_head():
    table = {
        "type": "table",
        "content": [
            {"type": "tableRow", "content": [cell("tableHeader", "Jalon"), cell("tableHeader", "Date")]},
            {"type": "tableRow", "content": [cell("tableHeader", "Guide"), cell("tableCell", "2027")]},
        ],
    }

    html = render((table,))

    assert '<thead><tr><th scope="col">Jalon</th><th scope="col">Date</th></tr></thead>' in html
    assert '<tr><th scope="row">Guide</th><td>2027</td></tr>' in html


def test_plain_text_has_a_line_per_item():
    assert plain_text((paragraph("Avant"), bullet_list(["un", "deux"]))) == "Avant\n- un\n- deux"


@given(st.lists(loose_nodes, max_size=3))
@settings(max_examples=100, deadline=None)
def test_only_known_tags_come_out(nodes):
    html = render(nodes)

    assert "<" not in _TAG.sub("", html)
    assert ">" not in _TAG.sub("", html)


@given(st.lists(loose_nodes, max_size=3))
@settings(max_examples=100, deadline=None)
def test_the_canonical_form_is_stable(nodes):
    once = normalise(nodes)

    assert normalise(once) == once
