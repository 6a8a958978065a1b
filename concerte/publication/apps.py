from django.apps import AppConfig


class PublicationConfig(AppConfig):
    name = "concerte.publication"
    label = "publication"
    verbose_name = "publication"
    default_auto_field = "django.db.models.BigAutoField"
