"""Meetings: prepared, convened within the notice of their body, opened, closed, cancelled."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concerte.accounts.models import User
from concerte.documents.notes import create_note
from concerte.governance.errors import MeetingRefused
from concerte.governance.models import AgendaItem, Body, Meeting
from concerte.governance.rules import keeps_secretariat
from concerte.governance.services.minutes_accesses import keep_minutes_accesses
from concerte.governance.services.minutes_text import prepared_blocks
from concerte.governance.time_zones import ZONES
from concerte.journal import services as journal
from concerte.lineage.errors import LineageRefused
from concerte.lineage.models import Relation
from concerte.lineage.references import Reference
from concerte.lineage.services import link

Status = Meeting.Status
FIELDS = ("title", "starts_at", "ends_at", "time_zone", "place", "link", "publicity")
WHEN_AND_WHERE = {"starts_at", "ends_at", "time_zone", "place", "link"}  # those who sit are written to about it


@transaction.atomic
def prepare_meeting(body: Body, *, starts_at: datetime, acting_user: User | None, **facts: Any) -> Meeting:
    """Begin a meeting nobody but those inside knows of yet. starts_at: an instant. facts: any other of FIELDS.

    Time zone and publicity are those of the body unless given. Raises MeetingRefused ("not-allowed", "body-ended",
    "bad-time-zone", "ends-before-start", "in-the-past"); nothing is then written."""
    body = Body.objects.select_for_update(of=("self",)).get(pk=body.pk)
    check_secretariat(acting_user, body)
    made = Meeting(body=body, publicity=body.publicity, time_zone=body.time_zone)
    _fill(made, {"starts_at": starts_at, **facts})
    if starts_at <= timezone.now():
        raise MeetingRefused(_("Choisissez un moment à venir."), code="in-the-past")
    if not body.exists_on(made.day):
        raise MeetingRefused(_("Cette instance n’existe plus à cette date."), code="body-ended")
    _take_rules_of(made, body)
    made.save(force_insert=True)
    record("governance.meeting_prepared", made, acting_user, {"day": made.day_text})
    return made


@transaction.atomic
def update_meeting(meeting: Meeting, *, urgent_because: str = "", acting_user: User | None, **facts: Any) -> Meeting:
    """Change when or where. facts: any of FIELDS. Once convened, another moment asks for the notice again, or for why
    it is urgent; calendars follow.

    Raises MeetingRefused ("not-allowed", "not-alive", "bad-time-zone", "ends-before-start", "in-the-past",
    "too-late"); nothing is then written."""
    meeting = locked(meeting)
    check_secretariat(acting_user, meeting.body)
    if meeting.status not in (Status.PLANNED, Status.CONVENED):
        raise MeetingRefused(_("Cette réunion ne peut plus être modifiée."), code="not-alive")
    before = {field: getattr(meeting, field) for field in FIELDS}
    _fill(meeting, facts)
    changed = [field for field in FIELDS if getattr(meeting, field) != before[field]]
    if not changed:
        return meeting
    if "starts_at" in changed or "time_zone" in changed:
        if meeting.starts_at is None or meeting.starts_at <= timezone.now():
            raise MeetingRefused(_("Choisissez un moment à venir."), code="in-the-past")
        if meeting.status == Status.CONVENED:
            _check_notice(meeting, urgent_because)
            changed.append("urgent_because")
    meeting.save(update_fields=changed)
    touch(meeting)
    if meeting.status == Status.CONVENED and WHEN_AND_WHERE & set(changed):
        _convene_again(meeting)
    record("governance.meeting_updated", meeting, acting_user, {"changed": sorted(changed)})
    return meeting


@transaction.atomic
def convene_meeting(meeting: Meeting, *, urgent_because: str = "", acting_user: User | None) -> Meeting:
    """Call those who sit to a meeting, as many days before it as the body asks, or sooner when it is urgent and said
    why. From then on the meeting is seen as far as its publicity goes.

    Raises MeetingRefused ("not-allowed", "not-planned", "in-the-past", "no-agenda", "no-place", "too-late"); nothing
    is then written."""
    meeting = locked(meeting)
    check_secretariat(acting_user, meeting.body)
    if meeting.status != Status.PLANNED:
        raise MeetingRefused(_("Cette réunion est déjà convoquée, ou ne peut plus l’être."), code="not-planned")
    if meeting.starts_at is None or meeting.starts_at <= timezone.now():
        raise MeetingRefused(_("Le moment prévu est passé."), code="in-the-past")
    if not meeting.items.filter(withdrawn_at=None).exists():
        raise MeetingRefused(_("Inscrivez au moins un point à l’ordre du jour."), code="no-agenda")
    if not meeting.place and not meeting.link:
        raise MeetingRefused(_("Indiquez un lieu ou une adresse de connexion."), code="no-place")
    _take_rules_of(meeting, meeting.body)
    _check_notice(meeting, urgent_because)
    meeting.status, meeting.convened_at = Status.CONVENED, timezone.now()
    meeting.save()
    touch(meeting)
    _convene_again(meeting)
    record("governance.meeting_convened", meeting, acting_user, {"urgent": bool(meeting.urgent_because)})
    return meeting


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, reason: str, acting_user: User | None) -> Meeting:
    """Say that a meeting will not be held. Its agenda waits for another one; calendars show it cancelled.

    Raises MeetingRefused ("not-allowed", "not-alive", "no-reason"); nothing is then written."""
    meeting = locked(meeting)
    check_secretariat(acting_user, meeting.body)
    if meeting.status not in (Status.PLANNED, Status.CONVENED):
        raise MeetingRefused(_("Cette réunion ne peut plus être annulée."), code="not-alive")
    meeting.cancelled_because = reason_of(reason)
    meeting.status, meeting.cancelled_at = Status.CANCELLED, timezone.now()
    meeting.save()
    touch(meeting)
    if meeting.convened_at is not None:
        _convene_again(meeting)
    record("governance.meeting_cancelled", meeting, acting_user)
    return meeting


@transaction.atomic
def open_meeting(meeting: Meeting, *, acting_user: User | None) -> Meeting:
    """Begin a meeting, on its day: its minutes are prepared from the agenda, and those who sit may write in them.

    Raises MeetingRefused ("not-allowed", "not-convened", "too-early"); nothing is then written."""
    meeting = locked(meeting)
    check_secretariat(acting_user, meeting.body)
    if meeting.status != Status.CONVENED:
        raise MeetingRefused(_("Seule une réunion convoquée peut être ouverte."), code="not-convened")
    now = timezone.now()
    if now.astimezone(meeting.zone).date() < meeting.day:
        raise MeetingRefused(_("Une réunion ne s’ouvre pas avant son jour."), code="too-early")
    items = list(meeting.items.standing())
    name = _("Relevé\u00a0: %(body)s, %(day)s") % {"body": meeting.body, "day": meeting.day_text}
    meeting.minutes = create_note(name[:200], blocks=prepared_blocks(items), acting_user=acting_user)
    meeting.minutes_state = Meeting.Minutes.WRITING
    meeting.status, meeting.opened_at = Status.OPEN, now
    meeting.save()
    keep_minutes_accesses(meeting)
    record("governance.meeting_opened", meeting, acting_user)
    return meeting


@transaction.atomic
def close_meeting(meeting: Meeting, *, acting_user: User | None) -> Meeting:
    """End a meeting. What its agenda pointed at was discussed there; an item for decision that has none is left over.

    Raises MeetingRefused ("not-allowed", "not-open"); nothing is then written."""
    meeting = locked(meeting)
    check_secretariat(acting_user, meeting.body)
    if meeting.status != Status.OPEN:
        raise MeetingRefused(_("Cette réunion n’est pas en cours."), code="not-open")
    meeting.status, meeting.closed_at = Status.HELD, timezone.now()
    meeting.save(update_fields=["status", "closed_at"])
    for item in meeting.items.standing().exclude(outcome=AgendaItem.Outcome.POSTPONED):
        if item.reference is not None:
            # A thing that came of this very meeting cannot be one of its origins: nothing more is to be said of it.
            with suppress(LineageRefused), transaction.atomic():
                link(
                    item.reference,
                    Reference.to(meeting),
                    Relation.DISCUSSED,
                    organisation=_slug_of_secretariat(meeting),
                    acting_user=acting_user,
                )
    record("governance.meeting_closed", meeting, acting_user)
    return meeting


# --- Shared with agendas, presence and minutes ----------------------------------------------------------------------


def locked(meeting: Meeting) -> Meeting:
    """The meeting as it is now, nobody else changing it until the end of the transaction."""
    return (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("body__secretariat", "minutes")
        .get(pk=meeting.pk)
    )


def check_secretariat(acting_user: User | None, body: Body) -> None:
    """Nobody in particular is an operator, from a command. Raises MeetingRefused("not-allowed")."""
    if acting_user is not None and not keeps_secretariat(acting_user, body):
        raise MeetingRefused(_("Seul le secrétariat de l’instance peut le faire."), code="not-allowed")


def reason_of(text: str) -> str:
    """The reason, trimmed. Raises MeetingRefused("no-reason")."""
    if not text.strip():
        raise MeetingRefused(_("Indiquez le motif\u00a0: il reste affiché."), code="no-reason")
    return text.strip()[:300]


def touch(meeting: Meeting) -> None:
    """Tell calendars that something changed."""
    Meeting.objects.filter(pk=meeting.pk).update(sequence=F("sequence") + 1, changed_at=timezone.now())
    meeting.refresh_from_db(fields=["sequence", "changed_at"])


def record(act: str, meeting: Meeting, acting_user: User | None, details: dict[str, Any] | None = None) -> None:
    """A line of the journal, in the name of the secretariat of the body."""
    journal.record(act, actor=acting_user, subject=meeting, organisation=_slug_of_secretariat(meeting), details=details)


def _convene_again(meeting: Meeting) -> None:
    """Have those who sit written to (`governance.convening`): what they were told before is no longer true."""
    Meeting.objects.filter(pk=meeting.pk).update(convening_round=F("convening_round") + 1)
    meeting.refresh_from_db(fields=["convening_round"])


def _slug_of_secretariat(meeting: Meeting) -> str:
    return meeting.body.secretariat.slug if meeting.body.secretariat else ""


def _fill(meeting: Meeting, facts: dict[str, Any]) -> None:
    unknown = facts.keys() - set(FIELDS)
    if unknown:
        raise TypeError(f"not facts of a meeting: {sorted(unknown)}")
    for field, value in facts.items():
        setattr(meeting, field, value.strip() if isinstance(value, str) else value)
    if meeting.time_zone not in ZONES:
        raise MeetingRefused(_("Ce fuseau horaire n’est pas proposé."), code="bad-time-zone")
    if meeting.ends_at is not None and meeting.starts_at is not None and meeting.ends_at <= meeting.starts_at:
        raise MeetingRefused(_("La fin doit venir après le début."), code="ends-before-start")


def _take_rules_of(meeting: Meeting, body: Body) -> None:
    for rule in ("notice_days", "quorum_percent", "max_proxies"):
        setattr(meeting, rule, getattr(body, rule))


def _check_notice(meeting: Meeting, urgent_because: str) -> None:
    """Whether it is convened soon enough; otherwise keep why it is urgent. Raises MeetingRefused("too-late")."""
    today = timezone.now().astimezone(meeting.zone).date()
    missing = (today - meeting.convene_before).days
    if missing <= 0:
        meeting.urgent_because = ""
        return
    if not urgent_because.strip():
        raise MeetingRefused(
            ngettext(
                "Il manque %(missing)d jour au délai de convocation de %(days)d jours"
                "\u00a0: changez la date, ou indiquez le motif de l’urgence.",
                "Il manque %(missing)d jours au délai de convocation de %(days)d jours"
                "\u00a0: changez la date, ou indiquez le motif de l’urgence.",
                missing,
            )
            % {"missing": missing, "days": meeting.notice_days},
            code="too-late",
        )
    meeting.urgent_because = urgent_because.strip()[:300]
