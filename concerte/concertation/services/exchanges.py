"""Recording exchanges, correcting them, what follows them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.common.partial_dates import PartialDate, Precision
from concerte.concertation.errors import ExchangeRefused
from concerte.concertation.models.exchanges import Exchange, FollowUp, Visibility
from concerte.concertation.rules.exchanges import AtTheTable, at_the_table
from concerte.concertation.services.exchanges_accesses import keep_exchange_accesses_true, locked_exchange
from concerte.documents.notes import create_note
from concerte.documents.rich_text import Blocks
from concerte.journal import services as journal
from concerte.lineage.models import Link, Relation
from concerte.lineage.references import Reference
from concerte.lineage.services import link
from concerte.partners.circles import memberships_in_circles, standing_in
from concerte.partners.models import Circle, Organisation


@transaction.atomic
def record_exchange(
    circle: Circle,
    *,
    title: str,
    held_on: str,
    organisations: Sequence[Organisation],
    subjects: str = "",
    people: Iterable[User] = (),
    other_people: str = "",
    visibility: str = Visibility.SIDES,
    notes: Blocks = (),
    origin: dict[str, Any] | None = None,
    acting_user: User | None,
) -> Exchange:
    """Record that organisations of two colleges met, or will, with a shared note to write in together.

    held_on: PartialDate; what is to come is a day. subjects, other_people: one per line. acting_user: somebody who may
    write for an organisation present, or nobody (the operator, for what was). Raises ExchangeRefused ("not-allowed",
    "no-title", "bad-date", "vague-future", "not-two-sides", "not-in-circle", "unknown-people"); nothing is written."""
    title = title.strip()
    last_day = _checked_date(held_on)
    if not title:
        raise ExchangeRefused(_("Dites l’objet de l’échange."), code="no-title")
    _check_parties(circle, organisations)
    if acting_user is not None:
        mine = standing_in(acting_user, circle.pk).writing_for
        if not set(mine) & set(organisations):
            raise ExchangeRefused(
                _("Un échange est consigné par une personne qui écrit pour une organisation présente."),
                code="not-allowed",
            )
    present = _checked_people(circle, organisations, people)
    exchange = Exchange.objects.create(
        circle=circle,
        title=title,
        held_on=held_on,
        held_by_day=last_day,
        subjects=_one_form(subjects),
        other_people=_one_form(other_people),
        visibility=visibility,
        note=create_note(title, blocks=notes, acting_user=acting_user),
        origin=origin or {},
        created_by=acting_user,
    )
    for organisation in organisations:
        exchange.parties.create(organisation=organisation, college=organisation.college)
    exchange.people.set(present)
    _journal("exchange_recorded", exchange, acting_user)
    keep_exchange_accesses_true(exchange, acting_user=acting_user)
    return exchange


@transaction.atomic
def correct_exchange(
    exchange: Exchange,
    *,
    title: str,
    held_on: str,
    organisations: Sequence[Organisation],
    subjects: str,
    people: Iterable[User],
    other_people: str,
    visibility: str,
    acting_user: User,
) -> Exchange:
    """Correct the record. A change, however small, cancels the confirmations given so far.

    Raises ExchangeRefused: those of record_exchange, and "fixed"; nothing is then written."""
    exchange = locked_exchange(exchange)
    check_may_correct(exchange, acting_user)
    title = title.strip()
    last_day = _checked_date(held_on)
    if not title:
        raise ExchangeRefused(_("Dites l’objet de l’échange."), code="no-title")
    _check_parties(exchange.circle, organisations, already=exchange)
    if not set(standing_in(acting_user, exchange.circle_id).writing_for) & set(organisations):
        raise ExchangeRefused(
            _("Une organisation pour laquelle vous écrivez doit rester parmi les présentes."), code="not-allowed"
        )
    present = _checked_people(exchange.circle, organisations, people, already=exchange)
    values: dict[str, Any] = {
        "title": title,
        "held_on": held_on,
        "held_by_day": last_day,
        "subjects": _one_form(subjects),
        "other_people": _one_form(other_people),
        "visibility": visibility,
    }
    changed = sorted(name for name, value in values.items() if getattr(exchange, name) != value)
    if set(exchange.people.all()) != set(present):
        exchange.people.set(present)
        changed.append("people")
    if _replace_parties(exchange, organisations):
        changed.append("organisations")
    if not changed:
        return exchange
    for name, value in values.items():
        setattr(exchange, name, value)
    exchange.save(update_fields=[*values])
    cancel_confirmations(exchange, acting_user)
    _journal("exchange_corrected", exchange, acting_user, fields=changed)
    keep_exchange_accesses_true(exchange, acting_user=acting_user)
    return exchange


@transaction.atomic
def add_follow_up(
    exchange: Exchange,
    *,
    what: str,
    due_on: date,
    person: User | None = None,
    organisation: Organisation | None = None,
    acting_user: User,
) -> FollowUp:
    """Something to do after the exchange, by one person or one organisation present, for a day.

    Cancels the confirmations given so far. Raises ExchangeRefused ("not-allowed", "fixed", "nothing-to-do",
    "one-owner", "owner-not-present"); nothing is then written."""
    exchange = locked_exchange(exchange)
    check_may_correct(exchange, acting_user)
    if not what.strip():
        raise ExchangeRefused(_("Dites ce qui est à faire."), code="nothing-to-do")
    if (person is None) == (organisation is None):
        raise ExchangeRefused(_("Une suite a un responsable : une personne ou une organisation."), code="one-owner")
    if not _may_own(exchange, person, organisation):
        raise ExchangeRefused(
            _("Le responsable est une des organisations présentes, ou une personne de l’une d’elles."),
            code="owner-not-present",
        )
    follow_up = exchange.follow_ups.create(
        what=what.strip(), due_on=due_on, person=person, organisation=organisation, added_by=acting_user
    )
    cancel_confirmations(exchange, acting_user)
    _journal("follow_up_added", exchange, acting_user, follow_up=follow_up.pk, due_on=due_on.isoformat())
    return follow_up


@transaction.atomic
def close_follow_up(follow_up: FollowUp, *, is_done: bool, word: str = "", acting_user: User) -> FollowUp:
    """Say that it is done, or that it will not be, and why. Its owner may, and whoever writes for one of the two sides.

    Raises ExchangeRefused ("not-allowed", "already-closed", "no-word"); nothing is then written."""
    exchange = locked_exchange(follow_up.exchange)
    follow_up = exchange.follow_ups.get(pk=follow_up.pk)
    if follow_up.person_id != acting_user.pk and not at_the_table(acting_user, exchange).may_write:
        raise ExchangeRefused(_("Seules les deux parties closent les suites de l’échange."), code="not-allowed")
    if not follow_up.is_open:
        raise ExchangeRefused(_("Cette suite est déjà close."), code="already-closed")
    if not is_done and not word.strip():
        raise ExchangeRefused(_("Dites en un mot pourquoi elle est abandonnée."), code="no-word")
    follow_up.state = FollowUp.State.DONE if is_done else FollowUp.State.DROPPED
    follow_up.closing_word = word.strip()
    follow_up.closed_at = timezone.now()
    follow_up.closed_by = acting_user
    follow_up.save(update_fields=["state", "closing_word", "closed_at", "closed_by"])
    _journal("follow_up_closed", exchange, acting_user, follow_up=follow_up.pk, state=follow_up.state)
    return follow_up


@transaction.atomic
def raise_need_from(exchange: Exchange, need: Reference, *, acting_user: User) -> Link:
    """Say that a need was raised in this exchange; also once it is fixed, for the record itself does not change.

    Raises ExchangeRefused("not-allowed"), or LineageRefused as `lineage.services.link` does."""
    table = at_the_table(acting_user, exchange)
    if not table.may_write:
        raise ExchangeRefused(_("Seules les deux parties disent ce qui est né de l’échange."), code="not-allowed")
    return link(
        Reference.to(exchange),
        need,
        Relation.RAISED,
        organisation=table.writing_for[0].slug,
        acting_user=acting_user,
    )


def check_may_correct(exchange: Exchange, acting_user: User) -> AtTheTable:
    """What the person is to the exchange, once it is sure that they may change it. exchange: locked."""
    table = at_the_table(acting_user, exchange)
    if not table.may_write:
        raise ExchangeRefused(_("Seules les deux parties peuvent corriger cet échange."), code="not-allowed")
    if exchange.is_fixed:
        raise ExchangeRefused(_("Les deux parties ont confirmé cet échange : il ne change plus."), code="fixed")
    return table


def cancel_confirmations(exchange: Exchange, acting_user: User) -> int:
    """What was confirmed is no longer what is written: the confirmations stay in the table, and count no more."""
    standing = exchange.confirmations.filter(cancelled_at=None)
    return standing.update(cancelled_at=timezone.now(), cancelled_by=acting_user)


def _checked_date(held_on: str) -> date:
    try:
        known = PartialDate.parse(held_on)
    except ValueError:
        raise ExchangeRefused(_("Une date s’écrit 2019, 2019-S1, 2019-06 ou 2019-06-30."), code="bad-date") from None
    if known.precision != Precision.DAY and known.last_day >= timezone.localdate():
        raise ExchangeRefused(
            _("La date d’un échange récent ou à venir est un jour : 2026-06-30."), code="vague-future"
        )
    return known.last_day


def _check_parties(circle: Circle, organisations: Sequence[Organisation], already: Exchange | None = None) -> None:
    if len({organisation.college_id for organisation in organisations}) != 2:
        raise ExchangeRefused(
            _("Un échange bilatéral réunit des organisations de deux collèges, et de deux seulement."),
            code="not-two-sides",
        )
    known = set(circle.participations.values_list("organisation", flat=True))
    if already is not None:
        known |= set(already.parties.values_list("organisation", flat=True))
    if not known.issuperset(organisation.pk for organisation in organisations):
        raise ExchangeRefused(_("Une de ces organisations n’a pas part à ce programme."), code="not-in-circle")


def _checked_people(
    circle: Circle, organisations: Sequence[Organisation], people: Iterable[User], already: Exchange | None = None
) -> list[User]:
    """People with an account: of the organisations present, today or when the record was made."""
    found = list(people)
    known = set(_people_of(circle, organisations))
    if already is not None:
        known |= set(already.people.values_list("pk", flat=True))
    if not known.issuperset(person.pk for person in found):
        raise ExchangeRefused(
            _("Une de ces personnes n’est d’aucune organisation présente : écrivez plutôt son nom."),
            code="unknown-people",
        )
    return found


def _people_of(circle: Circle, organisations: Iterable[Organisation]) -> Iterable[int]:
    held = memberships_in_circles(timezone.localdate()).filter(
        participation_circle=circle.pk, organisation__in=list(organisations)
    )
    return held.values_list("person_id", flat=True)


def _may_own(exchange: Exchange, person: User | None, organisation: Organisation | None) -> bool:
    parties = [party.organisation for party in exchange.parties.select_related("organisation")]
    if organisation is not None:
        return organisation in parties
    return person is not None and person.pk in set(_people_of(exchange.circle, parties))


def _replace_parties(exchange: Exchange, organisations: Sequence[Organisation]) -> bool:
    """Whether the organisations present changed. A party is part of a record that is being corrected, not a fact by
    itself: the journal keeps that it was there."""
    before = set(exchange.parties.values_list("organisation", flat=True))
    after = {organisation.pk for organisation in organisations}
    exchange.parties.exclude(organisation__in=after).delete()
    for organisation in organisations:
        if organisation.pk not in before:
            exchange.parties.create(organisation=organisation, college=organisation.college)
    return before != after


def _one_form(text: str) -> str:
    """Lines as a browser sends them, and as they are kept."""
    return text.strip().replace("\r\n", "\n")


def _journal(act: str, exchange: Exchange, acting_user: User | None, **details: Any) -> None:
    """One line, in the name of the organisation present for which the person writes, when there is only one."""
    organisation = ""
    if acting_user is not None:
        mine = at_the_table(acting_user, exchange).writing_for
        organisation = mine[0].slug if len(mine) == 1 else ""
    journal.record(
        f"concertation.{act}", actor=acting_user, subject=exchange, organisation=organisation, details=details
    )
