from django.apps import AppConfig


class LineageConfig(AppConfig):
    name = "concerte.lineage"
    label = "lineage"
    verbose_name = "fil des origines"
    default_auto_field = "django.db.models.BigAutoField"
