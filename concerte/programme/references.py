"""How proposals and editions are shown where they are pointed at."""

from collections.abc import Collection, Mapping

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.common.templatetags.typography import semester
from concerte.lineage.references import Shown
from concerte.programme.models import Edition, Proposal


def shown_proposals(ids: Collection[str], viewer: User | AnonymousUser) -> Mapping[str, Shown]:
    """Those of these proposals whose workshop the person may enter."""
    found = Proposal.objects.visible_to(viewer).filter(pk__in=_keys(ids)).select_related("programme").defer("content")
    return {
        str(proposal.pk): Shown(
            label=_("%(programme)s, proposition %(number)d")
            % {"programme": proposal.programme, "number": proposal.number},
            address=reverse("programme:proposal", args=[proposal.programme.slug, proposal.number]),
            detail=str(proposal.get_state_display()),
            on=timezone.localdate(proposal.frozen_at),
        )
        for proposal in found
    }


def shown_editions(ids: Collection[str], _viewer: User | AnonymousUser) -> Mapping[str, Shown]:
    """Editions are for everybody."""
    found = Edition.objects.filter(pk__in=_keys(ids)).select_related("programme").defer("content", "record")
    return {
        str(edition.pk): Shown(
            label=_("%(programme)s, édition %(number)d") % {"programme": edition.programme, "number": edition.number},
            address=reverse("publication:edition", args=[edition.programme.slug, edition.number]),
            detail=semester(edition.semester),
            on=timezone.localdate(edition.published_at),
        )
        for edition in found
    }


def _keys(ids: Collection[str]) -> list[int]:
    return [int(each) for each in ids if each.isdecimal()]
