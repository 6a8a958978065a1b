"""Addresses of the room: the thread of anything."""

from django.urls import path, register_converter

from concerte.lineage import views


class KindConverter:
    """ "concertation.idea"."""

    regex = r"[a-z]+\.[a-z]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(KindConverter, "kind")

app_name = "lineage"
urlpatterns = [
    path("fil/<kind:kind>/<str:identifier>.json", views.thread_data, name="thread_data"),
    path("fil/<kind:kind>/<str:identifier>", views.thread, name="thread"),
]
