"""Administration: to look at only; the pages of the concertation write."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from concerte.concertation.models import Allocation, Need, NeedSupport, PriorityRound, Theme

if TYPE_CHECKING:
    AnyAdmin = admin.ModelAdmin[Any]
else:
    AnyAdmin = admin.ModelAdmin


class OnlyLookedAt(AnyAdmin):
    """Rows that only the pages of the room write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


# Needs, themes
@admin.register(Need)
class NeedAdmin(OnlyLookedAt):
    list_display = ("title", "circle", "organisation", "urgency", "visibility", "theme", "raised_at", "closed_at")
    list_filter = ("circle", "urgency", "visibility")
    search_fields = ("title",)
    list_select_related = ("circle", "organisation", "theme")


@admin.register(NeedSupport)
class NeedSupportAdmin(OnlyLookedAt):
    list_display = ("need", "organisation", "person", "joined_at", "withdrawn_at")
    list_select_related = ("need", "organisation", "person")


@admin.register(Theme)
class ThemeAdmin(OnlyLookedAt):
    list_display = ("title", "circle", "visibility", "created_at", "closed_at")
    list_filter = ("circle", "visibility")
    list_select_related = ("circle",)


@admin.register(PriorityRound)
class PriorityRoundAdmin(OnlyLookedAt):
    list_display = ("circle", "number", "points", "opened_at", "closed_at")
    list_select_related = ("circle",)


@admin.register(Allocation)
class AllocationAdmin(OnlyLookedAt):
    list_display = ("round", "organisation", "theme", "points", "placed_at")
    list_select_related = ("round", "organisation", "theme")
