"""Addresses of the room, under those of the programme."""

from django.urls import URLPattern

app_name = "concertation"
urlpatterns: list[URLPattern] = []
