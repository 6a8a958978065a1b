"""Addresses of the room: the workshop of a programme. What the public reads is in `publication`."""

from django.urls import path

from concerte.programme.views import amending, amendments, coordination, drafting, ideas, opening, proposals

app_name = "programme"
urlpatterns = [
    path("coordination/programmes/nouveau", opening.new_programme, name="new_programme"),
    path("programmes/<slug:slug>/redaction", drafting.draft, name="draft"),
    path("programmes/<slug:slug>/verifications", drafting.checks, name="checks"),
    path("programmes/<slug:slug>/verifications.json", drafting.checks_data, name="checks_data"),
    path("programmes/<slug:slug>/nouveau-code", drafting.new_code, name="new_code"),
    path("programmes/<slug:slug>/idees/<int:idea_id>/action", ideas.bring, name="bring_idea"),
    path("programmes/<slug:slug>/amendements", amendments.amendments, name="amendments"),
    path("programmes/<slug:slug>/amendements/nouveau", amendments.new_amendment, name="new_amendment"),
    path("programmes/<slug:slug>/amendements/<int:number>", amendments.amendment, name="amendment"),
    path("programmes/<slug:slug>/amendements/<int:number>/redaction", amending.write, name="write_amendment"),
    path("programmes/<slug:slug>/amendements/<int:number>/verifications", amending.checks, name="amendment_checks"),
    path(
        "programmes/<slug:slug>/amendements/<int:number>/verifications.json",
        amending.checks_data,
        name="amendment_checks_data",
    ),
    path("programmes/<slug:slug>/amendements/<int:number>/nouveau-code", amending.new_code, name="amendment_code"),
    path("programmes/<slug:slug>/amendements/<int:number>/depot", amendments.submit, name="submit_amendment"),
    path("programmes/<slug:slug>/amendements/<int:number>/reponse", amendments.answer, name="answer_amendment"),
    path("programmes/<slug:slug>/amendements/<int:number>/retrait", amendments.withdraw, name="withdraw_amendment"),
    path("programmes/<slug:slug>/propositions", proposals.proposals, name="proposals"),
    path("programmes/<slug:slug>/propositions/<int:number>", proposals.proposal, name="proposal"),
    path("programmes/<slug:slug>/propositions/<int:number>.json", proposals.proposal_data, name="proposal_data"),
    path("programmes/<slug:slug>/propositions/<int:number>/position", proposals.answer, name="answer"),
    path("programmes/<slug:slug>/propositions/<int:number>/retrait", proposals.withdraw, name="withdraw"),
    path("programmes/<slug:slug>/propositions/<int:number>/publication", proposals.publish, name="publish"),
    path("programmes/<slug:slug>/coordination", coordination.coordination, name="coordination"),
    path("programmes/<slug:slug>/coordination/decision", coordination.deciding, name="deciding"),
    path("programmes/<slug:slug>/coordination/participants", coordination.add_participant, name="add_participant"),
    path(
        "programmes/<slug:slug>/coordination/participants/<int:participation_id>/fin",
        coordination.end_participant,
        name="end_participant",
    ),
]
