from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "concerte.programme"
    label = "programme"
    verbose_name = "programmes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models are not loaded before this point: the rooms below are told about us here, not at import.
        from concerte.accounts import sections, waiting
        from concerte.partners import changes
        from concerte.programme.services import keep_accesses_of_person_true
        from concerte.programme.waiting import programmes_to_open, waiting_for

        changes.register(keep_accesses_of_person_true)
        waiting.register(waiting_for)
        sections.register(programmes_to_open)
