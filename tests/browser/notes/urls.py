"""The addresses of the site, and that of the page of notes."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from concerte.accounts.models import User
from concerte.config.urls import handler403, handler404, handler500
from concerte.config.urls import urlpatterns as addresses_of_the_site
from concerte.documents.models import Document, Level
from concerte.documents.note_pages import note_data
from concerte.documents.notes import create_note
from concerte.documents.rich_text import bullet_list, paragraph
from concerte.documents.services import set_accesses
from concerte.partners.models import Membership

__all__ = ["handler403", "handler404", "handler500"]
READER = Membership.Role.READER


def _note(name: str, *lines: str) -> Document:
    """The note of this name, made by the first who asks; readers read it, all others write in it."""
    found = Document.objects.filter(name=name).first()
    if found is not None:
        return found
    blocks = (paragraph(lines[0]), bullet_list(lines[1:])) if lines else ()
    note = create_note(name, blocks=blocks, acting_user=None)
    readers = set(Membership.objects.filter(role=READER).values_list("person", flat=True))
    people = User.objects.filter(is_active=True).values_list("pk", flat=True)
    set_accesses(note, {pk: Level.READ if pk in readers else Level.WRITE for pk in people})
    return note


@login_required
def notes(request: HttpRequest) -> HttpResponse:
    membership = Membership.objects.filter(person=request.user.pk).select_related("organisation__college").first()
    speaks_for = membership.organisation if membership else None
    first, second = _note("Échange", "Ordre du jour", "Budget", "Calendrier"), _note("Suites")
    context = {
        "first": note_data(request, first, speaks_for=speaks_for, label="Notes de l’échange"),
        "second": note_data(request, second, speaks_for=speaks_for, label="Suites à donner"),
    }
    return render(request, "two_notes.html", context)


urlpatterns = [path("essai/notes", notes), *addresses_of_the_site]
