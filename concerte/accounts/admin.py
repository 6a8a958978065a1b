"""People in the admin. No password field, no deletion: who leaves is closed out, who asks is erased."""

from typing import TYPE_CHECKING, Any, cast

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from concerte.accounts.addresses import normalised_address
from concerte.accounts.administration import ServiceAdmin
from concerte.accounts.errors import AccountRefused
from concerte.accounts.models import OutgoingMessage, User
from concerte.accounts.services import create_person, pseudonymise, update_person

if TYPE_CHECKING:
    UserAdminBase = admin.ModelAdmin[User]
    OutgoingMessageAdminBase = admin.ModelAdmin[OutgoingMessage]
    UserFormBase = ModelForm[User]
else:
    UserAdminBase = admin.ModelAdmin
    OutgoingMessageAdminBase = admin.ModelAdmin
    UserFormBase = ModelForm

# The admin has no sign-in of its own: a code by e-mail, as everywhere.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Rights come from memberships, addresses from the account: neither groups nor a second list of addresses.
admin.site.unregister(Group)
admin.site.unregister(EmailAddress)


class UserForm(UserFormBase):
    class Meta:
        model = User
        fields = ("name", "email", "is_active")

    def clean_email(self) -> str:
        try:
            return normalised_address(self.cleaned_data["email"])
        except ValidationError as error:
            raise forms.ValidationError(_("Cette adresse électronique n’est pas valable.")) from error


@admin.register(User)
class UserAdmin(ServiceAdmin, UserAdminBase):
    form = UserForm
    list_display = ("name", "email", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("name", "email")
    ordering = ("name", "pk")
    readonly_fields = ("is_staff", "joined_at", "last_login")
    fields = ("name", "email", "is_active", *readonly_fields)
    actions = ("erase_personal_data",)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj is not None and obj.is_pseudonym)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # Django's
        acting_user = cast("User", request.user)  # nobody else gets here
        known = {"email": obj.email, "name": obj.name}
        if change:
            update_person(obj, **known, is_active=obj.is_active, acting_user=acting_user)
        else:
            obj.pk = create_person(**known, acting_user=acting_user).pk
            obj.refresh_from_db()

    @admin.action(description=_("Effacer les données personnelles"))
    def erase_personal_data(self, request: HttpRequest, chosen: QuerySet[User]) -> HttpResponse | None:
        """Ask first: there is no way back."""
        if "confirmed" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "people": chosen,
                "title": _("Effacer ces données\u202f?"),
            }
            return TemplateResponse(request, "accounts/admin/confirm_erasure.html", context)
        acting_user = cast("User", request.user)  # nobody else gets here
        try:
            with transaction.atomic():
                for person in chosen:
                    pseudonymise(person, acting_user=acting_user)
        except AccountRefused as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
        else:
            self.message_user(request, _("Les données personnelles sont effacées."), messages.SUCCESS)
        return None


@admin.register(OutgoingMessage)
class OutgoingMessageAdmin(OutgoingMessageAdminBase):
    """To see what has not left, and why. Nothing is changed here: the server tries again by itself."""

    list_display = ("person", "letter", "made_at", "sent_at", "tries", "next_try_at", "given_up_at", "last_error")
    list_filter = (("sent_at", admin.EmptyFieldListFilter), ("given_up_at", admin.EmptyFieldListFilter))
    list_select_related = ("person",)
    search_fields = ("person__name", "person__email")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: OutgoingMessage | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: OutgoingMessage | None = None) -> bool:
        return False
