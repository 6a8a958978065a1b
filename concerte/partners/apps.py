from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "concerte.partners"
    label = "partners"
    verbose_name = "partenaires"
    default_auto_field = "django.db.models.BigAutoField"
