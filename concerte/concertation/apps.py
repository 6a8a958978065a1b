from django.apps import AppConfig


class ConcertationConfig(AppConfig):
    name = "concerte.concertation"
    label = "concertation"
    verbose_name = "concertation"
    default_auto_field = "django.db.models.BigAutoField"
