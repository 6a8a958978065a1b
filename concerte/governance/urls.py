"""Addresses of the room: bodies, meetings, decisions."""

from django.urls import path

from concerte.governance.views import decisions, register, voting

app_name = "governance"
urlpatterns = [
    # Decisions
    path("decisions", register.decisions, name="decisions"),
    path("decisions/<int:number>", decisions.decision, name="decision"),
    path("decisions/<int:number>.json", decisions.data, name="decision_data"),
    path("decisions/<int:number>/vote", voting.vote, name="vote"),
    path("decisions/<int:number>/pouvoir", voting.proxy, name="proxy"),
    path("decisions/<int:number>/pouvoir/retrait", voting.end_proxy, name="end_proxy"),
    path("decisions/<int:number>/objections", voting.objection, name="objection"),
    path("decisions/<int:number>/objections/<int:objection_id>/reponse", voting.answer, name="answer_objection"),
    path("decisions/<int:number>/objections/<int:objection_id>/maintien", voting.maintain, name="maintain_objection"),
    path("decisions/<int:number>/objections/<int:objection_id>/retrait", voting.withdraw, name="withdraw_objection"),
    path("decisions/<int:number>/cloture", decisions.close, name="close_decision"),
    path("decisions/<int:number>/retrait", decisions.withdraw, name="withdraw_decision"),
    path("decisions/<int:number>/revue", decisions.review, name="review_decision"),
    path("instances/<slug:slug>/decisions/nouvelle", decisions.new, name="new_decision"),
    path("instances/<slug:slug>/regles", decisions.rules, name="decision_rules"),
    path("instances/<slug:slug>/regles/<int:rule_id>/retrait", decisions.end_rule, name="end_decision_rule"),
]
