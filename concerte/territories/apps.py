from django.apps import AppConfig


class TerritoriesConfig(AppConfig):
    name = "concerte.territories"
    label = "territories"
    verbose_name = "territoires"
    default_auto_field = "django.db.models.BigAutoField"
