"""Public pages and their machine-readable twins: each finds, reads, shows. Nothing here writes."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from concerte.common.templatetags.typography import semester as semester_in_words
from concerte.partners.circles import Standing
from concerte.programme.models import Action, Edition, Programme
from concerte.programme.rules import standing
from concerte.publication.reading.actions import action_page
from concerte.publication.reading.backstage import backstage_page
from concerte.publication.reading.data import plain
from concerte.publication.reading.editions import differences_page, edition_as_file, edition_page
from concerte.publication.reading.programmes import ProgrammeLine, axis_page, programme_lines, programme_page

# Steps of a breadcrumb; is_content: the label is written content, in French on every page.
Trail = list[dict[str, str | bool]]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The programme on the front page, or the list, or a welcome when nothing has been written yet."""
    lines = programme_lines()
    featured = Programme.objects.select_related("predecessor").filter(is_featured=True).first()
    if featured is None:
        return render(request, "publication/programmes.html", {"programmes": lines, "is_home": True, "trail": []})
    others = tuple(line for line in lines if line.slug != featured.slug)
    context = _programme_context(request, featured) | {"other_programmes": others, "is_home": True}
    return render(request, "publication/programme.html", context)


@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    context = {"programmes": programme_lines(), "is_home": False, "trail": [{"label": _("Programmes"), "href": ""}]}
    return render(request, "publication/programmes.html", context)


@require_safe
def programmes_data(_request: HttpRequest) -> HttpResponse:
    return _data({"programmes": programme_lines()})


@require_safe
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Programme.objects.select_related("predecessor"), slug=slug)
    context = _programme_context(request, found) | {"other_programmes": (), "is_home": False}
    return render(request, "publication/programme.html", context)


@require_safe
def programme_data(_request: HttpRequest, slug: str) -> HttpResponse:
    return _data(programme_page(get_object_or_404(Programme.objects.select_related("predecessor"), slug=slug)))


@require_safe
def backstage(request: HttpRequest, slug: str) -> HttpResponse:
    """How the programme was made: what is public of it."""
    found = get_object_or_404(Programme.objects.select_related("circle"), slug=slug)
    page = backstage_page(found)
    context = {"page": page, "trail": [*_trail(page.programme), {"label": _("Les coulisses"), "href": ""}]}
    return render(request, "publication/backstage.html", context | _workshop(request, found))


@require_safe
def backstage_data(_request: HttpRequest, slug: str) -> HttpResponse:
    return _data(backstage_page(get_object_or_404(Programme.objects.select_related("circle"), slug=slug)))


@require_safe
def axis(request: HttpRequest, slug: str, axis_id: str) -> HttpResponse:
    found = get_object_or_404(Programme, slug=slug)
    page = axis_page(found, axis_id)
    if page is None:
        raise Http404
    context = {"page": page, "trail": [*_trail(page.programme), _axis_step(page.axis.title)]}
    return render(request, "publication/axis.html", context | _workshop(request, found))


@require_safe
def action(request: HttpRequest, code: str) -> HttpResponse:
    if code != code.upper():
        return redirect("publication:action", code.upper(), permanent=True)
    found = _action(code)
    page = action_page(found)
    trail = _trail(page.programme)[1:]
    if page.sheet:
        trail.append(_axis_step(page.sheet.axis.title, page.sheet.axis.address))
    trail.append({"label": page.code, "href": ""})
    return render(
        request,
        "publication/action.html",
        {"page": page, "action": found, "trail": trail} | _workshop(request, found.programme),
    )


@require_safe
def action_data(_request: HttpRequest, code: str) -> HttpResponse:
    if code != code.upper():
        return HttpResponsePermanentRedirect(reverse("publication:action_data", args=[code.upper()]))
    return _data(action_page(_action(code)))


@require_safe
def editions(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Programme.objects.select_related("predecessor"), slug=slug)
    page = programme_page(found)
    context = {"page": page, "trail": [*_trail(page.programme), {"label": _("Éditions"), "href": ""}]}
    return render(request, "publication/editions.html", context | _workshop(request, found))


@require_safe
def edition(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    found = _edition(slug, number)
    page = edition_page(found)
    context = {"page": page, "trail": [*_editions_trail(page.programme), {"label": _edition_label(found), "href": ""}]}
    return render(request, "publication/edition.html", context | _workshop(request, found.programme))


@require_safe
def edition_data(_request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The file of an edition, byte for byte what `concerte verify` checks."""
    response = HttpResponse(edition_as_file(_edition(slug, number)), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-edition-{number}.json"'
    return response


@require_safe
def differences(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    found = _edition(slug, number)
    page = differences_page(found)
    if page is None:
        raise Http404
    label = _edition_label(found)
    trail = [
        *_editions_trail(page.programme),
        {"label": label, "href": page.edition.address},
        {"label": _("Ce qui a changé"), "href": ""},
    ]
    return render(
        request, "publication/differences.html", {"page": page, "trail": trail} | _workshop(request, found.programme)
    )


def _programme_context(request: HttpRequest, found: Programme) -> dict[str, Any]:
    page = programme_page(found)
    return {"page": page, "trail": _trail(page.programme, is_here=True)} | _workshop(request, found)


def _workshop(request: HttpRequest, found: Programme) -> dict[str, Standing]:
    """What the reader is to the programme: those who take part see the way to the workshop."""
    return {"standing": standing(request.user, found)}


def _trail(line: ProgrammeLine, *, is_here: bool = False) -> Trail:
    """The way to a programme. is_here: its own page, which is not a link to itself."""
    listed: dict[str, str | bool] = {"label": _("Programmes"), "href": reverse("publication:programmes")}
    return [listed, {"label": line.label, "href": "" if is_here else line.address, "is_content": True}]


def _axis_step(title: str, href: str = "") -> dict[str, str | bool]:
    return {"label": title or _("Axe"), "href": href, "is_content": bool(title)}


def _editions_trail(line: ProgrammeLine) -> Trail:
    return [*_trail(line), {"label": _("Éditions"), "href": reverse("publication:editions", args=[line.slug])}]


def _edition_label(found: Edition) -> str:
    return _("Édition %(number)s, %(semester)s") % {
        "number": found.number,
        "semester": semester_in_words(found.semester),
    }


def _action(code: str) -> Action:
    return get_object_or_404(Action.objects.select_related("programme", "copied_from"), code=code)


def _edition(slug: str, number: int) -> Edition:
    editions_found = Edition.objects.select_related("programme", "previous")
    return get_object_or_404(editions_found, programme__slug=slug, number=number)


def _data(value: Any) -> JsonResponse:
    """Plain JSON, readable as it is by people too."""
    return JsonResponse(plain(value), json_dumps_params={"ensure_ascii": False, "indent": 1})
