"""What a message says: what waits, where it is done, how to be written to less often or no more."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from concerte.accounts.models import User
from concerte.accounts.notice_links import way_out
from concerte.accounts.waiting import WaitingItem

MOST_TOLD = 30  # lines of one message; the page shows the rest


def written_message(person: User, items: Sequence[WaitingItem]) -> EmailMultiAlternatives:
    """The message, in the person's language. The subject only counts: it is shown on locked screens."""
    with translation.override(person.notice_language):
        stop = _absolute(way_out(person))
        context = {
            "name": person.name,
            "items": [
                {"title": item.title, "detail": item.detail, "address": _absolute(item.address), "since": item.since}
                for item in items[:MOST_TOLD]
            ],
            "others": len(items[MOST_TOLD:]),
            "my_space": _absolute(reverse("accounts:my_space")),
            "settings": _absolute(reverse("accounts:notices")),
            "stop": stop,
            "language": person.notice_language,
        }
        subject = ngettext(
            "Concerté\u00a0: %(count)s point vous attend", "Concerté\u00a0: %(count)s points vous attendent", len(items)
        ) % {"count": len(items)}
        message = EmailMultiAlternatives(
            subject,
            render_to_string("accounts/email/notices_message.txt", context).strip() + "\n",
            to=[person.email],
            headers={
                "List-Unsubscribe": f"<{stop}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
                "Auto-Submitted": "auto-generated",  # RFC 3834: no absence message in return
            },
        )
        message.attach_alternative(render_to_string("accounts/email/notices_message.html", context), "text/html")
        return message


def _absolute(address: str) -> str:
    return f"{settings.BASE_URL}{address}" if address.startswith("/") else address
