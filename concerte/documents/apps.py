from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "concerte.documents"
    label = "documents"
    verbose_name = "documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from concerte.documents import watching

        watching.watch()
