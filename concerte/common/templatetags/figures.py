"""How numbers are written for people."""

from django import template
from django.utils import translation

from concerte.common.templatetags.typography import NARROW_NO_BREAK

register = template.Library()


@register.filter
def figure(number: int) -> str:
    """A whole number with its thousands apart: « 12 345 », "12,345" in English."""
    separator = "," if translation.get_language() == "en" else NARROW_NO_BREAK
    return f"{number:,}".replace(",", separator)
