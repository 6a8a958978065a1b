"""Addresses of the room."""

from django.urls import URLPattern

app_name = "programme"
urlpatterns: list[URLPattern] = []
