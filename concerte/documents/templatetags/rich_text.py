"""How written text is shown in templates."""

from django import template
from django.utils.safestring import SafeString

from concerte.documents.rendering import render
from concerte.documents.rich_text import Blocks

register = template.Library()


@register.filter
def rich_text(blocks: Blocks, heading_offset: int = 0) -> SafeString:
    """The blocks as HTML that may be shown to anyone. heading_offset: added to heading levels 3 and 4."""
    return render(blocks, heading_offset=heading_offset)
