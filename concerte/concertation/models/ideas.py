"""Ideas: cards that are talked over, appreciated, merged or split, and answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concerte.concertation.models.groups import WorkingGroup
from concerte.concertation.querysets.ideas import IdeaCommentQuerySet, IdeaQuerySet
from concerte.partners.models import Circle, College, Organisation


class IdeaState(models.TextChoices):
    """Where an idea stands. The last two say that it goes on in others."""

    PROPOSED = "proposed", _("proposée")
    UNDER_STUDY = "under_study", _("à l’étude")
    RETAINED = "retained", _("retenue")
    SET_ASIDE = "set_aside", _("écartée")
    MERGED = "merged", _("réunie à d’autres")
    SPLIT = "split", _("divisée")

    @property
    def is_answered(self) -> bool:
        return self in {IdeaState.RETAINED, IdeaState.SET_ASIDE}

    @property
    def goes_on_elsewhere(self) -> bool:
        return self in {IdeaState.MERGED, IdeaState.SPLIT}


class IdeaVisibility(models.TextChoices):
    """Who reads an idea: those who read its group, the colleges, anyone."""

    GROUP = "group", _("les personnes qui lisent le groupe")
    COLLEGES = "colleges", _("les collèges du programme")
    PUBLIC = "public", _("tout le monde")


class Idea(models.Model):
    """A card: what could be done, by whom it was brought, for which organisation."""

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="ideas")
    group = models.ForeignKey(WorkingGroup, models.PROTECT, null=True, blank=True, related_name="ideas")
    title = models.CharField("titre", max_length=200)
    text = models.TextField("texte")  # plain, paragraphs are separated by an empty line
    state = models.CharField("état", max_length=12, choices=IdeaState, default=IdeaState.PROPOSED)
    visibility = models.CharField("qui peut la lire", max_length=8, choices=IdeaVisibility)
    origin = models.JSONField("faits importés", default=dict, blank=True)
    created_at = models.DateTimeField("proposée le", auto_now_add=True)

    objects = IdeaQuerySet.as_manager()

    class Meta:
        verbose_name = "idée"
        verbose_name_plural = "idées"
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(visibility="group", group=None), name="concertation_idea_of_a_group_has_one"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def known_state(self) -> IdeaState:
        return IdeaState(self.state)

    @property
    def paragraphs(self) -> list[str]:
        """The text, paragraph by paragraph; an empty line separates two of them."""
        blocks = self.text.replace("\r\n", "\n").split("\n\n")
        return [" ".join(block.split("\n")).strip() for block in blocks if block.strip()]


class IdeaAuthor(models.Model):
    """Somebody brought an idea, for an organisation. A merged idea has the authors of all those it comes from."""

    idea = models.ForeignKey(Idea, models.PROTECT, related_name="authors")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "auteur d’une idée"
        verbose_name_plural = "auteurs des idées"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("idea", "person", "organisation"), name="concertation_one_authorship", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return f"{self.idea_id} · {self.organisation_id}"


class IdeaStep(models.Model):
    """The state of an idea changed: what it became, why, decided by whom and for which organisation."""

    idea = models.ForeignKey(Idea, models.PROTECT, related_name="steps")
    state = models.CharField("nouvel état", max_length=12, choices=IdeaState)
    reasons = models.TextField("motifs", blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField("le", auto_now_add=True)

    class Meta:
        verbose_name = "étape d’une idée"
        verbose_name_plural = "étapes des idées"
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(state__in=["retained", "set_aside"]) | ~Q(reasons=""),
                name="concertation_answer_has_reasons",
            ),
        )

    def __str__(self) -> str:
        return f"{self.idea_id} → {self.state}"


class IdeaComment(models.Model):
    """What somebody says of an idea, or answers to a comment. Withdrawn with a reason, never erased."""

    idea = models.ForeignKey(Idea, models.PROTECT, related_name="comments")
    answers = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replies")
    text = models.TextField("commentaire")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    written_at = models.DateTimeField("écrit le", auto_now_add=True)
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)
    withdrawn_because = models.CharField("motif du retrait", max_length=300, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = IdeaCommentQuerySet.as_manager()

    class Meta:
        verbose_name = "commentaire d’une idée"
        verbose_name_plural = "commentaires des idées"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.idea_id} · {self.person_id}"


class IdeaAppreciation(models.Model):
    """What an organisation thinks of an idea, and why. A new one replaces the last, which stays readable."""

    class Kind(models.TextChoices):
        FAVOURABLE = "favourable", _("favorable")
        RESERVED = "reserved", _("réservée")
        UNFAVOURABLE = "unfavourable", _("défavorable")

    idea = models.ForeignKey(Idea, models.PROTECT, related_name="appreciations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    college = models.ForeignKey(College, models.PROTECT, related_name="+")  # of the organisation that day
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField("appréciation", max_length=12, choices=Kind)
    reasons = models.TextField("motifs")
    given_at = models.DateTimeField("donnée le", auto_now_add=True)
    replaced_at = models.DateTimeField("remplacée le", null=True, blank=True)

    class Meta:
        verbose_name = "appréciation d’une idée"
        verbose_name_plural = "appréciations des idées"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("idea", "organisation"), condition=Q(replaced_at=None), name="concertation_one_appreciation"
            ),
            models.CheckConstraint(condition=~Q(reasons=""), name="concertation_appreciation_has_reasons"),
        )

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.kind}"
