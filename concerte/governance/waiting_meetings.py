"""What bodies and meetings wait for from a person: shown on their page “Mon espace”, told once by e-mail."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concerte.accounts.models import User
from concerte.accounts.waiting import WaitingItem
from concerte.common.templatetags.typography import day
from concerte.governance.convening import has_letter, is_convened
from concerte.governance.models import AgendaItem, Body, Mandate, Meeting, Seat


def waiting_for(person: User) -> Iterator[WaitingItem]:
    """Minutes to approve, meetings to come, empty seats and what was left over for the secretariat."""
    mandates = list(
        Mandate.objects.held_by(person, timezone.localdate()).select_related("seat__body", "seat__organisation")
    )
    yield from _minutes_to_approve(mandates)
    yield from _meetings_to_come(person, mandates)
    kept = list(Body.objects.kept_by(person))
    yield from _empty_seats(kept)
    yield from _left_over(kept)


def _minutes_to_approve(mandates: list[Mandate]) -> Iterator[WaitingItem]:
    """Those of bodies on which the person votes, and on which their organisation has said nothing yet."""
    voting = {mandate.seat.body_id: mandate.seat for mandate in mandates if mandate.seat.is_voting}
    waiting = (
        Meeting.objects.filter(body__in=voting, minutes_state=Meeting.Minutes.APPROVAL)
        .select_related("body")
        .prefetch_related("minutes_positions")
    )
    for meeting in waiting:
        seat = voting[meeting.body_id]
        if any(
            said.round == meeting.minutes_round and said.seat_id == seat.pk for said in meeting.minutes_positions.all()
        ):
            continue
        yield WaitingItem(
            title=_("Un relevé attend l’approbation de %(organisation)s") % {"organisation": seat.organisation},
            detail=_("%(body)s, réunion du %(day)s") % {"body": meeting.body, "day": day(meeting.day)},
            address=reverse("governance:minutes", args=[meeting.pk]),
            since=meeting.minutes_put_at,
            key=f"governance.minutes:{meeting.pk}:{meeting.minutes_round}:{seat.pk}",
        )


def _meetings_to_come(person: User, mandates: list[Mandate]) -> Iterator[WaitingItem]:
    """Convened, of the bodies the person sits on or keeps the secretariat of."""
    bodies = {mandate.seat.body_id for mandate in mandates}
    kept = Body.objects.kept_by(person).values("pk")
    convened = Meeting.objects.to_come().exclude(status=Meeting.Status.PLANNED).select_related("body")
    for meeting in convened.filter(body__in=bodies) | convened.filter(body__in=kept):
        start = meeting.local_start
        if start is None:
            continue
        yield WaitingItem(
            title=_("Réunion à venir\u00a0: %(body)s, le %(day)s à %(hour)s")
            % {"body": meeting.body, "day": day(meeting.day), "hour": f"{start:%H:%M}"},
            detail=meeting.title or meeting.place,
            address=reverse("governance:meeting", args=[meeting.pk]),
            since=meeting.convened_at,
            # Another moment is another request: it is told again.
            key=f"governance.meeting:{meeting.pk}:{meeting.starts_at:%Y%m%dT%H%M}",
            has_letter=has_letter(meeting) and any(is_convened(mandate, meeting) for mandate in mandates),
        )


def _empty_seats(kept: list[Body]) -> Iterator[WaitingItem]:
    """Seats nobody holds today, in bodies that still meet."""
    today = timezone.localdate()
    held = Mandate.objects.held_on(today).filter(seat=OuterRef("pk"), is_substitute=False)
    empty = (
        Seat.objects.held_on(today)
        .filter(~Exists(held), body__in=[body for body in kept if body.exists_on(today)])
        .select_related("body", "organisation")
        .prefetch_related("mandates")
        .order_by("pk")
    )
    for seat in empty:
        # Empty again after somebody else is another request.
        last = max((mandate.pk for mandate in seat.mandates.all()), default=0)
        yield WaitingItem(
            title=_("Siège sans titulaire\u00a0: %(organisation)s") % {"organisation": seat.organisation},
            detail=seat.body.name,
            address=reverse("governance:give_mandate", args=[seat.body.slug, seat.pk]),
            key=f"governance.empty_seat:{seat.pk}:{last}",
        )


def _left_over(kept: list[Body]) -> Iterator[WaitingItem]:
    """Items without decision that no agenda took up: one line for each body."""
    counts: dict[int, int] = {}
    for body_id in (
        AgendaItem.objects.left_over().filter(meeting__body__in=kept).values_list("meeting__body", flat=True)
    ):
        counts[body_id] = counts.get(body_id, 0) + 1
    for body in kept:
        if count := counts.get(body.pk):
            yield WaitingItem(
                title=ngettext(
                    "%(count)d point attend la prochaine réunion\u00a0: %(body)s",
                    "%(count)d points attendent la prochaine réunion\u00a0: %(body)s",
                    count,
                )
                % {"count": count, "body": body},
                detail=_("Sans décision, ou reportés"),
                address=reverse("governance:body", args=[body.slug]) + "#points-reportes",
            )
