"""Addresses for the machines of operators, the same in every language."""

from django.urls import path

from concerte.documents import views

app_name = "documents"

urlpatterns = [
    path("__lbheartbeat__", views.lbheartbeat, name="lbheartbeat"),
    path("__heartbeat__", views.heartbeat, name="heartbeat"),
    path("__version__", views.version, name="version"),
    path("__metrics__", views.metrics_for_operators, name="metrics"),
]
