"""Administration: the frame, who takes part and the rules can be changed; what was decided can only be looked at."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from concerte.accounts.administration import ServiceAdmin
from concerte.accounts.models import User
from concerte.journal import services as journal
from concerte.partners.models import Participation
from concerte.programme.models import (
    Action,
    ApprovalRule,
    Edition,
    Position,
    Programme,
    Proposal,
)
from concerte.programme.services import add_participation, keep_accesses_true, set_approval_rule

if TYPE_CHECKING:
    ProgrammeAdminBase = admin.ModelAdmin[Programme]
    ParticipationAdminBase = admin.ModelAdmin[Participation]
    ApprovalRuleAdminBase = admin.ModelAdmin[ApprovalRule]
    AnyAdmin = admin.ModelAdmin[Model]
else:
    ProgrammeAdminBase = ParticipationAdminBase = ApprovalRuleAdminBase = AnyAdmin = admin.ModelAdmin


class OnlyLookedAt(AnyAdmin):
    """Rows that only the pages of the programme write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Programme)
class ProgrammeAdmin(ServiceAdmin, ProgrammeAdminBase):
    list_display = ("title", "acronym", "code_prefix", "starts_on", "ends_on", "is_featured", "is_fictitious")
    search_fields = ("title", "acronym", "slug")
    # In addresses, in codes, or the facts of others: changing them would break what was published.
    readonly_fields = (
        *("slug", "code_prefix", "next_action_number", "draft", "predecessor", "origin", "created_at"),
        # Set on the page of the coordination, where the rules of bodies can be chosen.
        *("deciding_body", "decision_rule", "decision_rule_name", "decision_days"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a programme is founded with its text, by `create_programme`

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # Django's
        if obj.is_featured:
            Programme.objects.exclude(pk=obj.pk).filter(is_featured=True).update(is_featured=False)
        super().save_model(request, obj, form, change)
        details = {"fields": sorted(form.changed_data)}
        journal.record("programme.frame_updated", actor=cast("User", request.user), subject=obj, details=details)


@admin.register(Participation)
class ParticipationAdmin(ServiceAdmin, ParticipationAdminBase):
    list_display = ("circle", "organisation", "is_coordinator", "starts_on", "ends_on")
    list_filter = ("circle", "is_coordinator")
    list_select_related = ("circle", "organisation")
    autocomplete_fields = ("organisation",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields = ("circle", "organisation", "is_coordinator", "role", "starts_on")
        return fields if obj is None else (*fields, "ends_on", "ended_because")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("circle", "organisation") if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        acting_user = cast("User", request.user)
        if not change:
            added = add_participation(
                obj.circle.programme,
                organisation=obj.organisation,
                is_coordinator=obj.is_coordinator,
                role=obj.role,
                starts_on=obj.starts_on,
                acting_user=acting_user,
            )
            obj.pk = added.pk
            return
        super().save_model(request, obj, form, change)
        journal.record(
            "programme.participation_updated",
            actor=acting_user,
            subject=obj.circle.programme,
            organisation=obj.organisation.slug,
            details={"fields": sorted(form.changed_data)},
        )
        keep_accesses_true(obj.circle.programme)


@admin.register(ApprovalRule)
class ApprovalRuleAdmin(ServiceAdmin, ApprovalRuleAdminBase):
    list_display = ("programme", "college", "minimum_approvals", "is_blocked_by_objection")
    list_filter = ("programme",)
    list_select_related = ("programme", "college")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("programme", "college") if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        rule = set_approval_rule(
            obj.programme,
            college=obj.college,
            minimum_approvals=obj.minimum_approvals,
            is_blocked_by_objection=obj.is_blocked_by_objection,
            acting_user=cast("User", request.user),
        )
        obj.pk = rule.pk


@admin.register(Action)
class ActionAdmin(OnlyLookedAt):
    list_display = ("code", "programme", "copied_from", "created_at")
    list_filter = ("programme",)
    list_select_related = ("programme", "copied_from")
    search_fields = ("code",)


@admin.register(Proposal)
class ProposalAdmin(OnlyLookedAt):
    list_display = ("programme", "number", "semester", "state", "digest", "frozen_at")
    list_filter = ("programme", "state")
    list_select_related = ("programme",)


@admin.register(Position)
class PositionAdmin(OnlyLookedAt):
    list_display = ("proposal", "organisation", "college", "kind", "given_at", "replaced_at")
    list_filter = ("kind", "college")
    list_select_related = ("proposal", "organisation", "college")


@admin.register(Edition)
class EditionAdmin(OnlyLookedAt):
    list_display = ("programme", "number", "semester", "digest", "published_at")
    list_filter = ("programme",)
    list_select_related = ("programme",)
