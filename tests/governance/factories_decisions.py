"""Bodies that decide, by situation: seats in each college, people who hold them, decisions in every state."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from concerte.accounts.models import User
from concerte.governance.counting_rules import CollegeRule, Method, Rule
from concerte.governance.models import Body, Decision, Mandate, Seat
from concerte.governance.services import cast_vote, make_objection, open_decision
from concerte.partners.models import Membership, Organisation
from tests.accounts.factories import UserFactory
from tests.partners.factories import MembershipFactory, OrganisationFactory, college

COLLEGES = ("etat", "collectivites")


def rule_of(method: str = "majority", **changes: Any) -> Rule:
    """The same for both colleges. changes: of CollegeRule; may_close_early, max_proxies, colleges: of the rule."""
    of_rule = {name: changes.pop(name) for name in ("may_close_early", "max_proxies") if name in changes}
    colleges = changes.pop("colleges", COLLEGES)
    return Rule(
        method=Method(method),
        colleges=tuple(CollegeRule(college=college, **changes) for college in colleges),
        **of_rule,
    )


def body(**changes: Any) -> Body:
    """A body with its secretariat, and nobody seated yet."""
    facts: dict[str, Any] = {"name": "Comité d’essai", "acronym": "", "level": Body.Level.STEERING, "max_proxies": 1}
    facts["slug"] = f"comite-{Body.objects.count() + 1}"
    facts["secretariat"] = OrganisationFactory(name="Secrétariat d’essai")
    return Body.objects.create(**(facts | changes))


def seat(of: Body, organisation: Organisation | None = None, *, local: bool = False, **changes: Any) -> Seat:
    """A seat held since a year ago. local: of the college of local authorities."""
    sitting = organisation or OrganisationFactory(local=local)
    facts = {"college": sitting.college, "starts_on": timezone.localdate() - timedelta(days=365)}
    return Seat.objects.create(body=of, organisation=sitting, **(facts | changes))


def holder(of: Seat, person: User | None = None, **changes: Any) -> User:
    """Somebody who holds the seat. is_substitute=True: as the substitute."""
    facts = {"starts_on": timezone.localdate() - timedelta(days=300)}
    return Mandate.objects.create(seat=of, person=person or UserFactory(), **(facts | changes)).person


@dataclass
class Chamber:
    """A body at work. seats, people: by key, the State's "e1", "e2"…, the local authorities' "c1", "c2"…"""

    body: Body
    secretary: User
    seats: dict[str, Seat] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    def organisation(self, key: str) -> Organisation:
        return self.seats[key].organisation

    def open(self, rule: Rule | None = None, **changes: Any) -> Decision:
        now = timezone.now()
        facts: dict[str, Any] = {
            "question": "Faut-il adopter ce texte ?",
            "rule_name": "Double majorité",
            "wording": "Le texte proposé.",
            "opens_at": now - timedelta(minutes=5),
            "closes_at": now + timedelta(days=7),
            "acting_user": self.secretary,
        }
        return open_decision(self.body, rule=rule or rule_of(), **(facts | changes))

    def vote(self, decision: Decision, key: str, choice: str = "for", **changes: Any) -> Any:
        """As the holder of the seat unless by= names somebody else."""
        facts = {
            "organisation": self.organisation(key),
            "choice": choice,
            "digest": Decision.objects.get(pk=decision.pk).digest,
            "acting_user": changes.pop("by", None) or self.people[key],
        }
        return cast_vote(decision, **(facts | changes))

    def object(self, decision: Decision, key: str, **changes: Any) -> Any:
        facts = {
            "organisation": self.organisation(key),
            "reasons": "Le coût n’est pas dit.",
            "wording": "Le texte proposé, avec son coût.",
            "digest": Decision.objects.get(pk=decision.pk).digest,
            "acting_user": self.people[key],
        }
        return make_objection(decision, **(facts | changes))


def chamber(state: int = 2, local: int = 2, **changes: Any) -> Chamber:
    """A body of so many organisations of each college, each with a holder. changes: to the body."""
    of = body(**changes)
    secretary = MembershipFactory(organisation=of.secretariat, role=Membership.Role.COORDINATION).person
    made = Chamber(of, secretary)
    for prefix, number, is_local in (("e", state, False), ("c", local, True)):
        for rank in range(1, number + 1):
            key = f"{prefix}{rank}"
            made.seats[key] = seat(of, local=is_local)
            made.people[key] = holder(made.seats[key])
    return made


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """What is done inside happens at that instant: what is frozen, a window for one, cannot be moved instead."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: moment)
        yield


def crowd(size: int) -> Chamber:
    """A body of many organisations, half in each college, each with a holder and a substitute ("substitute of e1")."""
    of = body()
    made = Chamber(of, MembershipFactory(organisation=of.secretariat, coordination=True).person)
    sides = [(("e", "c")[rank % 2], rank // 2 + 1) for rank in range(size)]
    keys = [f"{prefix}{rank}" for prefix, rank in sides]
    colleges = {"e": college("etat"), "c": college("collectivites")}
    started = timezone.localdate() - timedelta(days=300)
    organisations = Organisation.objects.bulk_create(
        Organisation(slug=f"foule-{key}", name=f"Organisation {key}", college=colleges[key[0]]) for key in keys
    )
    seats = Seat.objects.bulk_create(
        Seat(body=of, organisation=each, college=each.college, starts_on=started) for each in organisations
    )
    people = User.objects.bulk_create(
        User(name=f"Personne {role} {key}", email=f"{role}-{key}@exemple.invalid") for key in keys for role in "hs"
    )
    Mandate.objects.bulk_create(
        Mandate(seat=seats[rank // 2], person=person, is_substitute=bool(rank % 2), starts_on=started)
        for rank, person in enumerate(people)
    )
    made.seats = dict(zip(keys, seats, strict=True))
    made.people = dict(zip([name for key in keys for name in (key, f"substitute of {key}")], people, strict=True))
    return made


def after_the_close(decision: Decision) -> AbstractContextManager[None]:
    assert decision.closes_at is not None
    return at(decision.closes_at + timedelta(hours=1))
