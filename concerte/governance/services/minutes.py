"""Minutes: written together, put to those who sit, sent back by an objection, fixed once each college approved them."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.documents.notes import read_note
from concerte.governance.errors import MeetingRefused
from concerte.governance.models import Meeting, MinutesPosition
from concerte.governance.quorum import seats_of
from concerte.governance.rules import voting_mandate
from concerte.governance.services.meetings import check_secretariat, locked, record
from concerte.governance.services.minutes_accesses import keep_minutes_accesses
from concerte.governance.services.minutes_text import fixed_minutes
from concerte.partners.models import College

Minutes = Meeting.Minutes
Kind = MinutesPosition.Kind


@transaction.atomic
def put_minutes_to_approval(meeting: Meeting, *, acting_user: User | None) -> Meeting:
    """Fix what the minutes say for now, and ask those who sit. Nobody writes in them meanwhile.

    Raises MeetingRefused ("not-allowed", "not-writing": the meeting is not over, or they are already put,
    "empty-minutes"); nothing is then written."""
    meeting = locked(meeting)
    check_secretariat(acting_user, meeting.body)
    if meeting.status != Meeting.Status.HELD or meeting.minutes_state != Minutes.WRITING or meeting.minutes is None:
        raise MeetingRefused(
            _("Le relevé se soumet une fois la réunion close, pendant son écriture."), code="not-writing"
        )
    meeting.minutes_state = Minutes.APPROVAL
    keep_minutes_accesses(meeting)  # first: what is written after is refused
    if not read_note(meeting.minutes.pk):
        raise MeetingRefused(_("Le relevé est vide."), code="empty-minutes")
    meeting.minutes_content, meeting.minutes_digest = fixed_minutes(meeting)
    meeting.minutes_put_at = timezone.now()
    meeting.minutes_round += 1
    meeting.save()
    details = {"round": meeting.minutes_round, "digest": meeting.minutes_digest}
    record("governance.minutes_put", meeting, acting_user, details)
    return meeting


@transaction.atomic
def take_minutes_position(
    meeting: Meeting, *, kind: str, digest: str, reasons: str = "", acting_user: User
) -> MinutesPosition:
    """Approve the minutes that were put, or object, for the organisation whose seat the person holds.

    digest: of what the person read. One word per organisation and version. When somebody of each college that votes
    has approved, the minutes are fixed; an objection sends them back to be written.
    Raises MeetingRefused ("not-in-approval", "stale", "not-seated", "already-answered", "no-reason"); nothing is then
    written."""
    meeting = locked(meeting)
    if meeting.minutes_state != Minutes.APPROVAL:
        raise MeetingRefused(_("Ce relevé n’est pas soumis à l’approbation."), code="not-in-approval")
    if digest != meeting.minutes_digest:
        raise MeetingRefused(_("Le relevé a changé depuis que vous l’avez lu\u00a0: relisez-le."), code="stale")
    mandate = voting_mandate(acting_user, meeting.body)
    if mandate is None:
        raise MeetingRefused(_("Seules les personnes qui siègent avec voix approuvent le relevé."), code="not-seated")
    if meeting.minutes_positions.filter(round=meeting.minutes_round, seat=mandate.seat).exists():
        raise MeetingRefused(_("Votre organisation s’est déjà prononcée sur ce relevé."), code="already-answered")
    said = reasons.strip()
    if kind == Kind.OBJECTION and not said:
        raise MeetingRefused(_("Dites ce qui ne convient pas."), code="no-reason")
    position = MinutesPosition.objects.create(
        meeting=meeting,
        round=meeting.minutes_round,
        digest=digest,
        seat=mandate.seat,
        person=acting_user,
        kind=Kind(kind),
        reasons=said,
    )
    details = {"kind": str(position.kind), "organisation": mandate.seat.organisation.slug, "digest": digest}
    record("governance.minutes_answered", meeting, acting_user, details)
    if position.kind == Kind.OBJECTION:
        meeting.minutes_state = Minutes.WRITING
        meeting.save(update_fields=["minutes_state"])
        keep_minutes_accesses(meeting)
    elif not colleges_awaited(meeting):
        meeting.minutes_state, meeting.minutes_fixed_at = Minutes.FIXED, timezone.now()
        meeting.save(update_fields=["minutes_state", "minutes_fixed_at"])
        record("governance.minutes_fixed", meeting, None, {"digest": digest})
    return position


def colleges_awaited(meeting: Meeting) -> list[College]:
    """The colleges that voted on the day of the meeting and of which nobody has approved the minutes put last."""
    colleges = {seat.college_id: seat.college for seat in seats_of(meeting) if seat.is_voting}
    approved = set(
        meeting.minutes_positions.filter(round=meeting.minutes_round, kind=Kind.APPROVAL).values_list(
            "seat__college", flat=True
        )
    )
    return [college for key, college in colleges.items() if key not in approved]
