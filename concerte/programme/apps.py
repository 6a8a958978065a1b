from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammeConfig(AppConfig):
    name = "concerte.programme"
    label = "programme"
    verbose_name = "programmes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models are not loaded before this point: the rooms below are told about us here, not at import.
        from concerte.accounts import sections, waiting
        from concerte.concertation import ideas_onward
        from concerte.lineage import finding, references
        from concerte.partners import changes
        from concerte.programme import amendments_references, idea_steps, searching, shown
        from concerte.programme.services import keep_accesses_of_person_true
        from concerte.programme.waiting import amendments_waiting_for, programmes_to_open, waiting_for

        changes.register(keep_accesses_of_person_true)
        waiting.register(waiting_for)
        waiting.register(amendments_waiting_for)
        sections.register(programmes_to_open)
        ideas_onward.register(idea_steps.steps_of)
        references.register(
            "programme.programme", label=_("programme"), plural=_("programmes"), resolver=shown.show_programmes
        )
        references.register("programme.action", label=_("action"), plural=_("actions"), resolver=shown.show_actions)
        references.register("programme.edition", label=_("édition"), plural=_("éditions"), resolver=shown.show_editions)
        # Decisions point at what they bear on.
        references.register(
            "programme.proposal", label=_("proposition"), plural=_("propositions"), resolver=shown.show_proposals
        )
        references.register(
            "documents.amendment",
            label=_("amendement"),
            plural=_("amendements"),
            resolver=amendments_references.show_amendments,
        )
        # The pages that show them, those of the public included, by the names of their addresses.
        finding.register_page("publication:action", shown.action_of_page)
        finding.register_page("publication:edition", shown.edition_of_page)
        finding.register_page("programme:proposal", shown.proposal_of_page)
        finding.register_page("programme:amendment", amendments_references.amendment_of_page)
        finding.register_search("documents.amendment", amendments_references.search_amendments)
        for view in ("publication:programme", "programme:draft", "programme:checks"):
            finding.register_page(view, shown.programme_of_page)
        finding.register_search("programme.programme", searching.search_programmes)
        finding.register_search("programme.action", searching.search_actions)
        finding.register_search("programme.proposal", searching.search_proposals)
        finding.register_search("programme.edition", searching.search_editions)
