from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "concerte.common"
    label = "common"
    verbose_name = "commun"
    default_auto_field = "django.db.models.BigAutoField"
