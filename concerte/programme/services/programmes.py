"""Founding a programme, its frame, who takes part, what each college asks for."""

import re
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.common.partial_dates import PartialDate
from concerte.concertation.services import keep_concertation_true
from concerte.documents.services import create_document
from concerte.journal import services as journal
from concerte.partners.models import Circle, College, Organisation, Participation
from concerte.programme.draft import Draft
from concerte.programme.errors import ProgrammeRefused
from concerte.programme.models import ApprovalRule, Programme
from concerte.programme.rules import may_coordinate, may_found_programmes
from concerte.programme.seeding import seed as seed_of
from concerte.programme.services.accesses import keep_accesses_true
from concerte.programme.services.locks import locked_programme

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CODE_PREFIX = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*")


@transaction.atomic
def create_programme(
    *,
    slug: str,
    title: str,
    acronym: str,
    code_prefix: str,
    summary: str,
    starts_on: str,
    ends_on: str,
    seed: bytes,
    notice: str = "",
    origin: dict[str, Any] | None = None,
    is_draft_public: bool = False,
    is_featured: bool = False,
    is_fictitious: bool = False,
    predecessor: Programme | None = None,
    acting_user: User | None,
) -> Programme:
    """Found a programme with its text (seed: a Yjs state) and, for each college, a rule asking for one approval.

    starts_on, ends_on: PartialDate. is_featured: takes the place of the one on the front page. origin: imported facts,
    never edited. acting_user: an administrator, or nobody (the operator). Raises ProgrammeRefused ("not-allowed",
    "slug-taken", "bad-slug", "prefix-taken", "bad-prefix", "bad-dates", "no-title"); nothing is then written."""
    if not may_found_programmes(acting_user):
        raise ProgrammeRefused(_("Seule l’administration de la plateforme crée un programme."), code="not-allowed")
    _check_names(slug, code_prefix)
    _check_frame(title, starts_on, ends_on)
    if is_featured:
        Programme.objects.filter(is_featured=True).update(is_featured=False)
    programme = Programme.objects.create(
        slug=slug,
        title=title,
        acronym=acronym,
        code_prefix=code_prefix,
        summary=summary,
        starts_on=starts_on,
        ends_on=ends_on,
        circle=Circle.objects.create(slug=slug, name=title),
        draft=create_document(title, seed=seed, acting_user=acting_user),
        notice=notice,
        origin=origin or {},
        is_draft_public=is_draft_public,
        is_featured=is_featured,
        is_fictitious=is_fictitious,
        predecessor=predecessor,
    )
    ApprovalRule.objects.bulk_create(
        ApprovalRule(programme=programme, college=college) for college in College.objects.all()
    )
    journal.record(
        "programme.programme_created", actor=acting_user, subject=programme, details={"code_prefix": code_prefix}
    )
    return programme


@transaction.atomic
def open_programme(
    *,
    slug: str,
    title: str,
    acronym: str,
    code_prefix: str,
    summary: str,
    starts_on: str,
    ends_on: str,
    is_fictitious: bool,
    coordinator: Organisation,
    acting_user: User | None,
) -> Programme:
    """Found a programme on an empty page: a text that has its title only, and the organisation that coordinates it.

    The first programme of a platform goes to the front page. Raises ProgrammeRefused as `create_programme` and
    `add_participation` do; nothing is then written."""
    programme = create_programme(
        slug=slug,
        title=title,
        acronym=acronym,
        code_prefix=code_prefix,
        summary=summary,
        starts_on=starts_on,
        ends_on=ends_on,
        is_fictitious=is_fictitious,
        is_featured=not Programme.objects.exists(),
        seed=seed_of(Draft(title=title)),
        acting_user=acting_user,
    )
    add_participation(programme, organisation=coordinator, is_coordinator=True, acting_user=acting_user)
    return programme


@transaction.atomic
def update_frame(
    programme: Programme,
    *,
    title: str,
    acronym: str,
    summary: str,
    starts_on: str,
    ends_on: str,
    next_review_on: date | None,
    notice: str,
    is_draft_public: bool,
    acting_user: User | None,
) -> Programme:
    """Change what is said around the text. Slug and code prefix are in addresses and codes: they never change.

    Raises ProgrammeRefused ("not-allowed", "no-title", "bad-dates"); nothing is then written."""
    programme = locked_programme(programme)
    _check_may_coordinate(programme, acting_user)
    _check_frame(title, starts_on, ends_on)
    values: dict[str, Any] = {
        "title": title,
        "acronym": acronym,
        "summary": summary,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "next_review_on": next_review_on,
        "notice": notice,
        "is_draft_public": is_draft_public,
    }
    changed = [name for name, value in values.items() if getattr(programme, name) != value]
    for name in changed:
        setattr(programme, name, values[name])
    if changed:
        programme.save(update_fields=changed)
        if "title" in changed:
            Circle.objects.filter(pk=programme.circle_id).update(name=title)
        journal.record(
            "programme.frame_updated", actor=acting_user, subject=programme, details={"fields": sorted(changed)}
        )
    return programme


@transaction.atomic
def add_participation(
    programme: Programme,
    *,
    organisation: Organisation,
    is_coordinator: bool = False,
    role: str = "",
    starts_on: date | None = None,
    acting_user: User | None,
) -> Participation:
    """Have an organisation take part, from a day on (today by default); its people then reach the draft.

    The coordination adds participants; only the administration says who coordinates; the operator may load what was, an
    organisation that has ended included. Raises ProgrammeRefused
    ("not-allowed", "already-participates", "organisation-ended"); nothing is then written."""
    programme = locked_programme(programme)
    if is_coordinator and not may_found_programmes(acting_user):
        raise ProgrammeRefused(
            _("Seule l’administration de la plateforme désigne qui coordonne un programme."), code="not-allowed"
        )
    _check_may_coordinate(programme, acting_user)
    if programme.participations.filter(organisation=organisation, ends_on=None).exists():
        raise ProgrammeRefused(_("Cette organisation participe déjà à ce programme."), code="already-participates")
    if acting_user is not None and organisation.ends_on and organisation.ends_on <= timezone.localdate():
        raise ProgrammeRefused(_("Cette organisation n’existe plus."), code="organisation-ended")
    participation = programme.circle.participations.create(
        organisation=organisation,
        is_coordinator=is_coordinator,
        role=role,
        starts_on=starts_on or timezone.localdate(),
    )
    journal.record(
        "programme.participation_added",
        actor=acting_user,
        subject=programme,
        organisation=organisation.slug,
        details={"is_coordinator": is_coordinator},
    )
    keep_accesses_true(programme)
    keep_concertation_true(programme.circle)
    return participation


@transaction.atomic
def end_participation(participation: Participation, *, because: str, acting_user: User | None) -> Participation:
    """End the part an organisation takes, from today; its people no longer reach the draft. What it approved stays.

    Raises ProgrammeRefused ("not-allowed", "no-reason", "already-ended", "last-coordinator"); nothing is then written.
    """
    programme = locked_programme(participation.circle.programme)
    _check_may_coordinate(programme, acting_user)
    participation = programme.participations.select_related("organisation").get(pk=participation.pk)
    if participation.ends_on is not None:
        raise ProgrammeRefused(_("Cette participation est déjà terminée."), code="already-ended")
    if not because.strip():
        raise ProgrammeRefused(_("Dites pourquoi cette participation se termine."), code="no-reason")
    others = programme.participations.exclude(pk=participation.pk).held_on(timezone.localdate())
    if participation.is_coordinator and not others.filter(is_coordinator=True).exists():
        raise ProgrammeRefused(
            _("C’est la dernière organisation qui coordonne ce programme : désignez-en d’abord une autre."),
            code="last-coordinator",
        )
    # One that was to begin later never began: its end cannot come before its start.
    participation.ends_on = max(timezone.localdate(), participation.starts_on)
    participation.ended_because = because.strip()
    participation.save(update_fields=["ends_on", "ended_because"])
    journal.record(
        "programme.participation_ended",
        actor=acting_user,
        subject=programme,
        organisation=participation.organisation.slug,
        details={"because": participation.ended_because},
    )
    keep_accesses_true(programme)
    keep_concertation_true(programme.circle)
    return participation


@transaction.atomic
def set_approval_rule(
    programme: Programme,
    *,
    college: College,
    minimum_approvals: int,
    is_blocked_by_objection: bool,
    acting_user: User | None,
) -> ApprovalRule:
    """Say what a college asks for. minimum_approvals: a number of organisations, 1 or more.

    Not while a proposal is before the colleges: the rule they answer under is the one they knew.
    Raises ProgrammeRefused ("not-allowed", "proposal-open", "bad-minimum"); nothing is then written."""
    programme = locked_programme(programme)
    if not may_found_programmes(acting_user):
        raise ProgrammeRefused(
            _("Seule l’administration de la plateforme change les règles d’approbation."), code="not-allowed"
        )
    if minimum_approvals < 1:
        raise ProgrammeRefused(_("Un collège demande au moins une approbation."), code="bad-minimum")
    if programme.proposals.open().exists():
        raise ProgrammeRefused(
            _("Une proposition est soumise aux collèges : la règle ne change pas en cours de route."),
            code="proposal-open",
        )
    rule, _is_new = programme.approval_rules.update_or_create(
        college=college,
        defaults={"minimum_approvals": minimum_approvals, "is_blocked_by_objection": is_blocked_by_objection},
    )
    journal.record(
        "programme.approval_rule_set",
        actor=acting_user,
        subject=programme,
        details={
            "college": college.slug,
            "minimum_approvals": minimum_approvals,
            "is_blocked_by_objection": is_blocked_by_objection,
        },
    )
    return rule


def _check_may_coordinate(programme: Programme, acting_user: User | None) -> None:
    if not may_found_programmes(acting_user) and not (acting_user and may_coordinate(acting_user, programme)):
        raise ProgrammeRefused(_("Seule la coordination de ce programme peut le faire."), code="not-allowed")


def _check_names(slug: str, code_prefix: str) -> None:
    if not _SLUG.fullmatch(slug) or len(slug) > 80:
        raise ProgrammeRefused(
            _("L’identifiant n’a que des minuscules, des chiffres et des traits d’union."), code="bad-slug"
        )
    if not _CODE_PREFIX.fullmatch(code_prefix) or len(code_prefix) > 12:
        raise ProgrammeRefused(
            _("Le préfixe des codes n’a que des majuscules, des chiffres et des traits d’union, douze signes au plus."),
            code="bad-prefix",
        )
    if Programme.objects.filter(slug=slug).exists():
        raise ProgrammeRefused(_("Un programme porte déjà cet identifiant."), code="slug-taken")
    if Programme.objects.filter(code_prefix=code_prefix).exists():
        raise ProgrammeRefused(_("Un programme a déjà ce préfixe de codes."), code="prefix-taken")


def _check_frame(title: str, starts_on: str, ends_on: str) -> None:
    if not title.strip():
        raise ProgrammeRefused(_("Un programme a un titre."), code="no-title")
    try:
        start, end = PartialDate.parse(starts_on), PartialDate.parse(ends_on)
    except ValueError:
        raise ProgrammeRefused(_("Une date s’écrit 2019, 2019-S1, 2019-06 ou 2019-06-30."), code="bad-dates") from None
    if end.last_day < start.first_day:
        raise ProgrammeRefused(_("Le programme finit avant d’avoir commencé."), code="bad-dates")
