from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "concerte.accounts"
    label = "accounts"
    verbose_name = "comptes"
    default_auto_field = "django.db.models.BigAutoField"
