"""The journal in the admin: read by administrators, changed by nobody."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from concerte.journal.models import Entry

if TYPE_CHECKING:
    EntryAdminBase = admin.ModelAdmin[Entry]
else:
    EntryAdminBase = admin.ModelAdmin


@admin.register(Entry)
class EntryAdmin(EntryAdminBase):
    list_display = ("recorded_at", "act", "actor_id", "organisation", "subject_kind", "subject_id")
    list_filter = ("act", "organisation")
    search_fields = ("act", "subject_id", "organisation")
    date_hierarchy = "recorded_at"
    ordering = ("-pk",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
