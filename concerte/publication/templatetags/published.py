"""Published text as HTML."""

from django import template
from django.utils.safestring import SafeString

from concerte.common.templatetags.typography import ended
from concerte.documents.rendering import plain_text, render
from concerte.documents.rich_text import Blocks

register = template.Library()


@register.filter
def rich_text(blocks: Blocks, heading_offset: int = 0) -> SafeString:
    """Rich text as HTML; everything in it is escaped. heading_offset: added to the levels of its headings (3 and 4)."""
    return render(blocks, heading_offset=heading_offset)


@register.filter
def words(blocks: Blocks) -> str:
    """Rich text without its form, on one line, each paragraph ended as a sentence: for a description."""
    return " ".join(ended(" ".join(line.split())) for line in plain_text(blocks).splitlines())


@register.filter
def first_words(blocks: Blocks) -> str:
    """The first paragraph, without its form: what a card can hold."""
    return next(iter(plain_text(blocks).splitlines()), "")


@register.filter
def units(count: int) -> range:
    """As many turns as there are things to draw."""
    return range(count)
