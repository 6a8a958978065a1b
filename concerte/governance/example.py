"""Example bodies: the documented ones of the real programmes, and a made-up one where everything can be tried."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.common.partial_dates import PartialDate
from concerte.governance.models import AgendaItem, Body, Meeting, Seat
from concerte.governance.services import (
    add_item,
    convene_meeting,
    create_body,
    give_mandate,
    grant_seat,
    prepare_meeting,
)
from concerte.journal import services as journal
from concerte.partners.models import Circle, Organisation

# The levels of programme files.
LEVELS = {
    "politique": Body.Level.POLITICAL,
    "pilotage": Body.Level.STEERING,
    "operationnel": Body.Level.OPERATIONAL,
    "concertation": Body.Level.CONSULTATIVE,
}


@transaction.atomic
def load_bodies(
    circle: Circle, bodies: Sequence[Mapping[str, Any]], *, sources: Iterable[Mapping[str, Any]] = ()
) -> list[Body]:
    """The bodies a programme file documents, with the meetings whose date it gives; those already there are left alone.

    bodies: the `bodies` of the file, as `programme.origin` keeps them ("id", "name", "level", "role", "composition",
    "meetings": partial dates, "source": ids…). sources: the table of sources, with "address". No seat is given: no
    source says which organisation had one. Whatever is not as expected is left out. From a command: nobody acts."""
    by_id = {str(source.get("id")): _source_line(source) for source in sources}
    loaded = []
    for facts in bodies:
        if not _text(facts.get("name")) or not _text(facts.get("id")):
            continue
        # Ids are those of one file: another programme may have a steering committee too.
        slug = slugify(f"{circle.slug}-{facts['id']}")[:80]
        body = Body.objects.filter(slug=slug).first() or _load_body(slug, circle, facts, by_id)
        for known_as in _many(facts.get("meetings")):
            _load_meeting(body, known_as)
        loaded.append(body)
    return loaded


@transaction.atomic
def load_example_body(circle: Circle, people: Mapping[str, User]) -> Body | None:
    """A made-up steering body for the exercise programme: both colleges sit, the example people hold the seats, a
    meeting is convened and another prepared. Nothing when it is there, or when the organisations are not.

    people: by example role ("coordination", "pilot", "representative", "contributor", "reader")."""
    slug = f"{circle.slug}-comite-de-pilotage"
    there = Body.objects.filter(slug=slug).first()
    organisations = Organisation.objects.in_bulk(
        ["service-essai-etat", "association-essai-communes", "federation-essai-departements"], field_name="slug"
    )
    if there is not None or len(organisations) < 3:
        return there
    state = organisations["service-essai-etat"]
    body = create_body(
        slug=slug,
        name=_("Comité de pilotage d’essai"),
        acronym=_("CoPil"),
        level=Body.Level.STEERING,
        purpose=_(
            "Instance fictive, pour s’exercer : arrêter la feuille de route de chaque semestre et en dresser le bilan."
        ),
        circles=[circle],
        secretariat=state,
        notice_days=7,
        acting_user=None,
    )
    starts_on = timezone.localdate() - timedelta(days=60)
    seats = {
        each.slug: grant_seat(body, organisation=each, starts_on=_within(each, starts_on), acting_user=None)
        for each in organisations.values()
    }
    _name(seats["service-essai-etat"], people.get("pilot"), _("Directrice du service (fictive)"))
    _name(seats["service-essai-etat"], people.get("coordination"), _("Chef de projet (fictif)"), is_substitute=True)
    _name(seats["association-essai-communes"], people.get("representative"), _("Maire (fictive)"))
    _name(
        seats["association-essai-communes"],
        people.get("contributor"),
        _("Chargé de mission (fictif)"),
        is_substitute=True,
    )
    _hold_meetings(body, state)
    return body


def _load_body(slug: str, circle: Circle, facts: Mapping[str, Any], sources: Mapping[str, dict[str, str]]) -> Body:
    named = [sources[key] for key in map(str, _many(facts.get("source"))) if key in sources]
    return create_body(
        slug=slug,
        name=facts["name"],
        acronym=_text(facts.get("acronym")),
        level=LEVELS.get(_text(facts.get("level")), Body.Level.CONSULTATIVE),
        purpose=_text(facts.get("role")),
        starts_on=_partial(facts.get("created")),
        circles=[circle],
        origin={
            "composition": _text(facts.get("composition")),
            "frequency": _text(facts.get("frequency")),
            "note": _text(facts.get("note")),
            "certainty": _text(facts.get("certainty")),
            "sources": named,
        },
        acting_user=None,
    )


def _load_meeting(body: Body, known_as: object) -> None:
    """A meeting of which sources give the date, and nothing else."""
    text = _partial(known_as)
    if not text:
        return
    made, is_new = Meeting.objects.get_or_create(
        body=body,
        known_as=text,
        defaults={
            "status": Meeting.Status.HELD,
            "origin": {"sources": body.origin.get("sources", []), "certainty": body.origin.get("certainty", "")},
        },
    )
    if is_new:
        journal.record("governance.meeting_documented", actor=None, subject=made, details={"day": text})


def _hold_meetings(body: Body, rapporteur: Organisation) -> None:
    today = timezone.localdate()
    first = prepare_meeting(
        body,
        starts_at=_at(today + timedelta(days=10)),
        ends_at=_at(today + timedelta(days=10)) + timedelta(hours=2),
        title=_("Bilan du semestre et feuille de route"),
        place=_("Salle d’essai, 1 rue de l’Exercice"),
        acting_user=None,
    )
    for title, kind in (
        (_("Bilan du semestre"), AgendaItem.Kind.INFORMATION),
        (_("Feuille de route du semestre suivant"), AgendaItem.Kind.DECISION),
        (_("Questions des collectivités"), AgendaItem.Kind.DISCUSSION),
    ):
        add_item(first, title=title, kind=kind, rapporteur=rapporteur, acting_user=None)
    convene_meeting(first, acting_user=None)
    prepare_meeting(
        body,
        starts_at=_at(today + timedelta(days=100)),
        ends_at=_at(today + timedelta(days=100)) + timedelta(hours=2),
        acting_user=None,
    )


def _name(seat: Seat, person: User | None, title: str, *, is_substitute: bool = False) -> None:
    if person is not None:
        give_mandate(seat, person=person, title=title, is_substitute=is_substitute, acting_user=None)


def _within(organisation: Organisation, day: date) -> date:
    """That day, or the first day of the organisation when it comes later."""
    return max(day, organisation.starts_on) if organisation.starts_on else day


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9, 30), tzinfo=ZoneInfo("Europe/Paris"))


def _source_line(source: Mapping[str, Any]) -> dict[str, str]:
    return {name: _text(source.get(name)) for name in ("id", "title", "publisher", "date", "address")}


def _partial(value: object) -> str:
    """A partial date at the precision it is given; '' for anything else."""
    text = value.isoformat() if isinstance(value, date) else _text(str(value)) if isinstance(value, int | str) else ""
    try:
        return PartialDate.parse(text).text if text else ""
    except ValueError:
        return ""


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _many(value: object) -> list[object]:
    if isinstance(value, list | tuple):
        return list(value)
    return [] if value is None else [value]
