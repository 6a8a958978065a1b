"""Opening a disagreement, saying what each side holds, trying, taking it higher, answering."""

from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.governance.errors import DisagreementRefused
from concerte.governance.models import Attempt, Body, Disagreement, Escalation, Stance
from concerte.governance.rules import may_answer, may_speak_in
from concerte.journal import services as journal
from concerte.lineage.references import Reference
from concerte.partners.models import Circle, Organisation


@transaction.atomic
def open_disagreement(
    circle: Circle,
    *,
    title: str,
    description: str = "",
    subject: Reference | None = None,
    visibility: str = Disagreement.Visibility.COLLEGES,
    organisation: Organisation,
    acting_user: User,
) -> Disagreement:
    """Record that the colleges do not agree on something. organisation: in whose name.

    Raises DisagreementRefused ("not-allowed", "no-title", "unknown-visibility"); nothing is then written."""
    Circle.objects.select_for_update().get(pk=circle.pk)  # numbers are given one after the other
    _check_speaks(acting_user, organisation, circle)
    if not title.strip():
        raise DisagreementRefused(_("Dites en quelques mots sur quoi porte le désaccord."), code="no-title")
    if visibility not in Disagreement.Visibility.values:
        raise DisagreementRefused(_("Choisissez qui peut lire ce désaccord."), code="unknown-visibility")
    last = Disagreement.objects.aggregate(last=Max("number"))["last"] or 0
    opened = Disagreement.objects.create(
        number=last + 1,
        circle=circle,
        title=title.strip(),
        description=description.strip(),
        subject_kind=subject.kind if subject else "",
        subject_id=subject.id if subject else "",
        visibility=visibility,
        opened_by=acting_user,
        opened_for=organisation,
    )
    _note("disagreement_opened", opened, organisation, acting_user)
    return opened


@transaction.atomic
def take_stance(
    disagreement: Disagreement,
    *,
    position: str,
    reasons: str,
    wording: str = "",
    organisation: Organisation,
    acting_user: User,
) -> Stance:
    """Say what an organisation holds, why, and the wording it proposes; what it held before is kept, replaced.

    Raises DisagreementRefused ("not-allowed", "not-open", "no-reason"); nothing is then written."""
    disagreement = _open(disagreement)
    _check_speaks(acting_user, organisation, disagreement.circle)
    if not position.strip() or not reasons.strip():
        raise DisagreementRefused(_("Une position dit ce qu’elle soutient, et pourquoi."), code="no-reason")
    disagreement.stances.filter(organisation=organisation, replaced_at=None).update(replaced_at=timezone.now())
    stance = disagreement.stances.create(
        organisation=organisation,
        college=organisation.college,
        position=position.strip(),
        reasons=reasons.strip(),
        wording=wording.strip(),
        person=acting_user,
    )
    _note("stance_taken", disagreement, organisation, acting_user)
    return stance


@transaction.atomic
def record_attempt(
    disagreement: Disagreement, *, text: str, tried_on: date, organisation: Organisation, acting_user: User
) -> Attempt:
    """Note what was tried to agree. tried_on: today or before.

    Raises DisagreementRefused ("not-allowed", "not-open", "no-text", "in-the-future"); nothing is then written."""
    disagreement = _open(disagreement)
    _check_speaks(acting_user, organisation, disagreement.circle)
    if not text.strip():
        raise DisagreementRefused(_("Dites ce qui a été tenté."), code="no-text")
    if tried_on > timezone.localdate():
        raise DisagreementRefused(_("Ce qui a été tenté l’a été aujourd’hui ou avant."), code="in-the-future")
    attempt = disagreement.attempts.create(
        text=text.strip(), tried_on=tried_on, organisation=organisation, person=acting_user
    )
    _note("attempt_recorded", disagreement, organisation, acting_user)
    return attempt


@transaction.atomic
def escalate(
    disagreement: Disagreement,
    *,
    body: Body,
    because: str,
    due_on: date,
    organisation: Organisation,
    acting_user: User,
) -> Escalation:
    """Take the disagreement to a body, which is asked to answer by a day.

    body: the first one may be any that serves the circle; after that, only the one above the one that has it. Raises
    DisagreementRefused ("not-allowed", "not-open", "no-stances", "not-the-next", "no-reason", "bad-date"); nothing is
    then written."""
    disagreement = _open(disagreement)
    _check_speaks(acting_user, organisation, disagreement.circle)
    _check_path(disagreement, body)
    if len(set(disagreement.stances.filter(replaced_at=None).values_list("college", flat=True))) < 2:
        raise DisagreementRefused(
            _("Une instance est saisie quand deux collèges au moins ont dit ce qu’ils soutiennent."), code="no-stances"
        )
    if not because.strip():
        raise DisagreementRefused(_("Dites pourquoi l’instance est saisie."), code="no-reason")
    if due_on <= timezone.localdate():
        raise DisagreementRefused(_("La réponse est attendue pour un jour à venir."), code="bad-date")
    taken = disagreement.escalations.create(
        body=body, because=because.strip(), due_on=due_on, organisation=organisation, person=acting_user
    )
    disagreement.body, disagreement.due_on = body, due_on
    disagreement.save(update_fields=["body", "due_on"])
    _note("disagreement_escalated", disagreement, organisation, acting_user, body=body.slug, due_on=due_on.isoformat())
    return taken


@transaction.atomic
def answer_disagreement(
    disagreement: Disagreement, *, answer: str, agreed_wording: str = "", acting_user: User
) -> Disagreement:
    """Close the disagreement with a reasoned answer, published at once with it.

    agreed_wording: the wording both sides accept; without one, the disagreement is recorded as such. Answered by the
    secretariat of the body that has it, or by the coordination while no body has it. Raises DisagreementRefused
    ("not-allowed", "not-open", "no-text"); nothing is then written."""
    disagreement = _open(disagreement)
    if not may_answer(acting_user, disagreement):
        raise DisagreementRefused(
            _("Seul le secrétariat de l’instance saisie répond, ou la coordination tant qu’aucune ne l’est."),
            code="not-allowed",
        )
    if not answer.strip():
        raise DisagreementRefused(_("La réponse dit ce qui est décidé, et pourquoi."), code="no-text")
    state = Disagreement.State.SETTLED if agreed_wording.strip() else Disagreement.State.RECORDED
    disagreement.state = state
    disagreement.answer, disagreement.agreed_wording = answer.strip(), agreed_wording.strip()
    disagreement.answered_by, disagreement.answered_at = acting_user, timezone.now()
    disagreement.save(update_fields=["state", "answer", "agreed_wording", "answered_by", "answered_at"])
    _note("disagreement_answered", disagreement, None, acting_user, state=str(state))
    return disagreement


@transaction.atomic
def withdraw_disagreement(disagreement: Disagreement, *, because: str, acting_user: User) -> Disagreement:
    """Take back a disagreement that is none any more; it stays readable, with the reason.

    By whoever may speak for the organisation that opened it. Raises DisagreementRefused ("not-allowed", "not-open",
    "no-reason"); nothing is then written."""
    disagreement = _open(disagreement)
    _check_speaks(acting_user, disagreement.opened_for, disagreement.circle)
    if not because.strip():
        raise DisagreementRefused(_("Dites pourquoi ce désaccord est retiré."), code="no-reason")
    disagreement.state = Disagreement.State.WITHDRAWN
    disagreement.withdrawn_because = because.strip()
    disagreement.save(update_fields=["state", "withdrawn_because"])
    _note("disagreement_withdrawn", disagreement, disagreement.opened_for, acting_user)
    return disagreement


def _open(disagreement: Disagreement) -> Disagreement:
    """The disagreement read again, locked; refused once it is closed."""
    locked = (
        Disagreement.objects.select_for_update(of=("self",)).select_related("circle", "body").get(pk=disagreement.pk)
    )
    if not locked.is_open:
        raise DisagreementRefused(
            _("Ce désaccord n’est plus en discussion : il est %(state)s.") % {"state": locked.get_state_display()},
            code="not-open",
        )
    return locked


def _check_speaks(person: User, organisation: Organisation, circle: Circle) -> None:
    if not may_speak_in(person, organisation, circle):
        raise DisagreementRefused(
            _("Vous ne représentez pas aujourd’hui cette organisation dans ce programme."), code="not-allowed"
        )


def _check_path(disagreement: Disagreement, body: Body) -> None:
    """From the group to the steering body, from there to the political one: never past a step, never back."""
    here = disagreement.body
    is_next = here.above_id == body.pk if here else body.circles.filter(pk=disagreement.circle_id).exists()
    if not is_next:
        raise DisagreementRefused(
            _("Un désaccord monte d’une instance à celle qui est au-dessus, sans en sauter."), code="not-the-next"
        )


def _note(
    what: str, disagreement: Disagreement, organisation: Organisation | None, acting_user: User, **details: str
) -> None:
    journal.record(
        f"governance.{what}",
        actor=acting_user,
        subject=disagreement,
        organisation=organisation.slug if organisation else "",
        details={"number": disagreement.number, **details},
    )
