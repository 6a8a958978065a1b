from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "concerte.governance"
    label = "governance"
    verbose_name = "gouvernance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models are not loaded before this point: the rooms below are told about us here, not at import.
        from django.utils.translation import gettext_lazy as _

        from concerte.accounts import waiting
        from concerte.governance import showing
        from concerte.governance.services import keep_notes_of_person_true
        from concerte.governance.waiting import waiting_consultations, waiting_disagreements
        from concerte.lineage import references
        from concerte.partners import changes

        references.register(
            "governance.disagreement",
            label=_("désaccord"),
            plural=_("désaccords"),
            resolver=showing.show_disagreements,
        )
        references.register(
            "governance.consultation",
            label=_("saisine"),
            plural=_("saisines"),
            resolver=showing.show_consultations,
        )
        waiting.register(waiting_disagreements)
        waiting.register(waiting_consultations)
        changes.register(keep_notes_of_person_true)
