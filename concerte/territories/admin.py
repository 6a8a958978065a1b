"""Territories in the admin: to look at. They come from public files."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from concerte.territories.models import Territory

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Territory]
else:
    Base = admin.ModelAdmin


@admin.register(Territory)
class TerritoryAdmin(Base):
    list_display = ("name", "level", "code", "population", "zone")
    list_filter = ("level", "zone")
    search_fields = ("search_name", "code")
    raw_id_fields = ("epci", "departement", "region")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
