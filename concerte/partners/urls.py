"""Addresses of the room."""

from django.urls import path

from concerte.partners.views import managing, public

app_name = "partners"
urlpatterns = [
    path("organisations", public.organisations, name="organisations"),
    path("organisations.json", public.organisations_data, name="organisations_data"),
    path("organisations/<slug:slug>", public.organisation, name="organisation"),
    path("organisations/<slug:slug>.json", public.organisation_data, name="organisation_data"),
    path("coordination/organisations", managing.organisations, name="manage_organisations"),
    path("coordination/organisations/nouvelle", managing.new_organisation, name="new_organisation"),
    path("coordination/organisations/<slug:slug>/modifier", managing.edit_organisation, name="edit_organisation"),
    path("coordination/organisations/<slug:slug>/territoire", managing.territory, name="territory"),
    path("coordination/organisations/<slug:slug>/fin", managing.end_of_organisation, name="end_organisation"),
    path("coordination/rattachements", managing.memberships, name="memberships"),
    path("coordination/rattachements/nouveau", managing.new_membership, name="new_membership"),
    path("coordination/rattachements/<int:membership_id>/fin", managing.end_of_membership, name="end_membership"),
]
