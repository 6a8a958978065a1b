"""How small things are written: French spacing, partial dates, digests. No HTML is made here."""

import re
from datetime import date, datetime
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext

from concerte.common.partial_dates import PartialDate, Precision
from concerte.common.semesters import Semester

register = template.Library()

NO_BREAK = "\u00a0"
NARROW_NO_BREAK = "\u202f"
_ALERT_KINDS = {"debug": "info", "info": "info", "success": "success", "warning": "warning", "error": "error"}


@register.filter
def french(text: str) -> str:
    """A French text with its apostrophes and no-break spaces, whatever the keyboard it was typed on."""
    text = re.sub(r"(?<=\w)'(?=\w)", "’", str(text))
    text = re.sub(r"[ \u00a0\u202f]*([;!?])(?=\s|$)", NARROW_NO_BREAK + r"\1", text)
    text = re.sub(r"[ \u00a0\u202f]+:(?=\s|$)", NO_BREAK + ":", text)
    text = re.sub(r"«\s*", "«" + NO_BREAK, text)
    text = re.sub(r"\s*»", NO_BREAK + "»", text)
    return re.sub(r"(?<=\d) (?=\d{3}\b)", NARROW_NO_BREAK, text)


@register.filter
def ended(text: str) -> str:
    """A text that ends as a sentence does."""
    return f"{text}." if text and text[-1] not in ".!?…:" else text


@register.filter
def sentence(text: str) -> str:
    """A French text as a sentence: a capital first, a stop at the end. A name like `data.gouv.fr` keeps its letters."""
    text = french(text)
    if re.match(r"\w+(?:[’-]\w+)*(?=[\s,;:(]|$)", text):
        text = text[:1].upper() + text[1:]
    return ended(text)


@register.filter
def partial_date(text: str) -> str:
    """`2019-06` as « juin 2019 », `2019-S1` as « 1er semestre 2019 ». What cannot be read is shown as it is."""
    try:
        known = PartialDate.parse(text)
    except ValueError:
        return text
    match known.precision:
        case Precision.DAY:
            return day(known.first_day)
        case Precision.MONTH:
            return date_format(known.first_day, "F Y")
        case Precision.SEMESTER:
            return semester(text)
        case Precision.YEAR:
            return text


@register.filter(expects_localtime=True)
def day(known: date | None) -> str:
    """A day in words, its number held to its month: « 1er janvier 2027 », « 22 novembre 2026 »."""
    if known is None:
        return ""
    month = date_format(known, "F Y")
    # In French the first of a month is « 1er »; the other days are plain numbers.
    number = gettext("1er") if known.day == 1 else str(known.day)
    return f"{number}{NO_BREAK}{month}"


@register.filter(expects_localtime=True)
def clock(known: datetime) -> str:
    """A time of day, as it is said: « 2 h 41 », « 14 h 05 »."""
    return gettext("%(hour)d\u00a0h\u00a0%(minute)02d") % {"hour": known.hour, "minute": known.minute}


@register.filter
def is_said_optional(field: BoundField) -> bool:
    """Whether a label says “(facultatif)”: not that of a single box, which may always stay empty, nor in a form where
    everything may, such as a filter (`says_optional = False`)."""
    return not field.field.required and not is_checkbox(field) and getattr(field.form, "says_optional", True)


@register.filter
def semester(text: str) -> str:
    """`2019-S1` as « 1er semestre 2019 »."""
    try:
        known = Semester.parse(text)
    except ValueError:
        return text
    if known.half == 1:
        return gettext("1er semestre %(year)s") % {"year": known.year}
    return gettext("2e semestre %(year)s") % {"year": known.year}


@register.filter
def machine_date(text: str) -> str:
    """What the `datetime` attribute accepts: a semester has no form there, its year does."""
    return text.partition("-S")[0]


@register.filter
def whole_number(value: int) -> str:
    """A whole number, its thousands set apart as the language does: « 1 200 », "1,200"."""
    return number_format(value, decimal_pos=0, use_l10n=True, force_grouping=True)


@register.filter
def short_digest(digest: str) -> str:
    """The first figures of a digest: enough to compare two of them by eye."""
    figures = digest.removeprefix("sha256:")
    return f"{figures[:8]}…{figures[-4:]}" if len(figures) > 12 else figures


@register.filter
def actions(count: int) -> str:
    """A number of actions, in words: « 1 action », « 14 actions »."""
    return ngettext("%(count)s action", "%(count)s actions", count) % {"count": count}


@register.filter
def is_under(path: str, address: str) -> bool:
    """Whether a page stands under an address: what lights up a menu entry."""
    return path == address or path.startswith(address.rstrip("/") + "/")


@register.filter
def alert_kind(message: Message) -> str:
    """The kind of alert a message is shown with."""
    return _ALERT_KINDS.get(message.level_tag, "info")


@register.filter
def focus_id(field: BoundField) -> str:
    """The id an error summary leads to: the control itself, or the group when there are several."""
    return f"{field.auto_id}_group" if field.use_fieldset else field.id_for_label


@register.filter
def is_checkbox(field: Any) -> bool:
    """Whether the label stands after the control."""
    widget = field.field.widget
    return isinstance(widget, CheckboxInput) and not isinstance(widget, CheckboxSelectMultiple)
