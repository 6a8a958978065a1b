from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammeConfig(AppConfig):
    name = "concerte.programme"
    label = "programme"
    verbose_name = "programmes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models are not loaded before this point: the rooms below are told about us here, not at import.
        from concerte.accounts import waiting
        from concerte.lineage import references
        from concerte.partners import changes
        from concerte.programme.references import shown_editions, shown_proposals
        from concerte.programme.services import keep_accesses_of_person_true
        from concerte.programme.waiting import waiting_for

        changes.register(keep_accesses_of_person_true)
        waiting.register(waiting_for)
        # Decisions point at what they bear on and what they changed.
        references.register(
            "programme.proposal", label=_("proposition"), plural=_("propositions"), resolver=shown_proposals
        )
        references.register("programme.edition", label=_("édition"), plural=_("éditions"), resolver=shown_editions)
