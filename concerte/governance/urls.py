"""Addresses of the room: bodies, meetings, decisions."""

from django.urls import path

from concerte.governance.views import (
    bodies,
    calendars,
    consultations,
    disagreements,
    meetings,
    meetings_agenda,
    meetings_minutes,
    meetings_presence,
)

app_name = "governance"
urlpatterns = [
    # Bodies
    path("instances", bodies.bodies, name="bodies"),
    path("instances.json", bodies.bodies_data, name="bodies_data"),
    path("instances/nouvelle", bodies.new_body, name="new_body"),
    path("instances/<slug:slug>", bodies.body, name="body"),
    path("instances/<slug:slug>.json", bodies.body_data, name="body_data"),
    path("instances/<slug:slug>.ics", calendars.body_calendar, name="body_calendar"),
    path("instances/<slug:slug>/modifier", bodies.edit_body, name="edit_body"),
    path("instances/<slug:slug>/fin", bodies.end_of_body, name="end_body"),
    path("instances/<slug:slug>/sieges/nouveau", bodies.new_seat, name="new_seat"),
    path("instances/<slug:slug>/sieges/<int:seat_id>/fin", bodies.end_of_seat, name="end_seat"),
    path("instances/<slug:slug>/sieges/<int:seat_id>/mandats", bodies.new_mandate, name="give_mandate"),
    path("instances/<slug:slug>/mandats/<int:mandate_id>/fin", bodies.end_of_mandate, name="end_mandate"),
    path("instances/<slug:slug>/reunions", bodies.meetings, name="meetings"),
    path("instances/<slug:slug>/reunions/nouvelle", meetings.new_meeting, name="new_meeting"),
    # Meetings
    path("reunions/<int:meeting_id>", meetings.meeting, name="meeting"),
    path("reunions/<int:meeting_id>.json", meetings.meeting_data, name="meeting_data"),
    path("reunions/<int:meeting_id>.ics", calendars.meeting_calendar, name="meeting_calendar"),
    path("reunions/<int:meeting_id>/modifier", meetings.edit_meeting, name="edit_meeting"),
    path("reunions/<int:meeting_id>/convoquer", meetings.convene, name="convene"),
    path("reunions/<int:meeting_id>/annuler", meetings.cancel, name="cancel_meeting"),
    path("reunions/<int:meeting_id>/ouvrir", meetings.open_it, name="open_meeting"),
    path("reunions/<int:meeting_id>/clore", meetings.close_it, name="close_meeting"),
    path("reunions/<int:meeting_id>/presences", meetings_presence.attendance, name="attendance"),
    path("reunions/<int:meeting_id>/points/nouveau", meetings_agenda.new_item, name="new_item"),
    path("reunions/<int:meeting_id>/points/<int:item_id>/reporter", meetings_agenda.carry, name="carry_over"),
    path("reunions/points/<int:item_id>/modifier", meetings_agenda.edit_item, name="edit_item"),
    path("reunions/points/<int:item_id>/deplacer", meetings_agenda.move, name="move_item"),
    path("reunions/points/<int:item_id>/suite", meetings_agenda.settle, name="settle_item"),
    path("reunions/points/<int:item_id>/retirer", meetings_agenda.withdraw, name="withdraw_item"),
    path("reunions/points/<int:item_id>/pieces/nouvelle", meetings_agenda.new_paper, name="new_paper"),
    path("reunions/pieces/<int:paper_id>", meetings_agenda.paper, name="paper"),
    path("reunions/pieces/<int:paper_id>/retirer", meetings_agenda.end_of_paper, name="withdraw_paper"),
    path("reunions/<int:meeting_id>/releve", meetings_minutes.minutes, name="minutes"),
    path("reunions/<int:meeting_id>/releve.json", meetings_minutes.minutes_data, name="minutes_data"),
    path("reunions/<int:meeting_id>/releve/soumettre", meetings_minutes.put, name="put_minutes"),
    path("reunions/<int:meeting_id>/releve/position", meetings_minutes.answer, name="answer_minutes"),
    # Calendars
    path("mon-espace/agenda", calendars.my_calendar, name="my_calendar"),
    path("agendas/<str:token>.ics", calendars.person_calendar, name="person_calendar"),
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
