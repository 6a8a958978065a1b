"""A decision as it is shown, to people and as data: the same reading for both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concerte.accounts.models import User
from concerte.governance.counting import Ballot, CollegeCount, Count, Objection, Poll, Voter
from concerte.governance.counting_data import recount
from concerte.governance.counting_rules import Method, Rule
from concerte.governance.counting_words import college_rule_sentence, college_sentence, rule_sentence, whole_sentence
from concerte.governance.decisions_polls import counts_of, instant
from concerte.governance.models import Decision
from concerte.lineage.models import Link
from concerte.lineage.references import Reference, Shown, kind_label, show
from concerte.partners.models import College

STATUS_LABELS = {
    "future": gettext_lazy("à venir"),
    "open": gettext_lazy("vote ouvert"),
    "adopted": gettext_lazy("adoptée"),
    "rejected": gettext_lazy("non adoptée"),
    "withdrawn": gettext_lazy("retirée"),
}
STATUS_TAGS = {"future": "neutral", "open": "info", "adopted": "success", "rejected": "error", "withdrawn": "neutral"}
TIME_ZONES = {
    "Europe/Paris": gettext_lazy("heure de Paris"),
    "America/Guadeloupe": gettext_lazy("heure de la Guadeloupe"),
    "America/Martinique": gettext_lazy("heure de la Martinique"),
    "America/Cayenne": gettext_lazy("heure de la Guyane"),
    "America/Miquelon": gettext_lazy("heure de Saint-Pierre-et-Miquelon"),
    "Indian/Reunion": gettext_lazy("heure de La Réunion"),
    "Indian/Mayotte": gettext_lazy("heure de Mayotte"),
    "Pacific/Noumea": gettext_lazy("heure de la Nouvelle-Calédonie"),
    "Pacific/Wallis": gettext_lazy("heure de Wallis-et-Futuna"),
    "Pacific/Tahiti": gettext_lazy("heure de Tahiti"),
}


@dataclass(frozen=True)
class Segment:
    """A part of a bar. kind: "for", "against", "abstention", "absent". start, width: percentages, as text."""

    kind: str
    label: str
    weight: int
    organisations: int
    start: str
    width: str

    @property
    def fill(self) -> str:
        """The pattern of the page that fills it: never the colour alone."""
        return f"url(#motif-{self.kind})"


@dataclass(frozen=True)
class CollegePanel:
    """Where one college stands. needed_at, quorum_at: where their marks stand, '' when there is none. is_live: the
    vote goes on, nothing of it is final. present_width: of the bar of the quorum."""

    college: College
    counted: CollegeCount
    asked: str
    sentence: str
    segments: tuple[Segment, ...]
    needed_at: str
    needed_label: str
    quorum_at: str
    present_width: str
    is_live: bool


@dataclass(frozen=True)
class ParticipationPanel:
    """A college whose secret ballot goes on: who took part is known, nothing else."""

    college: College
    participants: tuple[str, ...]
    voters: int
    width: str


@dataclass(frozen=True)
class BallotRow:
    """What an organisation said, as everybody who reads the decision may know it."""

    voter: Voter
    college: College | None
    ballot: Ballot | None
    label: str
    has_taken_part: bool
    represented_by: str
    given_at: datetime | None


@dataclass(frozen=True)
class DecisionShown:
    """status: a key of STATUS_LABELS. panels: empty while nothing can be told yet."""

    decision: Decision
    status: str
    rule: Rule
    rule_words: str
    panels: tuple[CollegePanel, ...]
    participation: tuple[ParticipationPanel, ...]
    rows: tuple[BallotRow, ...]
    sentence: str
    time_zone: str

    @property
    def status_label(self) -> str:
        return str(STATUS_LABELS[self.status])

    @property
    def status_tag(self) -> str:
        return STATUS_TAGS[self.status]

    @property
    def taken_part(self) -> int:
        """How many organisations have said something."""
        return sum(row.has_taken_part for row in self.rows)

    @property
    def is_consent(self) -> bool:
        return self.rule.method == Method.CONSENT


@dataclass(frozen=True)
class LinkedThing:
    """Something the decision comes of, or changed. kind: what such a thing is called."""

    kind: str
    relation: str
    shown: Shown


def decision_shown(decision: Decision, now: datetime | None = None) -> DecisionShown:
    """Everything about one decision that does not depend on who reads it."""
    (shown,) = decisions_shown([decision], now)
    return shown


def decisions_shown(decisions: Sequence[Decision], now: datetime | None = None) -> list[DecisionShown]:
    """The same for several, in a number of queries that does not depend on how many."""
    at = now or timezone.now()
    colleges = {college.slug: college for college in College.objects.all()}
    live = [each for each in decisions if not each.result and each.body_id and each.state == Decision.State.OPEN]
    counts = counts_of(live, at) if live else {}
    counts |= {each.pk: recount(each.computation) for each in decisions if each.result}
    return [_shown(decision, counts.get(decision.pk), colleges, at) for decision in decisions]


def _shown(decision: Decision, counted: Count | None, colleges: dict[str, College], at: datetime) -> DecisionShown:
    is_over = decision.is_over_at(at)
    status = _status(decision, counted, at)
    rule = decision.parsed_rule
    is_hidden = counted is None or (decision.is_secret and not is_over)
    names = {slug: college.name for slug, college in colleges.items()}
    return DecisionShown(
        decision=decision,
        status=status,
        rule=rule,
        rule_words=rule_sentence(rule),
        panels=() if counted is None or is_hidden else _panels(counted, colleges, is_live=not is_over),
        participation=_participation(counted.poll, colleges) if counted is not None and is_hidden else (),
        rows=_rows(counted.poll, rule, colleges) if counted is not None else (),
        sentence=whole_sentence(counted, names) if counted is not None and is_over else "",
        time_zone=str(TIME_ZONES.get(decision.time_zone, decision.time_zone)),
    )


def _status(decision: Decision, counted: Count | None, at: datetime) -> str:
    if decision.state == Decision.State.WITHDRAWN:
        return "withdrawn"
    if decision.is_over_at(at) and counted is not None:
        return "adopted" if counted.is_adopted else "rejected"
    return "future" if at < decision.opens_at else "open"


def _panels(counted: Count, colleges: dict[str, College], *, is_live: bool) -> tuple[CollegePanel, ...]:
    rule = counted.rule
    blocking = _blocking_by_college(counted.poll) if rule.method == Method.CONSENT else {}
    return tuple(
        CollegePanel(
            college=colleges[each.college],
            counted=each,
            asked=college_rule_sentence(rule, asked),
            sentence=college_sentence(each, rule, colleges[each.college].name),
            segments=_segments(each, rule, blocking.get(each.college, 0)),
            needed_at=_share(each.needed, _whole(each, rule)) if each.needed else "",
            needed_label=_needed_label(each, rule),
            quorum_at=_share(each.quorum_needed, each.voters) if each.quorum_needed else "",
            present_width=_share(each.present, each.voters),
            is_live=is_live,
        )
        for asked, each in zip(rule.colleges, counted.colleges, strict=True)
    )


def _whole(counted: CollegeCount, rule: Rule) -> int:
    return counted.weight if rule.method == Method.MAJORITY else counted.voters


def _segments(counted: CollegeCount, rule: Rule, blocking: int) -> tuple[Segment, ...]:
    """Votes for a majority, organisations otherwise; in a consent, those that object stand where those against do."""
    labels = _labels(rule)
    sides = {
        "for": counted.votes_for,
        "against": counted.votes_against,
        "abstention": counted.abstentions,
        "absent": counted.absent,
    }
    numbers = {kind: (side.weight, side.organisations) for kind, side in sides.items()}
    if rule.method != Method.MAJORITY:
        numbers = {kind: (side.organisations, side.organisations) for kind, side in sides.items()}
    if blocking:
        silent = max(counted.absent.organisations - blocking, 0)
        numbers["against"], numbers["absent"] = (blocking, blocking), (silent, silent)
    whole = sum(weight for weight, _organisations in numbers.values())
    segments, start = [], 0
    for kind, (weight, organisations) in numbers.items():
        segments.append(
            Segment(kind, str(labels[kind]), weight, organisations, _share(start, whole), _share(weight, whole))
        )
        start += weight
    return tuple(segments)


def _labels(rule: Rule) -> dict[str, str]:
    if rule.method == Method.CONSENT:
        return {
            "for": _("consent"),
            "against": _("objection qui tient"),
            "abstention": _("se tient à l’écart"),
            "absent": _("silence"),
        }
    if rule.method == Method.APPROVALS:
        return {
            "for": _("approuve"),
            "against": _("s’oppose"),
            "abstention": _("s’abstient"),
            "absent": _("sans position"),
        }
    return {"for": _("pour"), "against": _("contre"), "abstention": _("abstention"), "absent": _("sans vote")}


def choice_labels(rule: Rule) -> dict[str, str]:
    """What each choice is called under this rule, for the form."""
    labels = _labels(rule)
    kept = ("for", "abstention") if rule.method == Method.CONSENT else ("for", "against", "abstention")
    return {kind: labels[kind] for kind in kept}


def _needed_label(counted: CollegeCount, rule: Rule) -> str:
    if not counted.needed:
        return ""
    if rule.method == Method.MAJORITY:
        sentence = ngettext("seuil : %(count)d voix", "seuil : %(count)d voix", counted.needed)
    else:
        sentence = ngettext("seuil : %(count)d approbation", "seuil : %(count)d approbations", counted.needed)
    return sentence % {"count": counted.needed}


def _blocking_by_college(poll: Poll) -> dict[str, int]:
    college_of = {voter.organisation: voter.college for voter in poll.counted}
    blocking: dict[str, set[str]] = {}
    for objection in poll.objections:
        if objection.state.blocks and objection.organisation in college_of:
            blocking.setdefault(college_of[objection.organisation], set()).add(objection.organisation)
    return {college: len(organisations) for college, organisations in blocking.items()}


def _participation(poll: Poll, colleges: dict[str, College]) -> tuple[ParticipationPanel, ...]:
    took_part = set(poll.participants)
    panels = []
    for college in dict.fromkeys(voter.college for voter in poll.voters):
        voters = [voter for voter in poll.counted if voter.college == college]
        names = tuple(voter.name for voter in voters if voter.organisation in took_part)
        panels.append(ParticipationPanel(colleges[college], names, len(voters), _share(len(names), len(voters))))
    return tuple(panels)


def _rows(poll: Poll, rule: Rule, colleges: dict[str, College]) -> tuple[BallotRow, ...]:
    ballots = {ballot.organisation: ballot for ballot in poll.ballots}
    names = {voter.organisation: voter.name for voter in poll.voters}
    took_part = set(poll.participants) | ballots.keys()
    objecting: dict[str, Objection] = {each.organisation: each for each in poll.objections if each.state.blocks}
    labels = _labels(rule)
    rows = []
    for voter in poll.voters:
        ballot = ballots.get(voter.organisation)
        kind = ballot.choice.value if ballot else ("against" if voter.organisation in objecting else "absent")
        label = labels[kind]
        if poll.is_secret:
            label = _("a voté") if voter.organisation in took_part else _("sans vote")
        rows.append(
            BallotRow(
                voter=voter,
                college=colleges.get(voter.college),
                ballot=ballot,
                label=_("siège terminé") if voter.has_ended and not ballot else label,
                has_taken_part=voter.organisation in took_part,
                represented_by=names.get(ballot.represented_by, "") if ballot else "",
                given_at=datetime.fromisoformat(ballot.given_at) if ballot and ballot.given_at else None,
            )
        )
    return tuple(rows)


def _share(part: int, whole: int) -> str:
    """A percentage for an attribute of SVG: a point, never a comma, in any language."""
    return f"{100 * part / whole:.3f}%" if whole else "0%"


def links_of(decision: Decision, viewer: User | AnonymousUser) -> tuple[list[LinkedThing], list[LinkedThing]]:
    """What the decision comes of, then what it changed: those the person may see."""
    here = Reference.to(decision)
    upstream = list(Link.objects.standing().into(here))
    downstream = list(Link.objects.standing().out_of(here))
    known = show([*(link.origin for link in upstream), *(link.outcome for link in downstream)], viewer)
    comes_of = [
        LinkedThing(kind_label(link.from_kind), link.get_relation_display(), known[link.origin])
        for link in upstream
        if link.origin in known
    ]
    led_to = [
        LinkedThing(kind_label(link.to_kind), link.get_relation_display(), known[link.outcome])
        for link in downstream
        if link.outcome in known
    ]
    return comes_of, led_to


def decision_data(shown: DecisionShown, viewer: User | AnonymousUser) -> dict[str, Any]:
    """The twin of the page. Organisations only; the computation once it is over, the very one that is frozen."""
    decision = shown.decision
    comes_of, led_to = links_of(decision, viewer)

    def linked(things: list[LinkedThing]) -> list[dict[str, str]]:
        return [{"kind": each.kind, "label": each.shown.label, "address": each.shown.address} for each in things]

    return {
        "number": decision.number,
        "question": decision.question,
        "explanation": decision.explanation,
        "body": {"slug": decision.body.slug, "name": decision.body.name} if decision.body else None,
        "programme": decision.circle.slug if decision.circle else None,
        "status": shown.status,
        "opens_at": instant(decision.opens_at),
        "closes_at": instant(decision.closes_at) if decision.closes_at else None,
        "time_zone": decision.time_zone,
        "subject": {"kind": decision.subject_kind, "id": decision.subject_id, "label": decision.subject_label}
        if decision.subject_kind
        else None,
        "wording": decision.wording,
        "digest": decision.digest,
        "rule_name": decision.rule_name,
        "rule": decision.rule,
        "is_secret": decision.is_secret,
        "is_adopted": decision.is_adopted,
        "result": decision.computation or None,
        "result_digest": decision.result_digest,
        "withdrawn_because": decision.withdrawn_because,
        "review_on": decision.review_on.isoformat() if decision.review_on else None,
        "comes_of": linked(comes_of),
        "led_to": linked(led_to),
    }
