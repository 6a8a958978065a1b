"""Pages in another language than what they show: programmes and organisations are written in French everywhere."""

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString

register = template.Library()

CONTENT_LANGUAGE = "fr"
_ATTRIBUTE = SafeString(f' lang="{CONTENT_LANGUAGE}"')


@register.simple_tag
def in_french() -> str:
    """The attribute of an element that holds written content: nothing on a French page, which says it already.

    Without it a screen reader reads French words with the sounds of another language."""
    return "" if translation.get_language() == CONTENT_LANGUAGE else _ATTRIBUTE


@register.simple_tag
def lasting_path(name: str, *values: object) -> str:
    """The path of a page or of its data without any language: one for all readers, and the one to keep."""
    with translation.override(settings.LANGUAGE_CODE):
        return reverse(name, args=values)


@register.simple_tag
def lasting_address(name: str, *values: object) -> str:
    """The same, whole."""
    return settings.BASE_URL + lasting_path(name, *values)
