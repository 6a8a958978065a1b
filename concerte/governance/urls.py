"""Addresses of the room: bodies, meetings, decisions."""

from django.urls import path

from concerte.governance.views import disagreements

app_name = "governance"
urlpatterns = [
    # Disagreements
    path("programmes/<slug:slug>/desaccords", disagreements.disagreements, name="disagreements"),
    path("programmes/<slug:slug>/desaccords/nouveau", disagreements.new_disagreement, name="new_disagreement"),
    path("desaccords/<int:number>", disagreements.disagreement, name="disagreement"),
    path("desaccords/<int:number>.json", disagreements.disagreement_data, name="disagreement_data"),
    path("desaccords/<int:number>/<slug:what>", disagreements.act, name="act_on_disagreement"),
]
