from django.apps import AppConfig


class ConcertationConfig(AppConfig):
    name = "concerte.concertation"
    label = "concertation"
    verbose_name = "concertation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Not before: these modules need the models.
        from django.utils.translation import gettext_lazy as _

        from concerte.accounts import waiting
        from concerte.concertation import needs_shown, themes_waiting
        from concerte.concertation.models import NEED_KIND, THEME_KIND
        from concerte.lineage import references

        # Needs, themes
        references.register(NEED_KIND, label=_("besoin"), plural=_("besoins"), resolver=needs_shown.shown_needs)
        references.register(THEME_KIND, label=_("thème"), plural=_("thèmes"), resolver=needs_shown.shown_themes)
        waiting.register(themes_waiting.points_to_spread)
