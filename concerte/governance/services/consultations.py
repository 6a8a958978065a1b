"""Submitting a text upstream, giving an opinion, answering each point."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.common.canonical import digest_of
from concerte.documents.files import store_file
from concerte.documents.models import Document
from concerte.documents.notes import create_note, read_note
from concerte.documents.rich_text import Blocks, heading, paragraph
from concerte.governance.errors import ConsultationRefused
from concerte.governance.models import Body, Consultation, Mandate, Opinion, OpinionPoint
from concerte.governance.rules import keeps_secretariat, may_submit_upstream
from concerte.governance.services.note_accesses import keep_opinion_accesses
from concerte.journal import services as journal
from concerte.lineage.models import Relation
from concerte.lineage.references import Reference
from concerte.lineage.services import link
from concerte.partners.models import Circle, Organisation
from concerte.territories.strata import Stratum


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one authority of a class of size would pay. None: not known, which is not zero. Amounts in euros."""

    once_euros: int | None = None
    yearly_euros: int | None = None
    note: str = ""

    @property
    def is_said(self) -> bool:
        return self.once_euros is not None or self.yearly_euros is not None or bool(self.note)


@transaction.atomic
def submit_consultation(
    circle: Circle,
    *,
    kind: str,
    title: str,
    summary: str,
    due_on: date,
    strata: Collection[str],
    costs: Mapping[str, Cost],
    bodies: Sequence[Body],
    concerned: Iterable[Reference] = (),
    upload: "UploadedFile[bytes] | None" = None,
    visibility: str = Consultation.Visibility.COLLEGES,
    organisation: Organisation,
    acting_user: User,
) -> Consultation:
    """Submit a draft text to bodies. organisation: the State service that writes it. costs: by class of size.

    Each body gets a note prepared from the template, open to those who sit on it. Raises ConsultationRefused
    ("not-allowed", "no-title", "no-summary", "unknown-kind", "unknown-stratum", "bad-cost", "no-body", "bad-date") or
    FileRefused; nothing is then written."""
    Circle.objects.select_for_update().get(pk=circle.pk)  # numbers are given one after the other
    if not may_submit_upstream(acting_user, organisation, circle):
        raise ConsultationRefused(
            _("Un texte est soumis en amont par qui représente son auteur dans ce programme."), code="not-allowed"
        )
    _check_text(kind, title, summary, due_on)
    _check_strata(strata, costs)
    if not bodies:
        raise ConsultationRefused(_("Choisissez au moins une instance."), code="no-body")
    last = Consultation.objects.aggregate(last=Max("number"))["last"] or 0
    submitted = Consultation.objects.create(
        number=last + 1,
        circle=circle,
        kind=kind,
        title=title.strip(),
        summary=summary.strip(),
        due_on=due_on,
        strata=[stratum.value for stratum in Stratum if stratum.value in strata],
        file=store_file(upload, acting_user=acting_user) if upload else None,
        visibility=visibility,
        submitted_for=organisation,
        submitted_by=acting_user,
    )
    for stratum, cost in costs.items():
        if cost.is_said:
            submitted.costs.create(
                stratum=stratum, once_euros=cost.once_euros, yearly_euros=cost.yearly_euros, note=cost.note
            )
    for reference in concerned:
        submitted.concerned_things.create(kind=reference.kind, identifier=reference.id)
        link(reference, Reference.to(submitted), Relation.SUBMITTED, acting_user=acting_user)
    for body in bodies:
        _ask(submitted, body, acting_user)
    _note("consultation_submitted", submitted, organisation, acting_user, due_on=due_on.isoformat())
    return submitted


@transaction.atomic
def add_point(opinion: Opinion, *, text: str, acting_user: User) -> OpinionPoint:
    """Add a reserve or remark to an opinion that is being prepared. By its secretariat or somebody who sits on it.

    Raises ConsultationRefused ("not-allowed", "already-given", "not-open", "no-text"); nothing is then written."""
    opinion = _being_prepared(opinion)
    if not _may_prepare(acting_user, opinion.body):
        raise ConsultationRefused(_("L’avis est préparé par celles et ceux qui y siègent."), code="not-allowed")
    if not text.strip():
        raise ConsultationRefused(_("Dites la réserve ou la remarque."), code="no-text")
    last = opinion.points.aggregate(last=Max("rank"))["last"] or 0
    point = opinion.points.create(rank=last + 1, text=text.strip())
    _note("opinion_point_added", opinion.consultation, None, acting_user, body=opinion.body.slug)
    return point


@transaction.atomic
def give_opinion(opinion: Opinion, *, kind: str, acting_user: User) -> Opinion:
    """Give the opinion of a body, in the words of its note as they are now; its points are then answered one by one.

    kind: Opinion.Kind; reserves have at least one point. It may come late: the page says how late. Raises
    ConsultationRefused ("not-allowed", "already-given", "not-open", "unknown-kind", "no-text", "no-point"); nothing is
    then written."""
    opinion = _being_prepared(opinion)
    if not keeps_secretariat(acting_user, opinion.body):
        raise ConsultationRefused(_("Le secrétariat de l’instance rend son avis."), code="not-allowed")
    if kind not in Opinion.Kind.values:
        raise ConsultationRefused(_("Choisissez le sens de l’avis."), code="unknown-kind")
    text = read_note(opinion.note_id)
    if not text or text == opinion_template(opinion.consultation):
        raise ConsultationRefused(_("L’avis n’est pas encore écrit : sa note est vide."), code="no-text")
    if kind == Opinion.Kind.RESERVED and not opinion.points.exists():
        raise ConsultationRefused(_("Un avis avec réserves dit lesquelles."), code="no-point")
    opinion.kind, opinion.text, opinion.digest = kind, list(text), digest_of(list(text))
    opinion.given_by, opinion.given_at = acting_user, timezone.now()
    opinion.save(update_fields=["kind", "text", "digest", "given_by", "given_at"])
    keep_opinion_accesses(opinion)
    _note("opinion_given", opinion.consultation, None, acting_user, body=opinion.body.slug, kind=kind)
    _close_when_answered(opinion.consultation, acting_user)
    return opinion


@transaction.atomic
def answer_point(point: OpinionPoint, *, answer: str, is_followed: bool, acting_user: User) -> OpinionPoint:
    """Answer a reserve or remark, once. is_followed: whether the text takes it into account.

    By whoever represents the organisation that submitted the text. Raises ConsultationRefused ("not-allowed",
    "not-open", "not-given", "already-answered", "no-text"); nothing is then written."""
    consultation = _open(point.opinion.consultation)
    point = OpinionPoint.objects.select_for_update(of=("self",)).select_related("opinion__body").get(pk=point.pk)
    if not may_submit_upstream(acting_user, consultation.submitted_for, consultation.circle):
        raise ConsultationRefused(_("Le service qui a soumis le texte répond."), code="not-allowed")
    if not point.opinion.is_given:
        raise ConsultationRefused(_("Cet avis n’est pas encore rendu."), code="not-given")
    if point.answered_at is not None:
        raise ConsultationRefused(_("Ce point a déjà sa réponse."), code="already-answered")
    if not answer.strip():
        raise ConsultationRefused(_("La réponse dit ce qui est fait de ce point, et pourquoi."), code="no-text")
    point.answer, point.is_followed = answer.strip(), is_followed
    point.answered_for, point.answered_by, point.answered_at = consultation.submitted_for, acting_user, timezone.now()
    point.save(update_fields=["answer", "is_followed", "answered_for", "answered_by", "answered_at"])
    _note("opinion_point_answered", consultation, consultation.submitted_for, acting_user, is_followed=is_followed)
    _close_when_answered(consultation, acting_user)
    return point


@transaction.atomic
def withdraw_consultation(consultation: Consultation, *, because: str, acting_user: User) -> Consultation:
    """Take the text back; what was said of it stays. Raises ConsultationRefused ("not-allowed", "not-open",
    "no-reason"); nothing is then written."""
    consultation = _open(consultation)
    if not may_submit_upstream(acting_user, consultation.submitted_for, consultation.circle):
        raise ConsultationRefused(_("Le service qui a soumis le texte le retire."), code="not-allowed")
    if not because.strip():
        raise ConsultationRefused(_("Dites pourquoi le texte est retiré."), code="no-reason")
    consultation.state = Consultation.State.WITHDRAWN
    consultation.withdrawn_because = because.strip()
    consultation.save(update_fields=["state", "withdrawn_because"])
    for opinion in consultation.opinions.select_related("body"):
        keep_opinion_accesses(opinion)
    _note("consultation_withdrawn", consultation, consultation.submitted_for, acting_user)
    return consultation


def opinion_template(consultation: Consultation) -> Blocks:
    """What an opinion is written from: the questions every body is asked. Content, in French in every language."""
    return (
        heading(f"Avis sur : {consultation.title}"),
        paragraph("Instance, date de la séance, organisations présentes."),
        heading("Effets sur les collectivités, par taille"),
        heading("Coûts et moyens : ce qui paraît juste, ce qui manque"),
        heading("Délais d’application"),
        heading("Ce que l’instance propose de changer"),
    )


def _ask(consultation: Consultation, body: Body, acting_user: User) -> Opinion:
    note: Document = create_note(
        f"Avis : {consultation.title}"[:200], blocks=opinion_template(consultation), acting_user=acting_user
    )
    opinion = consultation.opinions.create(body=body, note=note)
    keep_opinion_accesses(opinion)
    return opinion


def _may_prepare(person: User, body: Body) -> bool:
    seated = Mandate.objects.held_by(person, timezone.localdate()).filter(seat__body=body, seat__is_voting=True)
    return seated.exists() or keeps_secretariat(person, body)


def _check_text(kind: str, title: str, summary: str, due_on: date) -> None:
    if kind not in Consultation.Kind.values:
        raise ConsultationRefused(_("Choisissez la nature du texte."), code="unknown-kind")
    if not title.strip():
        raise ConsultationRefused(_("Un texte soumis a un intitulé."), code="no-title")
    if not summary.strip():
        raise ConsultationRefused(_("Dites ce que le texte change pour les collectivités."), code="no-summary")
    if due_on <= timezone.localdate():
        raise ConsultationRefused(_("Les avis sont attendus pour un jour à venir."), code="bad-date")


def _check_strata(strata: Collection[str], costs: Mapping[str, Cost]) -> None:
    if not {*strata, *costs} <= set(Stratum.values):
        raise ConsultationRefused(_("Cette taille de collectivités n’existe pas ici."), code="unknown-stratum")
    amounts = [amount for cost in costs.values() for amount in (cost.once_euros, cost.yearly_euros)]
    if any(amount is not None and not 0 <= amount <= 2_000_000_000 for amount in amounts):
        raise ConsultationRefused(_("Un coût est un nombre d’euros, positif ou nul."), code="bad-cost")


def _open(consultation: Consultation) -> Consultation:
    """The consultation read again, locked; refused once it is closed."""
    locked = (
        Consultation.objects.select_for_update(of=("self",))
        .select_related("circle", "submitted_for")
        .get(pk=consultation.pk)
    )
    if not locked.is_open:
        raise ConsultationRefused(
            _("Cette saisine n’est plus en cours : elle est %(state)s.") % {"state": locked.get_state_display()},
            code="not-open",
        )
    return locked


def _being_prepared(opinion: Opinion) -> Opinion:
    consultation = _open(opinion.consultation)
    opinion = Opinion.objects.select_for_update(of=("self",)).select_related("body", "note").get(pk=opinion.pk)
    opinion.consultation = consultation
    if opinion.is_given:
        raise ConsultationRefused(_("Cet avis est rendu : il ne change plus."), code="already-given")
    return opinion


def _close_when_answered(consultation: Consultation, acting_user: User) -> None:
    """Closed once every body gave its opinion and every point has its answer."""
    waits = consultation.opinions.filter(given_at=None).exists() or OpinionPoint.objects.filter(
        opinion__consultation=consultation, answered_at=None
    )
    if waits:
        return
    consultation.state, consultation.answered_at = Consultation.State.ANSWERED, timezone.now()
    consultation.save(update_fields=["state", "answered_at"])
    _note("consultation_answered", consultation, consultation.submitted_for, acting_user)


def _note(
    what: str,
    consultation: Consultation,
    organisation: Organisation | None,
    acting_user: User,
    **details: str | bool,
) -> None:
    journal.record(
        f"governance.{what}",
        actor=acting_user,
        subject=consultation,
        organisation=organisation.slug if organisation else "",
        details={"number": consultation.number, **details},
    )
