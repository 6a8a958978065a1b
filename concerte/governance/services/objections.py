"""Objections to a consent: made, answered, maintained, withdrawn. Every step stays readable."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.governance.counting_rules import Method
from concerte.governance.errors import ObjectionRefused
from concerte.governance.models import Decision, Objection, ObjectionStep, Vote
from concerte.governance.register import searchable_text
from concerte.governance.rules import may_answer_objections
from concerte.governance.services.decisions import MAX_TEXT_CHARACTERS, wording_digest
from concerte.governance.services.decisions_locks import held_alone, held_shared, held_voters
from concerte.governance.services.voting import right_to_speak
from concerte.journal import services as journal
from concerte.partners.models import Organisation


@transaction.atomic
def make_objection(
    decision: Decision, *, organisation: Organisation, reasons: str, wording: str, digest: str, acting_user: User
) -> Objection:
    """Object to a consent, saying why and what wording would be accepted. The consent it gave before is replaced.

    Raises ObjectionRefused ("not-open", "not-a-consent", "by-proxy", "other-digest", "no-reason", "no-wording",
    "too-long", "already-objected"), VoteRefused ("no-mandate", "two-colleges"); nothing is then written."""
    decision = held_shared(decision)
    _check_is_open(decision)
    if decision.parsed_rule.method != Method.CONSENT:
        raise ObjectionRefused(_("Cette décision ne se prend pas par consentement."), code="not-a-consent")
    right = right_to_speak(decision, organisation, acting_user)
    if right.represented_by is not None:
        raise ObjectionRefused(_("Une objection ne se fait pas par pouvoir."), code="by-proxy")
    if digest != decision.digest:
        raise ObjectionRefused(
            _("Le texte que vous avez lu n’est plus celui de cette décision : relisez-le avant de vous prononcer."),
            code="other-digest",
        )
    _check_texts(reasons, wording)
    (voter,) = held_voters(right.voter)
    blocking = (Objection.State.OPEN, Objection.State.MAINTAINED)
    if voter.objections.filter(state__in=blocking).exists():
        raise ObjectionRefused(_("Cette organisation a déjà une objection qui tient."), code="already-objected")
    now = timezone.now()
    Vote.objects.filter(voter=voter, replaced_at=None).update(replaced_at=now)
    objection = Objection.objects.create(
        decision=decision,
        voter=voter,
        person=acting_user,
        reasons=reasons.strip(),
        wording=wording.strip(),
        digest=decision.digest,
        made_at=now,
    )
    journal.record(
        "governance.objection_made",
        actor=acting_user,
        subject=decision,
        organisation=voter.organisation.slug,
        details={"number": decision.number, "objection": objection.pk},
    )
    return objection


@transaction.atomic
def answer_objection(objection: Objection, *, text: str, new_wording: str = "", acting_user: User) -> ObjectionStep:
    """Answer, by the secretariat or by who put the question; with a new wording or not. A new wording is another text:
    what was consented to before must be consented to again.

    Raises ObjectionRefused ("not-open", "not-allowed", "no-answer", "too-long", "already-answered",
    "withdrawn", "text-is-elsewhere", "same-wording"); nothing is then written."""
    decision = held_alone(objection.decision)
    objection = decision.objections.select_related("voter__organisation").get(pk=objection.pk)
    _check_is_open(decision)
    if not may_answer_objections(acting_user, decision):
        raise ObjectionRefused(
            _("Le secrétariat de l’instance, ou qui a posé la question, répond aux objections."), code="not-allowed"
        )
    if not objection.blocks:
        code = "withdrawn" if objection.state == Objection.State.WITHDRAWN else "already-answered"
        raise ObjectionRefused(_("Cette objection n’attend pas de réponse."), code=code)
    if not text.strip():
        raise ObjectionRefused(_("Une réponse s’écrit."), code="no-answer")
    if max(len(text), len(new_wording)) > MAX_TEXT_CHARACTERS:
        raise ObjectionRefused(_("Ce texte est trop long."), code="too-long")
    old_wording = decision.wording
    if new_wording.strip():
        _change_wording(decision, new_wording.strip())
    step = _step(objection, ObjectionStep.Kind.ANSWER, text, acting_user)
    if new_wording.strip():
        step.new_wording, step.old_wording = decision.wording, old_wording
        step.save(update_fields=["new_wording", "old_wording"])
    _move(objection, Objection.State.ANSWERED)
    return step


@transaction.atomic
def maintain_objection(objection: Objection, *, reasons: str, acting_user: User) -> ObjectionStep:
    """Say that the answer does not satisfy: the decision is then not adopted, unless it is answered better.

    Raises ObjectionRefused ("not-open", "not-answered", "no-reason", "by-proxy"), VoteRefused ("no-mandate",
    "two-colleges"); nothing is then written."""
    objection = _held_by_its_organisation(objection, acting_user)
    if objection.state != Objection.State.ANSWERED:
        raise ObjectionRefused(_("Une objection se maintient après une réponse."), code="not-answered")
    if not reasons.strip():
        raise ObjectionRefused(_("Dites pourquoi la réponse ne suffit pas."), code="no-reason")
    step = _step(objection, ObjectionStep.Kind.MAINTAINED, reasons, acting_user)
    _move(objection, Objection.State.MAINTAINED)
    return step


@transaction.atomic
def withdraw_objection(objection: Objection, *, reasons: str, acting_user: User) -> ObjectionStep:
    """Take an objection back, saying why. It stays readable.

    Raises ObjectionRefused ("not-open", "withdrawn", "no-reason", "by-proxy"), VoteRefused ("no-mandate",
    "two-colleges"); nothing is then written."""
    objection = _held_by_its_organisation(objection, acting_user)
    if objection.state == Objection.State.WITHDRAWN:
        raise ObjectionRefused(_("Cette objection est déjà retirée."), code="withdrawn")
    if not reasons.strip():
        raise ObjectionRefused(_("Dites pourquoi cette objection est retirée."), code="no-reason")
    step = _step(objection, ObjectionStep.Kind.WITHDRAWN, reasons, acting_user)
    _move(objection, Objection.State.WITHDRAWN)
    return step


def _held_by_its_organisation(objection: Objection, person: User) -> Objection:
    decision = held_alone(objection.decision)
    _check_is_open(decision)
    found: Objection = decision.objections.select_related("voter__organisation").get(pk=objection.pk)
    if right_to_speak(decision, found.voter.organisation, person).represented_by is not None:
        raise ObjectionRefused(_("Une objection ne se fait pas par pouvoir."), code="by-proxy")
    return found


def _change_wording(decision: Decision, wording: str) -> None:
    if decision.subject_kind and decision.digest != wording_digest(decision):
        raise ObjectionRefused(
            _("Le texte décidé est celui de l’objet : il se change là où il s’écrit, puis se soumet de nouveau."),
            code="text-is-elsewhere",
        )
    if wording == decision.wording:
        raise ObjectionRefused(_("Cette rédaction est celle que la décision porte déjà."), code="same-wording")
    decision.wording = wording
    decision.digest = wording_digest(decision)
    decision.searchable = searchable_text(decision)
    decision.save(update_fields=["wording", "digest", "searchable"])


def _step(objection: Objection, kind: str, text: str, person: User) -> ObjectionStep:
    is_of_objector = kind != ObjectionStep.Kind.ANSWER
    organisation = objection.voter.organisation.slug if is_of_objector else ""
    step: ObjectionStep = objection.steps.create(
        kind=kind, text=text.strip(), person=person, organisation=organisation, happened_at=timezone.now()
    )
    journal.record(
        f"governance.objection_{kind if is_of_objector else 'answered'}",
        actor=person,
        subject=objection.decision,
        organisation=organisation,
        details={"objection": objection.pk},
    )
    return step


def _move(objection: Objection, state: str) -> None:
    objection.state = state
    objection.save(update_fields=["state"])


def _check_is_open(decision: Decision) -> None:
    if not decision.is_open:
        raise ObjectionRefused(_("Le vote est terminé, ou pas encore ouvert."), code="not-open")


def _check_texts(reasons: str, wording: str) -> None:
    if not reasons.strip():
        raise ObjectionRefused(_("Une objection dit ses motifs."), code="no-reason")
    if not wording.strip():
        raise ObjectionRefused(_("Une objection propose une rédaction."), code="no-wording")
    if max(len(reasons), len(wording)) > MAX_TEXT_CHARACTERS:
        raise ObjectionRefused(_("Ce texte est trop long."), code="too-long")
