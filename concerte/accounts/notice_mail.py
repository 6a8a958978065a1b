"""What a message says: what waits, where it is done, how to be written to less often or no more."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from concerte.accounts.letters import Letter
from concerte.accounts.models import User
from concerte.accounts.notice_links import way_out
from concerte.accounts.waiting import WaitingItem

MOST_TOLD = 30  # lines of one message; the page shows the rest


def written_message(person: User, items: Sequence[WaitingItem]) -> EmailMultiAlternatives:
    """The message, in the person's language. The subject only counts: it is shown on locked screens."""
    with translation.override(person.notice_language):
        context = {
            "items": [
                {"title": item.title, "detail": item.detail, "address": _absolute(item.address), "since": item.since}
                for item in items[:MOST_TOLD]
            ],
            "others": len(items[MOST_TOLD:]),
            "my_space": _absolute(reverse("accounts:my_space")),
        }
        subject = ngettext(
            "Concerté\u00a0: %(count)s point vous attend", "Concerté\u00a0: %(count)s points vous attendent", len(items)
        ) % {"count": len(items)}
        return _message(person, subject, "accounts/email/notices_message", context)


def written_letter(person: User, letter: Letter) -> EmailMultiAlternatives:
    """A formal message, with what is attached to it. To call in the person's language, as it was written."""
    message = _message(person, letter.subject, letter.template, letter.context)
    for part in letter.attached:
        message.attach(part)
    return message


def _message(person: User, subject: str, template: str, context: Mapping[str, Any]) -> EmailMultiAlternatives:
    """What all messages have: a text and a page, the way to be written to less often, and the way out."""
    stop = _absolute(way_out(person))
    whole = {
        **context,
        "name": person.name,
        "settings": _absolute(reverse("accounts:notices")),
        "stop": stop,
        "language": person.notice_language,
    }
    message = EmailMultiAlternatives(
        subject,
        render_to_string(f"{template}.txt", whole).strip() + "\n",
        to=[person.email],
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
            "Auto-Submitted": "auto-generated",  # RFC 3834: no absence message in return
        },
    )
    message.attach_alternative(render_to_string(f"{template}.html", whole), "text/html")
    return message


def _absolute(address: str) -> str:
    return f"{settings.BASE_URL}{address}" if address.startswith("/") else address
