from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "concerte.governance"
    label = "governance"
    verbose_name = "gouvernance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Not before: these modules need the models.
        self._follow_bodies_and_meetings()

    def _follow_bodies_and_meetings(self) -> None:
        from concerte.accounts import hooks
        from concerte.governance.services import (
            end_mandates_of_the_erased,
            end_mandates_without_membership,
            keep_minutes_accesses_of_person,
        )
        from concerte.partners import changes

        changes.register(end_mandates_without_membership)
        changes.register(keep_minutes_accesses_of_person)
        hooks.being_erased.register(end_mandates_of_the_erased)
