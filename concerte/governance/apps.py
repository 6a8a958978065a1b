from functools import partial

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "concerte.governance"
    label = "governance"
    verbose_name = "gouvernance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Not before: these modules need the models.
        self._follow_bodies_and_meetings()
        self._show_bodies_and_meetings()
        self._disagreements_and_consultations()
        self._decisions()

    def _follow_bodies_and_meetings(self) -> None:
        from concerte.accounts import hooks
        from concerte.governance.services import (
            end_mandates_of_the_erased,
            end_mandates_without_membership,
            keep_note_accesses_of_person,
        )
        from concerte.partners import changes

        changes.register(end_mandates_without_membership)
        changes.register(keep_note_accesses_of_person)
        hooks.being_erased.register(end_mandates_of_the_erased)

    def _show_bodies_and_meetings(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from concerte.accounts import letters, sections, waiting
        from concerte.governance import convening, my_space, references, searching, waiting_meetings
        from concerte.lineage import finding
        from concerte.lineage import references as kinds

        kinds.register("governance.body", label=_("instance"), plural=_("instances"), resolver=references.bodies_shown)
        kinds.register(
            "governance.meeting", label=_("réunion"), plural=_("réunions"), resolver=references.meetings_shown
        )
        finding.register_page("governance:body", references.body_of_page)
        finding.register_page("governance:meeting", references.meeting_of_page)
        finding.register_page("governance:minutes", references.meeting_of_page)
        finding.register_search("governance.body", searching.search_bodies)
        finding.register_search("governance.meeting", searching.search_meetings)
        waiting.register(waiting_meetings.waiting_for)
        letters.register(convening.NAME, due=convening.due_letters, write=convening.letter_to)
        sections.register(my_space.my_bodies)

    def _disagreements_and_consultations(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from concerte.accounts import waiting
        from concerte.governance import showing
        from concerte.governance.waiting import waiting_consultations, waiting_disagreements
        from concerte.lineage import references

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

    def _decisions(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from concerte.accounts import waiting
        from concerte.governance import bodies_parts, searching, sections, showing
        from concerte.governance.decisions_references import shown_decisions
        from concerte.governance.decisions_waiting import decisions_waiting_for
        from concerte.governance.models import Consultation, Decision, Disagreement
        from concerte.lineage import finding, references

        references.register("governance.decision", label=_("décision"), plural=_("décisions"), resolver=shown_decisions)
        waiting.register(decisions_waiting_for)
        sections.add_to_bodies(bodies_parts.decisions_of)
        sections.add_to_bodies(bodies_parts.asked_of)
        for view, model in (
            ("decision", Decision),
            ("consultation", Consultation),
            ("opinion", Consultation),  # a page of its consultation, under the same number
            ("disagreement", Disagreement),
        ):
            finding.register_page(f"governance:{view}", partial(showing.numbered, model))
        finding.register_search("governance.decision", searching.search_decisions)
        finding.register_search("governance.disagreement", searching.search_disagreements)
        finding.register_search("governance.consultation", searching.search_consultations)
