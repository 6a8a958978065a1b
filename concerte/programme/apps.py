from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "concerte.programme"
    label = "programme"
    verbose_name = "programmes"
    default_auto_field = "django.db.models.BigAutoField"
