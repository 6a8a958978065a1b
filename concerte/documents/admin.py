"""Documents in the admin: to look at, never to change."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from concerte.documents.models import Access, Amendment, ClientOwner, Document, DocumentToken, Snapshot

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin  # Django's own has no type parameters when it runs


class ReadOnlyAdmin(Base):
    """Nothing here is typed by hand: rights come from the rooms above, texts from the sockets."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ("name", "id", "created_at")
    search_fields = ("name", "id")


@admin.register(Access)
class AccessAdmin(ReadOnlyAdmin):
    list_display = ("document", "person", "level")
    list_filter = ("level",)
    list_select_related = ("document", "person")


@admin.register(Amendment)
class AmendmentAdmin(ReadOnlyAdmin):
    list_display = ("document", "number", "title", "organisation", "status", "submitted_at", "closed_at")
    list_filter = ("status",)
    list_select_related = ("document", "organisation")
    exclude = ("base_state",)


@admin.register(ClientOwner)
class ClientOwnerAdmin(ReadOnlyAdmin):
    list_display = ("document", "client_id", "person", "first_used_at")
    list_select_related = ("document", "person")


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    list_display = ("document", "last_update_id", "made_at")
    list_select_related = ("document",)
    fields = ("document", "last_update_id", "made_at")  # the state itself is opaque bytes


@admin.register(DocumentToken)
class DocumentTokenAdmin(ReadOnlyAdmin):
    list_display = ("document", "person", "created_at", "expires_at", "revoked_at")
    list_select_related = ("document", "person")
    fields = ("document", "person", "created_at", "expires_at", "revoked_at")
