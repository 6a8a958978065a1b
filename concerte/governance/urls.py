"""Addresses of the room: bodies, meetings, decisions."""

from django.urls import path

from concerte.governance.views import consultations, disagreements

app_name = "governance"
urlpatterns = [
    # Disagreements
    path("programmes/<slug:slug>/desaccords", disagreements.disagreements, name="disagreements"),
    path("programmes/<slug:slug>/desaccords/nouveau", disagreements.new_disagreement, name="new_disagreement"),
    path("desaccords/<int:number>", disagreements.disagreement, name="disagreement"),
    path("desaccords/<int:number>.json", disagreements.disagreement_data, name="disagreement_data"),
    path("desaccords/<int:number>/<slug:what>", disagreements.act, name="act_on_disagreement"),
    # Opinions asked upstream
    path("programmes/<slug:slug>/saisines", consultations.consultations, name="consultations"),
    path("programmes/<slug:slug>/saisines/nouvelle", consultations.new_consultation, name="new_consultation"),
    path("saisines/<int:number>", consultations.consultation, name="consultation"),
    path("saisines/<int:number>.json", consultations.consultation_data, name="consultation_data"),
    path("saisines/<int:number>/texte", consultations.consultation_file, name="consultation_file"),
    path("saisines/<int:number>/retrait", consultations.withdraw, name="withdraw_consultation"),
    path("saisines/<int:number>/avis/<slug:slug>", consultations.opinion, name="opinion"),
    path("saisines/<int:number>/points/<int:point_id>", consultations.answer, name="answer_point"),
]
