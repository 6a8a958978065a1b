"""Opening, closing, withdrawing and reviewing decisions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NotRequired, TypedDict, Unpack
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.common.canonical import canonical_json, digest_of
from concerte.governance.counting import Count, Poll, count
from concerte.governance.counting_data import computation
from concerte.governance.counting_rules import Method, Rule
from concerte.governance.decisions_polls import college_names, count_of
from concerte.governance.errors import DecisionRefused
from concerte.governance.models import Body, CollegeResult, Decision, DecisionVoter, Seat, SecretTally, Vote
from concerte.governance.register import next_number, searchable_text
from concerte.governance.rules import keeps_decision, keeps_secretariat
from concerte.governance.services.decisions_locks import held_alone, lock_register
from concerte.journal import services as journal
from concerte.lineage.models import Relation
from concerte.lineage.references import Reference
from concerte.lineage.services import link
from concerte.partners.models import Circle, College

MAX_TEXT_CHARACTERS = 20_000
MAX_QUESTION_CHARACTERS = 300


class Asked(TypedDict):
    """What a decision is made of. rule: its limit of proxies is replaced by the body's. opens_at: now by default;
    closes_at: None when what it is about ends it. wording: the words that are decided, when they are nowhere else;
    subject, subject_label, subject_digest: the thing that is decided on, else. is_secret: as the body says, by default.
    comes_of: what led to the question besides its subject (a meeting, an idea)."""

    question: str
    rule: Rule
    rule_name: str
    closes_at: datetime | None
    opens_at: NotRequired[datetime | None]
    time_zone: NotRequired[str]
    explanation: NotRequired[str]
    wording: NotRequired[str]
    subject: NotRequired[Reference | None]
    subject_label: NotRequired[str]
    subject_digest: NotRequired[str]
    circle: NotRequired[Circle | None]
    visibility: NotRequired[str]
    is_secret: NotRequired[bool | None]
    review_on: NotRequired[date | None]
    comes_of: NotRequired[Sequence[Reference]]


@transaction.atomic
def open_decision(body: Body, *, acting_user: User, **asked: Unpack[Asked]) -> Decision:
    """Put a question to a body, by its secretariat. Rule, seats and weights are copied now and never change after.

    Raises DecisionRefused ("not-secretariat", or as `put_to_vote`); nothing is then written."""
    if not keeps_secretariat(acting_user, body):
        raise DecisionRefused(_("Seul le secrétariat de l’instance ouvre une décision."), code="not-secretariat")
    return put_to_vote(body, acting_user=acting_user, **asked)


@transaction.atomic
def put_to_vote(body: Body | None, *, acting_user: User, **asked: Unpack[Asked]) -> Decision:
    """The same, for a room above that has asked who may. Without a body, the circle decides: that room holds what its
    organisations say, and ends the decision with `conclude_decision`.

    Raises DecisionRefused ("nobody", "no-question", "too-long", "bad-window", "bad-time-zone", "bad-visibility",
    "body-ended", "college-without-rule", "no-voters", "body-votes-openly", "secret-needs-majority",
    "secret-needs-equal-weights"); nothing is then written."""
    rule, subject = asked["rule"], asked.get("subject")
    decision = Decision(
        body=body,
        circle=asked.get("circle"),
        question=asked["question"].strip(),
        explanation=asked.get("explanation", "").strip(),
        subject_kind=subject.kind if subject else "",
        subject_id=subject.id if subject else "",
        subject_label=asked.get("subject_label", ""),
        wording=asked.get("wording", "").strip(),
        rule_name=asked["rule_name"],
        visibility=asked.get("visibility", Decision.Visibility.PUBLIC),
        opens_at=asked.get("opens_at") or timezone.now(),
        closes_at=asked["closes_at"],
        time_zone=asked.get("time_zone", "Europe/Paris"),
        opened_by=acting_user,
        review_on=asked.get("review_on"),
    )
    _check_words(decision)
    _check_window(decision)
    seats: list[Seat] = []
    if body is not None:
        rule = replace(rule, max_proxies=body.max_proxies)
        seats = _voting_seats(body, rule, timezone.localdate(decision.opens_at))
        decision.is_secret = _secrecy(body, rule, seats, asked.get("is_secret"))
    decision.rule = rule.as_data()
    decision.digest = asked.get("subject_digest") or wording_digest(decision)
    lock_register()
    decision.number = next_number()
    decision.searchable = searchable_text(decision)
    decision.save()
    _seat(decision, seats)
    _tell_where_it_comes_from(decision, asked.get("comes_of", ()), acting_user)
    journal.record(
        "governance.decision_opened",
        actor=acting_user,
        subject=decision,
        details={"number": decision.number, "body": body.slug if body else "", "digest": decision.digest},
    )
    return decision


@transaction.atomic
def close_decision(decision: Decision, *, acting_user: User) -> Decision:
    """End a vote before its time, by the secretariat, when the rule allows it; close one whose time has passed.

    Raises DecisionRefused ("not-secretariat", "not-open", "no-early-close", "not-here"); nothing is then written."""
    decision = held_alone(decision)
    if not keeps_decision(acting_user, decision):
        raise DecisionRefused(_("Seul le secrétariat de l’instance clôt une décision."), code="not-secretariat")
    _check_is_open(decision)
    if decision.body_id is None:
        raise DecisionRefused(_("Cette décision se conclut là où son objet se lit."), code="not-here")
    now = timezone.now()
    if not decision.is_over_at(now) and not decision.parsed_rule.may_close_early:
        raise DecisionRefused(_("La règle ne permet pas de clore avant l’heure."), code="no-early-close")
    return _close(decision, now, acting_user)


def close_due_decisions(now: datetime | None = None) -> list[Decision]:
    """Close what should be closed by now: called regularly. Late, it finds what it would have found in time; twice, it
    does nothing more. Each decision in a transaction of its own."""
    now = now or timezone.now()
    closed = []
    for due in Decision.objects.due_at(now).order_by("number"):
        with transaction.atomic():
            decision = held_alone(due)
            if decision.state == Decision.State.OPEN:
                closed.append(_close(decision, now, None))
    return closed


@transaction.atomic
def close_if_due(decision: Decision) -> Decision:
    """The decision, closed if its time has passed: what somebody who needs its result asks for."""
    decision = held_alone(decision)
    now = timezone.now()
    if decision.state == Decision.State.OPEN and decision.is_over_at(now):
        return _close(decision, now, None)
    return decision


@transaction.atomic
def conclude_decision(decision: Decision, *, poll: Poll, acting_user: User) -> Decision:
    """Close a decision that no body took, with what the room above holds of what was said. That room has asked who may.

    Raises DecisionRefused ("not-open", "has-a-body"), CountRefused; nothing is then written."""
    decision = held_alone(decision)
    _check_is_open(decision)
    if decision.body_id is not None:
        raise DecisionRefused(_("Cette décision se vote dans son instance."), code="has-a-body")
    return _settle(decision, count(decision.parsed_rule, poll), timezone.now(), acting_user)


@transaction.atomic
def withdraw_decision(decision: Decision, *, because: str, acting_user: User) -> Decision:
    """Take a question back before it is decided; it keeps its number and its page, with the reason.

    Raises DecisionRefused ("not-secretariat", "not-open", "no-reason"); nothing is then written."""
    if not keeps_decision(acting_user, decision):
        raise DecisionRefused(_("Seul le secrétariat de l’instance retire une décision."), code="not-secretariat")
    return take_back(decision, because=because, acting_user=acting_user)


@transaction.atomic
def take_back(decision: Decision, *, because: str, acting_user: User) -> Decision:
    """The same, for a room above that has asked who may, and takes back what the decision is about."""
    decision = held_alone(decision)
    _check_is_open(decision)
    if not because.strip():
        raise DecisionRefused(_("Dites pourquoi cette décision est retirée."), code="no-reason")
    if decision.is_over:
        raise DecisionRefused(_("Le vote est terminé : son résultat reste."), code="not-open")
    decision.state = Decision.State.WITHDRAWN
    decision.withdrawn_at = timezone.now()
    decision.withdrawn_because = because.strip()
    decision.save(update_fields=["state", "withdrawn_at", "withdrawn_because"])
    journal.record(
        "governance.decision_withdrawn",
        actor=acting_user,
        subject=decision,
        details={"number": decision.number, "because": decision.withdrawn_because},
    )
    return decision


@transaction.atomic
def record_review(decision: Decision, *, note: str, next_review_on: date | None, acting_user: User) -> Decision:
    """Say what came of a decision when its day of review has come, and when it is looked at next, if it is.

    Raises DecisionRefused ("not-secretariat", "not-closed", "no-note", "bad-review-day"); nothing is then written."""
    decision = held_alone(decision)
    if not keeps_decision(acting_user, decision):
        raise DecisionRefused(_("Seul le secrétariat de l’instance revoit une décision."), code="not-secretariat")
    if decision.state != Decision.State.CLOSED:
        raise DecisionRefused(_("Une décision se revoit une fois close."), code="not-closed")
    if not note.strip():
        raise DecisionRefused(_("Dites ce que la revue a établi."), code="no-note")
    if next_review_on is not None and next_review_on <= timezone.localdate():
        raise DecisionRefused(_("La prochaine revue est un jour à venir."), code="bad-review-day")
    decision.reviewed_at = timezone.now()
    day = timezone.localdate().strftime("%d/%m/%Y")
    decision.review_note = f"{decision.review_note}\n\n{day}\u00a0: {note.strip()}".strip()
    decision.review_on = next_review_on
    decision.save(update_fields=["reviewed_at", "review_note", "review_on"])
    journal.record(
        "governance.decision_reviewed", actor=acting_user, subject=decision, details={"number": decision.number}
    )
    return decision


def wording_digest(decision: Decision) -> str:
    """The digest of a text that is in the decision itself: it changes with every word of it."""
    return digest_of({"question": decision.question, "wording": decision.wording})


def _close(decision: Decision, now: datetime, acting_user: User | None) -> Decision:
    closed_at = min(now, decision.closes_at) if decision.closes_at else now
    return _settle(decision, count_of(decision, closed_at), closed_at, acting_user)


def _settle(decision: Decision, counted: Count, closed_at: datetime, acting_user: User | None) -> Decision:
    """Freeze the computation; the database refuses any change to it after."""
    result = computation(counted, college_names())
    decision.state = Decision.State.CLOSED
    decision.closed_at = closed_at
    decision.result = canonical_json(result).decode()
    decision.result_digest = digest_of(result)
    decision.is_adopted = counted.is_adopted
    decision.save(update_fields=["state", "closed_at", "result", "result_digest", "is_adopted"])
    colleges = College.objects.in_bulk([each.college for each in counted.colleges], field_name="slug")
    CollegeResult.objects.bulk_create(
        CollegeResult(decision=decision, college=colleges[each.college], is_adopted=each.is_adopted)
        for each in counted.colleges
    )
    journal.record(
        "governance.decision_closed",
        actor=acting_user,
        subject=decision,
        details={"number": decision.number, "is_adopted": counted.is_adopted, "digest": decision.result_digest},
    )
    return decision


def _voting_seats(body: Body, rule: Rule, day: date) -> list[Seat]:
    held = body.seats.held_on(day).filter(is_voting=True).select_related("organisation", "college")
    seats = list(held.order_by("college__position", "organisation__name", "pk"))
    colleges = {seat.college.slug for seat in seats}
    asked = {each.college for each in rule.colleges}
    if colleges - asked:
        names = ", ".join(sorted({seat.college.name for seat in seats if seat.college.slug not in asked}))
        message = _("La règle ne dit rien de collèges qui ont voix délibérative : %(colleges)s.")
        raise DecisionRefused(message % {"colleges": names}, code="college-without-rule")
    if asked - colleges:
        raise DecisionRefused(
            _("Un collège nommé par la règle n’a aucun siège à voix délibérative : rien ne pourrait être adopté."),
            code="no-voters",
        )
    return seats


def _secrecy(body: Body, rule: Rule, seats: Sequence[Seat], asked: bool | None) -> bool:
    """Whether the ballot is secret. Left to the body, it is when it can be."""
    if asked and not body.has_secret_ballots:
        raise DecisionRefused(_("Cette instance vote au grand jour."), code="body-votes-openly")
    is_secret = body.has_secret_ballots and rule.method == Method.MAJORITY if asked is None else asked
    if not is_secret:
        return False
    if rule.method != Method.MAJORITY:
        raise DecisionRefused(
            _("Une objection a des motifs et un auteur : seul un vote à la majorité peut être secret."),
            code="secret-needs-majority",
        )
    if len({(seat.college_id, seat.weight) for seat in seats}) != len({seat.college_id for seat in seats}):
        raise DecisionRefused(
            _("Là où les voix sont inégales, un bulletin se reconnaîtrait à son poids : pas de vote secret."),
            code="secret-needs-equal-weights",
        )
    return True


def _seat(decision: Decision, seats: Sequence[Seat]) -> None:
    DecisionVoter.objects.bulk_create(
        DecisionVoter(
            decision=decision,
            organisation=seat.organisation,
            college=seat.college,
            seat=seat,
            name=seat.organisation.name,
            weight=seat.weight,
        )
        for seat in seats
    )
    if decision.is_secret:
        SecretTally.objects.bulk_create(
            SecretTally(decision=decision, college_id=college, choice=choice)
            for college in sorted({seat.college_id for seat in seats})
            for choice in Vote.Choice.values
        )


def _tell_where_it_comes_from(decision: Decision, comes_of: Sequence[Reference], acting_user: User) -> None:
    here = Reference.to(decision)
    origins = [*([decision.subject] if decision.subject else []), *comes_of]
    for origin in dict.fromkeys(origins):
        link(origin, here, Relation.SUBMITTED, acting_user=acting_user)


def _check_words(decision: Decision) -> None:
    if not decision.question:
        raise DecisionRefused(_("Une décision répond à une question."), code="no-question")
    longest = max(len(decision.explanation), len(decision.wording))
    if len(decision.question) > MAX_QUESTION_CHARACTERS or longest > MAX_TEXT_CHARACTERS:
        raise DecisionRefused(_("Ce texte est trop long."), code="too-long")


def _check_window(decision: Decision) -> None:
    try:
        ZoneInfo(decision.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise DecisionRefused(_("Ce fuseau horaire n’est pas connu."), code="bad-time-zone") from None
    if decision.visibility not in Decision.Visibility.values:
        raise DecisionRefused(_("Dites qui lira cette décision."), code="bad-visibility")
    body, opens_at, closes_at = decision.body, decision.opens_at, decision.closes_at
    if body is None:
        if decision.circle is None:
            raise DecisionRefused(_("Dites quelle instance décide."), code="nobody")
        return
    if body.ends_on is not None and body.ends_on <= timezone.localdate(opens_at):
        raise DecisionRefused(_("Cette instance n’existe plus."), code="body-ended")
    if closes_at is None or closes_at <= opens_at or closes_at <= timezone.now():
        raise DecisionRefused(_("Le vote se clôt après son ouverture, à un moment à venir."), code="bad-window")


def _check_is_open(decision: Decision) -> None:
    if decision.state != Decision.State.OPEN:
        raise DecisionRefused(
            _("Cette décision est déjà %(state)s.") % {"state": decision.get_state_display()}, code="not-open"
        )
