from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    name = "concerte.governance"
    label = "governance"
    verbose_name = "gouvernance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models are not loaded before this point: the rooms below are told about us here, not at import.
        # Decisions
        from concerte.accounts import waiting
        from concerte.governance.decisions_references import shown_decisions
        from concerte.governance.decisions_waiting import decisions_waiting_for
        from concerte.lineage import references

        references.register("governance.decision", label=_("décision"), plural=_("décisions"), resolver=shown_decisions)
        waiting.register(decisions_waiting_for)
