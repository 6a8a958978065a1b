"""Programmes, the codes of their actions, proposals put to both colleges, and the editions that came of them."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from concerte.documents.models import Document
from concerte.governance.models import Body, Decision
from concerte.partners.models import Circle, College, Organisation, ParticipationQuerySet
from concerte.programme.errors import EditionRefused
from concerte.programme.querysets import EditionQuerySet, ProgrammeQuerySet, ProposalQuerySet


class Programme(models.Model):
    """A programme: its frame. Its text is a shared document while it is written, and editions once it is decided."""

    slug = models.SlugField("identifiant", max_length=80, unique=True)
    title = models.CharField("titre", max_length=200)  # the name in menus; the text has a title of its own
    acronym = models.CharField("sigle", max_length=40, blank=True)
    code_prefix = models.CharField("préfixe des codes d’action", max_length=12, unique=True)  # "DCANT": DCANT-01
    next_action_number = models.PositiveIntegerField("prochain numéro d’action", default=1)  # only ever grows
    summary = models.TextField("présentation", blank=True)
    starts_on = models.CharField("début", max_length=10)  # PartialDate
    ends_on = models.CharField("fin", max_length=10)  # PartialDate
    next_review_on = models.DateField("prochaine revue", null=True, blank=True)
    # Who takes part, and what was worked out together before the text: the rooms below know the circle only.
    circle = models.OneToOneField(Circle, models.PROTECT, verbose_name="cercle", related_name="programme")
    draft = models.OneToOneField(Document, models.PROTECT, verbose_name="texte en cours", related_name="+")
    # The body that decides on its editions, and how; none: the organisations that take part, by the approval rules.
    deciding_body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="programmes")
    decision_rule = models.JSONField("règle de décision", default=dict, blank=True)  # concerte-rule/1
    decision_rule_name = models.CharField("nom de la règle", max_length=120, blank=True)
    decision_days = models.PositiveSmallIntegerField("durée du vote, en jours", default=15)
    is_draft_public = models.BooleanField("le texte en cours est public", default=False)
    is_featured = models.BooleanField("à la une", default=False)
    is_fictitious = models.BooleanField("exercice", default=False)  # said on every page of it
    notice = models.TextField("avertissement", blank=True)  # shown above the text: what is and is not documented
    predecessor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors")
    # What was imported about its past: {"sources": [...], "roadmaps": [...], "coverage": {...}, ...}.
    # Facts of others, never edited.
    origin = models.JSONField("faits importés", default=dict, blank=True)
    created_at = models.DateTimeField("créé le", auto_now_add=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = "programme"
        verbose_name_plural = "programmes"
        ordering = ("-is_featured", "-starts_on", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("is_featured",), condition=Q(is_featured=True), name="programme_one_featured"
            ),
        )

    def __str__(self) -> str:
        return self.acronym or self.title

    @property
    def participations(self) -> ParticipationQuerySet:
        """The organisations that take part or took part."""
        return self.circle.participations.all()


class ApprovalRule(models.Model):
    """What a college asks for before an edition of a programme may be published."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="approval_rules")
    college = models.ForeignKey(College, models.PROTECT, related_name="+")
    minimum_approvals = models.PositiveSmallIntegerField("approbations nécessaires", default=1)  # organisations
    is_blocked_by_objection = models.BooleanField("une objection suspend", default=True)

    class Meta:
        verbose_name = "règle d’approbation"
        verbose_name_plural = "règles d’approbation"
        ordering = ("college__position", "pk")
        constraints = (
            models.UniqueConstraint(fields=("programme", "college"), name="programme_one_rule_per_college"),
            models.CheckConstraint(condition=Q(minimum_approvals__gte=1), name="programme_rule_asks_for_someone"),
        )

    def __str__(self) -> str:
        return f"{self.programme_id} · {self.college_id} ≥ {self.minimum_approvals}"


class Action(models.Model):
    """The identity of an action: its code, for ever. What it says is in the draft and in the editions."""

    code = models.CharField("code", max_length=24, unique=True)  # "DCANT-01"; upper case, never reused
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="actions")
    number = models.PositiveIntegerField("numéro")
    copied_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="copies")
    # What was imported about it: {"id", "status_history", "notes", …}, with source and certainty. Never edited.
    origin = models.JSONField("faits importés", default=dict, blank=True)
    created_at = models.DateTimeField("créée le", auto_now_add=True)

    class Meta:
        verbose_name = "action"
        verbose_name_plural = "actions"
        ordering = ("programme", "number")
        constraints = (models.UniqueConstraint(fields=("programme", "number"), name="programme_action_number"),)

    def __str__(self) -> str:
        return self.code


class Proposal(models.Model):
    """A text frozen by the coordination and put to both colleges: canonical JSON and its digest, never changed."""

    class State(models.TextChoices):
        OPEN = "open", _("soumise aux collèges")
        PUBLISHED = "published", _("publiée")
        WITHDRAWN = "withdrawn", _("retirée")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="proposals")
    number = models.PositiveIntegerField("numéro de proposition")  # 1, 2… within the programme
    semester = models.CharField("semestre", max_length=7)  # "2026-S2"
    content = models.TextField("contenu")  # canonical JSON (RFC 8785), as text: the digest is of these very bytes
    digest = models.CharField("empreinte", max_length=71)  # "sha256:…"
    draft_digest = models.CharField(
        "empreinte du texte en cours", max_length=71
    )  # of what was read: says if the draft moved
    # Opened on its digest in the transaction that freezes it. Null only in between.
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="proposals")
    state = models.CharField("état", max_length=12, choices=State, default=State.OPEN)
    message = models.TextField("message aux collèges", blank=True)
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField("figée le", auto_now_add=True)
    withdrawn_because = models.TextField("motif du retrait", blank=True)
    withdrawn_at = models.DateTimeField("retirée le", null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "proposition"
        verbose_name_plural = "propositions"
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=("programme", "number"), name="programme_proposal_number"),
            models.UniqueConstraint(
                fields=("programme",), condition=Q(state="open"), name="programme_one_open_proposal"
            ),
        )

    def __str__(self) -> str:
        return f"{self.programme_id} · proposition {self.number}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Position(models.Model):
    """What an organisation says of a proposal, through one person who represents it. A new one replaces the last."""

    class Kind(models.TextChoices):
        APPROVAL = "approval", _("approuve")
        OBJECTION = "objection", _("s’oppose")

    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="positions")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    college = models.ForeignKey(College, models.PROTECT, related_name="+")  # of the organisation that day
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField("position", max_length=10, choices=Kind)
    reasons = models.TextField("motifs", blank=True)
    digest = models.CharField("empreinte du texte lu", max_length=71)
    given_at = models.DateTimeField("donnée le", auto_now_add=True)
    replaced_at = models.DateTimeField("remplacée le", null=True, blank=True)

    class Meta:
        verbose_name = "position"
        verbose_name_plural = "positions"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("proposal", "organisation"), condition=Q(replaced_at=None), name="programme_one_position"
            ),
            models.CheckConstraint(
                condition=Q(kind="approval") | ~Q(reasons=""), name="programme_objection_has_reasons"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.get_kind_display()}"


class Edition(models.Model):
    """A published text. Never changes: content, digest and record are written once."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="editions")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="edition")
    number = models.PositiveIntegerField("numéro")  # 1, 2… within the programme
    semester = models.CharField("semestre", max_length=7)
    content = models.TextField("contenu")  # the proposal's, byte for byte
    digest = models.CharField("empreinte", max_length=71)
    previous = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="next")
    record = models.TextField("procès-verbal")  # canonical JSON: when, by whom, who approved for which organisation
    record_digest = models.CharField("empreinte du procès-verbal", max_length=71)
    published_at = models.DateTimeField("publiée le")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = "édition"
        verbose_name_plural = "éditions"
        ordering = ("programme", "-number")
        constraints = (
            models.UniqueConstraint(fields=("programme", "number"), name="programme_edition_number"),
            models.UniqueConstraint(
                fields=("programme",), condition=Q(previous=None), name="programme_one_first_edition"
            ),
        )

    def __str__(self) -> str:
        return f"{self.programme_id} · édition {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new edition. One that exists is refused here, and by the database whatever the road taken."""
        if not self._state.adding:
            raise EditionRefused(gettext("Une édition publiée ne change jamais."), code="immutable")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise EditionRefused(gettext("Une édition publiée ne s’efface pas."), code="immutable")
