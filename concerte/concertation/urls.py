"""Addresses of the room, under those of the programme."""

from django.urls import path

from concerte.concertation.views import exchanges

app_name = "concertation"
_EXCHANGES = "programmes/<slug:slug>/echanges"
_EXCHANGE = f"{_EXCHANGES}/<int:exchange_id>"
urlpatterns = [
    # Exchanges, groups, ideas
    path(_EXCHANGES, exchanges.exchanges, name="exchanges"),
    path(f"{_EXCHANGES}.json", exchanges.exchanges_data, name="exchanges_data"),
    path(f"{_EXCHANGES}/nouveau", exchanges.new_exchange, name="new_exchange"),
    path(_EXCHANGE, exchanges.exchange, name="exchange"),
    path(f"{_EXCHANGE}.json", exchanges.one_exchange_data, name="exchange_data"),
    path(f"{_EXCHANGE}/corriger", exchanges.correct, name="correct_exchange"),
    path(f"{_EXCHANGE}/confirmer", exchanges.confirm, name="confirm_exchange"),
    path(f"{_EXCHANGE}/suites", exchanges.new_follow_up, name="new_follow_up"),
    path(f"{_EXCHANGE}/suites/<int:follow_up_id>/clore", exchanges.close, name="close_follow_up"),
    path(f"{_EXCHANGE}/visibilite", exchanges.visibility, name="exchange_visibility"),
]
