"""Voting, for an organisation, in its own name or by proxy."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.governance.counting_rules import Method
from concerte.governance.errors import VoteRefused
from concerte.governance.models import (
    Decision,
    DecisionVoter,
    Objection,
    Proxy,
    SecretParticipation,
    SecretTally,
    Vote,
)
from concerte.governance.rules import VotingRight, voting_rights
from concerte.governance.services.decisions_locks import held_shared, held_voters
from concerte.journal import services as journal
from concerte.partners.models import Organisation

MAX_REASONS_CHARACTERS = 5_000


@transaction.atomic
def cast_vote(
    decision: Decision, *, organisation: Organisation, choice: str, reasons: str = "", digest: str, acting_user: User
) -> Vote | SecretParticipation:
    """Vote in the name of an organisation. A named vote may change until the window closes, the one before is kept,
    replaced; a secret one is final.

    choice: Vote.Choice. digest: of the very text the person read. Raises VoteRefused ("not-open", "no-mandate",
    "two-colleges", "other-digest", "unknown-choice", "object-instead", "objection-stands", "no-reason", "too-long",
    "secret-has-no-reasons", "gave-proxy", "already-voted", "already-voted-by-holder", "already-voted-by-substitute",
    "not-here"); nothing is then written."""
    decision = held_shared(decision)
    _check_is_open(decision, timezone.now())
    right = right_to_speak(decision, organisation, acting_user)
    if digest != decision.digest:
        raise VoteRefused(
            _("Le texte que vous avez lu n’est plus celui de cette décision : relisez-le avant de vous prononcer."),
            code="other-digest",
        )
    _check_choice(decision, choice, reasons)
    if decision.is_secret and reasons.strip():
        raise VoteRefused(
            _("Un vote secret n’a pas de motifs : ils diraient de qui il est."), code="secret-has-no-reasons"
        )
    (voter,) = held_voters(right.voter)
    if right.represented_by is None and Proxy.objects.filter(giver=voter, withdrawn_at=None).exists():
        raise VoteRefused(
            _("Cette organisation a donné pouvoir : retirez-le avant de voter pour elle."), code="gave-proxy"
        )
    if decision.is_secret:
        return _drop_in_the_box(decision, right, choice, acting_user)
    return _write_down(decision, right, choice, reasons, acting_user)


@transaction.atomic
def give_proxy(decision: Decision, *, giver: Organisation, holder: Organisation, acting_user: User) -> Proxy:
    """Ask another organisation of the same college to vote for one, on this decision.

    Raises VoteRefused ("not-open", "not-here", "no-mandate", "two-colleges", "no-proxies", "already-voted",
    "gave-proxy", "other-college", "holds-proxies", "holder-gave-proxy", "too-many-proxies"); nothing is then written.
    """
    decision = held_shared(decision)
    _check_is_open(decision, timezone.now())
    right = right_to_speak(decision, giver, acting_user)
    limit = decision.parsed_rule.max_proxies
    if right.represented_by is not None:
        raise VoteRefused(_("Cette organisation a déjà donné pouvoir."), code="gave-proxy")
    if not limit:
        raise VoteRefused(_("Cette instance n’admet pas de pouvoir."), code="no-proxies")
    wanted = decision.voters.filter(organisation=holder).first()
    if wanted is None or wanted.college_id != right.voter.college_id or wanted.pk == right.voter.pk:
        raise VoteRefused(_("Un pouvoir se donne à une autre organisation du même collège."), code="other-college")
    voters = {voter.pk: voter for voter in held_voters(right.voter, wanted)}
    giving, holding = voters[right.voter.pk], voters[wanted.pk]
    _check_proxy(giving, holding, limit)
    proxy = Proxy.objects.create(giver=giving, holder=holding, given_by=acting_user, given_at=timezone.now())
    journal.record(
        "governance.proxy_given",
        actor=acting_user,
        subject=decision,
        organisation=giving.organisation.slug,
        details={"number": decision.number, "holder": holding.organisation.slug},
    )
    return proxy


@transaction.atomic
def withdraw_proxy(decision: Decision, *, giver: Organisation, acting_user: User) -> Proxy:
    """Take a proxy back. What was voted under it stands until the organisation votes by itself; a secret vote stays.

    Raises VoteRefused ("not-open", "not-here", "no-mandate", "two-colleges", "no-proxy"); nothing is then written."""
    decision = held_shared(decision)
    _check_is_open(decision, timezone.now())
    right = right_to_speak(decision, giver, acting_user)
    (voter,) = held_voters(right.voter)
    proxy = Proxy.objects.filter(giver=voter, withdrawn_at=None).first()
    if proxy is None or right.represented_by is not None:
        raise VoteRefused(_("Cette organisation n’a pas donné pouvoir."), code="no-proxy")
    proxy.withdrawn_at = timezone.now()
    proxy.save(update_fields=["withdrawn_at"])
    journal.record(
        "governance.proxy_withdrawn",
        actor=acting_user,
        subject=decision,
        organisation=voter.organisation.slug,
        details={"number": decision.number},
    )
    return proxy


def right_to_speak(decision: Decision, organisation: Organisation, person: User) -> VotingRight:
    """What lets the person speak for this organisation today. Raises VoteRefused ("no-mandate", "two-colleges").

    Nobody speaks on both sides: one person with a mandate in each college would make the decision of both."""
    rights = voting_rights(person, decision, timezone.localdate())
    own = [right for right in rights if right.represented_by is None]
    found = next((right for right in (*own, *rights) if right.voter.organisation_id == organisation.pk), None)
    if found is None:
        raise VoteRefused(
            _("Vous n’avez pas aujourd’hui de mandat pour cette organisation dans cette instance."), code="no-mandate"
        )
    if len({right.voter.college_id for right in own}) > 1:
        raise VoteRefused(
            _("Vous avez un mandat dans deux collèges : personne ne se prononce des deux côtés."), code="two-colleges"
        )
    return found


def _check_is_open(decision: Decision, now: datetime) -> None:
    if decision.body_id is None:
        raise VoteRefused(_("On se prononce là où son objet se lit."), code="not-here")
    if decision.state == Decision.State.OPEN and now < decision.opens_at:
        raise VoteRefused(_("Le vote n’est pas encore ouvert."), code="not-open")
    if not decision.is_open_at(now):
        raise VoteRefused(_("Le vote est terminé."), code="not-open")


def _check_choice(decision: Decision, choice: str, reasons: str) -> None:
    if choice not in Vote.Choice.values:
        raise VoteRefused(_("Choisissez ce que vous votez."), code="unknown-choice")
    if len(reasons) > MAX_REASONS_CHARACTERS:
        raise VoteRefused(_("Ces motifs sont trop longs."), code="too-long")
    if choice != Vote.Choice.AGAINST:
        return
    method = decision.parsed_rule.method
    if method == Method.CONSENT:
        raise VoteRefused(
            _("Un consentement se refuse par une objection motivée, qui propose une rédaction."), code="object-instead"
        )
    if method == Method.APPROVALS and not reasons.strip():
        raise VoteRefused(_("Une objection dit ses motifs."), code="no-reason")


def _drop_in_the_box(decision: Decision, right: VotingRight, choice: str, person: User) -> SecretParticipation:
    """Two writes that nothing ties together: the organisation took part; one more ballot of its college says this."""
    voter = right.voter
    if SecretParticipation.objects.filter(voter=voter).exists():
        raise VoteRefused(
            _("Cette organisation a voté : un vote secret ne se change pas, car plus rien ne dit lequel est le sien."),
            code="already-voted",
        )
    SecretTally.objects.filter(decision=decision, college=voter.college_id, choice=choice).update(
        ballots=F("ballots") + 1
    )
    took_part = SecretParticipation.objects.create(
        voter=voter, person=person, is_by_substitute=right.is_substitute, given_on=timezone.localdate()
    )
    journal.record(
        "governance.secret_vote_cast",
        actor=person,
        subject=decision,
        organisation=voter.organisation.slug,
        details={"number": decision.number},
    )
    return took_part


def _write_down(decision: Decision, right: VotingRight, choice: str, reasons: str, person: User) -> Vote:
    voter, now = right.voter, timezone.now()
    standing = Vote.objects.filter(voter=voter, replaced_at=None).first()
    _check_who_voted_before(decision, standing, right)
    if decision.parsed_rule.method == Method.CONSENT:
        blocking = (Objection.State.OPEN, Objection.State.MAINTAINED)
        if Objection.objects.filter(voter=voter, state__in=blocking).exists():
            raise VoteRefused(_("Retirez d’abord l’objection de cette organisation."), code="objection-stands")
    Vote.objects.filter(voter=voter, replaced_at=None).update(replaced_at=now)
    vote = Vote.objects.create(
        decision=decision,
        voter=voter,
        choice=choice,
        reasons=reasons.strip(),
        person=person,
        is_by_substitute=right.is_substitute,
        represented_by=right.represented_by,
        digest=decision.digest,
        given_at=now,
    )
    journal.record(
        "governance.vote_cast",
        actor=person,
        subject=decision,
        organisation=voter.organisation.slug,
        details={"number": decision.number, "choice": choice, "digest": decision.digest},
    )
    return vote


def _check_who_voted_before(decision: Decision, standing: Vote | None, right: VotingRight) -> None:
    """Holder and substitute do not vote one after the other: the first who voted may change what they said. A vote on
    an earlier wording, or cast by proxy, binds neither."""
    if standing is None or standing.represented_by_id or right.represented_by or standing.digest != decision.digest:
        return
    if standing.is_by_substitute and not right.is_substitute:
        raise VoteRefused(
            _("La suppléance a déjà voté pour cette organisation : elle seule peut changer ce vote."),
            code="already-voted-by-substitute",
        )
    if right.is_substitute and not standing.is_by_substitute:
        raise VoteRefused(
            _("La ou le titulaire a déjà voté pour cette organisation : votre suppléance n’a pas à s’exercer."),
            code="already-voted-by-holder",
        )


def _check_proxy(giver: DecisionVoter, holder: DecisionVoter, limit: int) -> None:
    has_voted = Vote.objects.filter(voter=giver, replaced_at=None).exists()
    if has_voted or SecretParticipation.objects.filter(voter=giver).exists():
        raise VoteRefused(_("Cette organisation a déjà voté."), code="already-voted")
    standing = Proxy.objects.filter(withdrawn_at=None)
    if standing.filter(giver=giver).exists():
        raise VoteRefused(_("Cette organisation a déjà donné pouvoir."), code="gave-proxy")
    if standing.filter(holder=giver).exists():
        raise VoteRefused(_("Cette organisation porte un pouvoir : elle ne peut donner le sien."), code="holds-proxies")
    if standing.filter(giver=holder).exists():
        raise VoteRefused(_("L’organisation choisie a elle-même donné pouvoir."), code="holder-gave-proxy")
    if standing.filter(holder=holder).count() >= limit:
        raise VoteRefused(
            _("L’organisation choisie porte déjà autant de pouvoirs que permis."), code="too-many-proxies"
        )
