from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "concerte.journal"
    label = "journal"
    verbose_name = "journal"
    default_auto_field = "django.db.models.BigAutoField"
