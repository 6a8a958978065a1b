from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConcertationConfig(AppConfig):
    name = "concerte.concertation"
    label = "concertation"
    verbose_name = "concertation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        self._needs_and_themes()
        self._exchanges_groups_ideas()
        self._pages()

    def _pages(self) -> None:
        """Things of the room are pointed at by the address of their page, or by a few words."""
        from concerte.concertation import searching
        from concerte.lineage import finding
        from concerte.lineage.references import Reference

        kinds = {
            "exchange": ("exchange_id", "concertation.exchange"),
            "need": ("need_id", "concertation.need"),
            "theme": ("theme_id", "concertation.theme"),
            "group": ("group_id", "concertation.workinggroup"),
            "idea": ("idea_id", "concertation.idea"),
        }
        for view, (argument, kind) in kinds.items():

            def read(values: Mapping[str, Any], argument: str = argument, kind: str = kind) -> Reference:
                return Reference(kind, str(values[argument]))

            finding.register_page(f"concertation:{view}", read)
        finding.register_search("concertation.exchange", searching.search_exchanges)
        finding.register_search("concertation.need", searching.search_needs)
        finding.register_search("concertation.theme", searching.search_themes)
        finding.register_search("concertation.workinggroup", searching.search_groups)
        finding.register_search("concertation.idea", searching.search_ideas)

    def _needs_and_themes(self) -> None:
        """Tell the rooms below about us: not before models are loaded."""
        from concerte.accounts import waiting
        from concerte.concertation import needs_shown, themes_waiting
        from concerte.concertation.models import NEED_KIND, THEME_KIND
        from concerte.lineage import references

        # Needs, themes
        references.register(NEED_KIND, label=_("besoin"), plural=_("besoins"), resolver=needs_shown.shown_needs)
        references.register(THEME_KIND, label=_("thème"), plural=_("thèmes"), resolver=needs_shown.shown_themes)
        waiting.register(themes_waiting.points_to_spread)

    def _exchanges_groups_ideas(self) -> None:
        """Tell the rooms below about us: not before models are loaded."""
        from concerte.accounts import waiting
        from concerte.concertation import exchanges_references as shown
        from concerte.concertation.exchanges_waiting import exchanges_waiting_for
        from concerte.concertation.groups_waiting import groups_waiting_for
        from concerte.concertation.services import (
            keep_exchange_accesses_of_person_true,
            keep_group_accesses_of_person_true,
        )
        from concerte.lineage import references
        from concerte.partners import changes

        changes.register(keep_exchange_accesses_of_person_true)
        changes.register(keep_group_accesses_of_person_true)
        waiting.register(exchanges_waiting_for)
        waiting.register(groups_waiting_for)
        references.register(
            "concertation.exchange",
            label=_("échange bilatéral"),
            plural=_("échanges bilatéraux"),
            resolver=shown.show_exchanges,
        )
        references.register(
            "concertation.workinggroup",
            label=_("groupe de travail"),
            plural=_("groupes de travail"),
            resolver=shown.show_groups,
        )
        references.register("concertation.idea", label=_("idée"), plural=_("idées"), resolver=shown.show_ideas)
