"""Colleges, organisations and memberships in the admin, through the same services as everywhere."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _

from concerte.accounts.administration import ServiceAdmin
from concerte.accounts.models import User
from concerte.journal.services import record
from concerte.partners.models import College, Membership, Organisation
from concerte.partners.services import (
    create_organisation,
    end_membership,
    end_organisation,
    grant_membership,
    update_organisation,
)

if TYPE_CHECKING:
    CollegeAdminBase = admin.ModelAdmin[College]
    OrganisationAdminBase = admin.ModelAdmin[Organisation]
    MembershipAdminBase = admin.ModelAdmin[Membership]
    MembershipFormBase = ModelForm[Membership]
else:
    CollegeAdminBase = OrganisationAdminBase = MembershipAdminBase = admin.ModelAdmin
    MembershipFormBase = ModelForm


@admin.register(College)
class CollegeAdmin(ServiceAdmin, CollegeAdminBase):
    list_display = ("name", "short_name", "slug", "position", "appearance")
    ordering = ("position", "pk")

    def get_readonly_fields(self, request: HttpRequest, obj: College | None = None) -> tuple[str, ...]:
        return ("slug",) if obj is not None else ()  # written in editions

    def save_model(self, request: HttpRequest, obj: College, form: Any, change: bool) -> None:  # Django's
        super().save_model(request, obj, form, change)
        act = "partners.college_updated" if change else "partners.college_created"
        record(act, actor=cast("User", request.user), subject=obj, details={"changed": form.changed_data})


@admin.register(Organisation)
class OrganisationAdmin(ServiceAdmin, OrganisationAdminBase):
    list_display = ("name", "acronym", "college", "starts_on", "ends_on", "certainty")
    list_filter = ("college", "certainty")
    search_fields = ("name", "acronym", "slug")
    ordering = ("name", "pk")
    fields = ("name", "acronym", "slug", "college", "kind", "starts_on", "ends_on", "ended_because", "note")

    def get_readonly_fields(self, request: HttpRequest, obj: Organisation | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("ended_because",)
        return ("slug",) if obj.ends_on is None else ("slug", "ends_on", "ended_because")

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        acting_user = cast("User", request.user)
        names = ("name", "acronym", "college", "kind", "starts_on", "note")
        known = {name: getattr(obj, name) for name in names}
        if not change:
            made = create_organisation(slug=obj.slug, ends_on=obj.ends_on, **known, acting_user=acting_user)
            obj.pk = made.pk
            return
        stored = Organisation.objects.get(pk=obj.pk)
        update_organisation(stored, **known, acting_user=acting_user)
        if "ends_on" in form.changed_data:
            end_organisation(stored, on=obj.ends_on, reason=obj.ended_because, acting_user=acting_user)


class MembershipForm(MembershipFormBase):
    class Meta:
        model = Membership
        fields = ("person", "organisation", "role", "title", "starts_on", "ends_on", "ended_because")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance.pk and not self.cleaned_data.get("ends_on"):
            raise forms.ValidationError(
                _("Un rattachement ne change pas\u00a0: indiquez sa fin, ou ajoutez-en un autre.")
            )
        return cleaned


@admin.register(Membership)
class MembershipAdmin(ServiceAdmin, MembershipAdminBase):
    form = MembershipForm
    list_display = ("person", "organisation", "role", "title", "starts_on", "ends_on")
    list_filter = ("role", "organisation__college")
    search_fields = ("person__name", "person__email", "organisation__name", "organisation__acronym")
    list_select_related = ("person", "organisation")
    autocomplete_fields = ("person", "organisation")
    ordering = ("organisation__name", "person__name", "pk")

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("ends_on", "ended_because")
        return ("person", "organisation", "role", "title", "starts_on")

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        acting_user = cast("User", request.user)
        if change:
            stored = Membership.objects.get(pk=obj.pk)
            end_membership(stored, on=form.cleaned_data["ends_on"], reason=obj.ended_because, acting_user=acting_user)
            return
        made = grant_membership(
            obj.person,
            obj.organisation,
            role=obj.role,
            title=obj.title,
            starts_on=obj.starts_on,
            acting_user=acting_user,
        )
        obj.pk = made.pk
