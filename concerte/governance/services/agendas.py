"""Agendas: items put, ordered, withdrawn, settled, carried to the next meeting; papers joined to them."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.documents.errors import FileRefused
from concerte.documents.files import store_file
from concerte.governance.errors import MeetingRefused
from concerte.governance.models import AgendaItem, AgendaPaper, Meeting
from concerte.governance.quorum import Quorum, quorum_of
from concerte.governance.services.meetings import check_secretariat, locked, reason_of, record, touch
from concerte.lineage.references import Reference
from concerte.partners.models import Organisation

Status = Meeting.Status
FIELDS = ("title", "kind", "summary", "reference", "rapporteur")


@transaction.atomic
def add_item(
    meeting: Meeting,
    *,
    title: str,
    kind: str = AgendaItem.Kind.DISCUSSION,
    summary: str = "",
    reference: Reference | None = None,
    rapporteur: Organisation | None = None,
    acting_user: User | None,
) -> AgendaItem:
    """Put an item at the end of the agenda of a meeting that is not over. reference: what it concerns, which the person
    has been shown. Raises MeetingRefused ("not-allowed", "agenda-closed", "no-title", "bad-kind")."""
    meeting = _open_agenda(meeting, acting_user)
    item = AgendaItem(meeting=meeting, position=_next_position(meeting))
    facts = {"title": title, "kind": kind, "summary": summary, "reference": reference, "rapporteur": rapporteur}
    _fill(item, facts)
    item.save(force_insert=True)
    _record("governance.item_added", item, meeting, acting_user)
    return item


@transaction.atomic
def update_item(item: AgendaItem, *, acting_user: User | None, **facts: Any) -> AgendaItem:
    """Change an item. facts: any of FIELDS. Raises MeetingRefused as add_item does, and "already-withdrawn"."""
    meeting = _open_agenda(item.meeting, acting_user)
    item = _standing(item)
    before = {field: getattr(item, field) for field in FIELDS}
    _fill(item, facts)
    changed = sorted(field for field in FIELDS if getattr(item, field) != before[field])
    if changed:
        item.save()
        _record("governance.item_updated", item, meeting, acting_user, {"changed": changed})
    return item


@transaction.atomic
def move_item(item: AgendaItem, *, up: bool, acting_user: User | None) -> AgendaItem:
    """Take an item before the one above it, or after the one below; at the end of the list nothing moves.

    Raises MeetingRefused ("not-allowed", "agenda-closed", "already-withdrawn")."""
    meeting = _open_agenda(item.meeting, acting_user)
    item = _standing(item)
    others = meeting.items.standing()
    beside = (
        others.filter(position__lt=item.position).order_by("-position", "-pk")
        if up
        else others.filter(position__gt=item.position).order_by("position", "pk")
    ).first()
    if beside is None:
        return item
    item.position, beside.position = beside.position, item.position
    item.save(update_fields=["position"])
    beside.save(update_fields=["position"])
    _record("governance.item_moved", item, meeting, acting_user, {"position": item.position})
    return item


@transaction.atomic
def withdraw_item(item: AgendaItem, *, reason: str, acting_user: User | None) -> AgendaItem:
    """Take an item off the agenda; it stays readable there, with the reason.

    Raises MeetingRefused ("not-allowed", "agenda-closed", "already-withdrawn", "no-reason")."""
    meeting = _open_agenda(item.meeting, acting_user)
    item = _standing(item)
    item.withdrawn_because = reason_of(reason)
    item.withdrawn_at = timezone.now()
    item.save(update_fields=["withdrawn_at", "withdrawn_because"])
    _record("governance.item_withdrawn", item, meeting, acting_user)
    return item


@transaction.atomic
def settle_item(item: AgendaItem, *, outcome: str, acting_user: User | None) -> AgendaItem:
    """Say what became of an item once the meeting is open, until its minutes are put to approval.

    Where presence is noted, nothing is decided without the quorum of that moment; once the meeting is over, without one
    that was ever there. Raises MeetingRefused ("not-allowed", "not-open", "already-withdrawn", "bad-outcome",
    "no-quorum"); nothing is then written."""
    meeting = locked(item.meeting)
    check_secretariat(acting_user, meeting.body)
    item = _standing(item)
    if meeting.minutes_state != Meeting.Minutes.WRITING:
        raise MeetingRefused(
            _("La suite d’un point se note de l’ouverture de la réunion à la soumission du relevé."), code="not-open"
        )
    if outcome not in AgendaItem.Outcome.values:
        raise MeetingRefused(_("Cette suite n’existe pas."), code="bad-outcome")
    if item.outcome != outcome:
        quorum = quorum_of(meeting)
        if outcome == AgendaItem.Outcome.DECIDED:
            _check_quorum(meeting, quorum)
        is_now = meeting.status == Status.OPEN and outcome != AgendaItem.Outcome.PENDING
        item.outcome = outcome
        item.settled_at = timezone.now() if is_now else None
        item.was_quorate = quorum.is_met if is_now and quorum.is_noted else None
        item.save(update_fields=["outcome", "settled_at", "was_quorate"])
        details = {"item": item.pk, "outcome": outcome, "quorate": item.was_quorate}
        record("governance.item_settled", meeting, acting_user, details)
    return item


@transaction.atomic
def carry_over(item: AgendaItem, *, meeting: Meeting, acting_user: User | None) -> AgendaItem:
    """Put on another agenda of the same body what was left over; the new item says where it comes from.

    Raises MeetingRefused ("not-allowed", "agenda-closed", "another-body", "not-left-over": it has an outcome, or was
    taken up already); nothing is then written."""
    meeting = _open_agenda(meeting, acting_user)
    left = AgendaItem.objects.left_over().select_for_update(of=("self",)).filter(pk=item.pk).first()
    if left is None:
        raise MeetingRefused(_("Ce point n’attend pas d’autre réunion."), code="not-left-over")
    if item.meeting.body_id != meeting.body_id or item.meeting_id == meeting.pk:
        raise MeetingRefused(_("Un point est reporté à une autre réunion de la même instance."), code="another-body")
    made = AgendaItem.objects.create(
        meeting=meeting,
        position=_next_position(meeting),
        title=left.title,
        kind=left.kind,
        summary=left.summary,
        reference_kind=left.reference_kind,
        reference_id=left.reference_id,
        rapporteur_id=left.rapporteur_id,
        carried_from=left,
    )
    _record("governance.item_carried_over", made, meeting, acting_user, {"from": left.pk})
    return made


@transaction.atomic
def join_paper(
    item: AgendaItem, *, upload: "UploadedFile[bytes]", is_restricted: bool = True, acting_user: User
) -> AgendaPaper:
    """Join a file to an item. is_restricted: for those inside the body only.

    Raises MeetingRefused ("not-allowed", "agenda-closed", "already-withdrawn", "file-refused")."""
    meeting = _open_agenda(item.meeting, acting_user)
    item = _standing(item)
    try:
        stored = store_file(upload, acting_user=acting_user)
    except FileRefused as refusal:
        raise MeetingRefused(refusal.message, code="file-refused") from refusal
    paper = AgendaPaper.objects.create(item=item, stored=stored, is_restricted=is_restricted)
    _record("governance.paper_joined", item, meeting, acting_user, {"digest": stored.digest})
    return paper


@transaction.atomic
def withdraw_paper(paper: AgendaPaper, *, reason: str, acting_user: User | None) -> AgendaPaper:
    """Take a paper back: its name and the reason stay, the file is given no more.

    Raises MeetingRefused ("not-allowed", "agenda-closed", "already-withdrawn", "no-reason")."""
    meeting = _open_agenda(paper.item.meeting, acting_user)
    paper = AgendaPaper.objects.select_for_update(of=("self",)).select_related("item").get(pk=paper.pk)
    if paper.withdrawn_at is not None:
        raise MeetingRefused(_("Cette pièce est déjà retirée."), code="already-withdrawn")
    paper.withdrawn_because = reason_of(reason)
    paper.withdrawn_at = timezone.now()
    paper.save(update_fields=["withdrawn_at", "withdrawn_because"])
    _record("governance.paper_withdrawn", paper.item, meeting, acting_user)
    return paper


def _check_quorum(meeting: Meeting, quorum: Quorum) -> None:
    """Whether a decision may be noted. Once the meeting is over nobody knows when it was taken: it is believed if there
    was a quorum before anybody left. Raises MeetingRefused("no-quorum")."""
    is_enough = quorum.is_met if meeting.status == Status.OPEN else quorum.was_met
    if not quorum.is_noted or is_enough:
        return
    names = ", ".join(college.name for college in quorum.missing)
    message = (
        _("Le quorum n’est pas atteint (%(colleges)s) : rien ne se décide. Reportez ce point à une autre réunion.")
        if names
        else _("Personne ne vote dans cette instance : rien ne s’y décide.")
    )
    raise MeetingRefused(message % {"colleges": names}, code="no-quorum")


def _open_agenda(meeting: Meeting, acting_user: User | None) -> Meeting:
    meeting = locked(meeting)
    check_secretariat(acting_user, meeting.body)
    if not meeting.is_alive:
        raise MeetingRefused(_("L’ordre du jour de cette réunion ne change plus."), code="agenda-closed")
    return meeting


def _standing(item: AgendaItem) -> AgendaItem:
    item = AgendaItem.objects.select_for_update(of=("self",)).select_related("rapporteur").get(pk=item.pk)
    if item.withdrawn_at is not None:
        raise MeetingRefused(_("Ce point est retiré de l’ordre du jour."), code="already-withdrawn")
    return item


def _next_position(meeting: Meeting) -> int:
    last: int | None = meeting.items.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def _fill(item: AgendaItem, facts: dict[str, Any]) -> None:
    for field, value in facts.items():
        if field == "reference":
            item.reference_kind, item.reference_id = (value.kind, value.id) if value else ("", "")
        elif field in FIELDS:
            setattr(item, field, value.strip() if isinstance(value, str) else value)
        else:
            raise TypeError(f"not a fact of an item: {field}")
    if not item.title:
        raise MeetingRefused(_("Donnez un intitulé à ce point."), code="no-title")
    if item.kind not in AgendaItem.Kind.values:
        raise MeetingRefused(_("Cette nature de point n’existe pas."), code="bad-kind")


def _record(
    act: str, item: AgendaItem, meeting: Meeting, acting_user: User | None, details: dict[str, Any] | None = None
) -> None:
    record(act, meeting, acting_user, {"item": item.pk, **(details or {})})
    if meeting.status == Status.CONVENED:
        touch(meeting)  # calendars show the agenda
