"""How often one is written to: the page, and the way out in each message."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from concerte.accounts.forms import NoticesForm
from concerte.accounts.models import OutgoingMessage, Rhythm
from concerte.accounts.notice_links import person_of
from concerte.accounts.notices import choose_rhythm
from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: AuthenticatedRequest) -> HttpResponse:
    person = request.user
    initial = {"rhythm": person.notice_rhythm, "language": person.notice_language}
    form = NoticesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            choose_rhythm(person, **form.cleaned_data, acting_user=person)
            messages.success(request, _("Votre choix est enregistré."))
            return redirect("accounts:notices")
    sent = OutgoingMessage.objects.filter(person=person)
    context = {
        "form": form,
        "last_sent": sent.exclude(sent_at=None).order_by("-sent_at").first(),
        "stuck": sent.waiting().exclude(last_error="").order_by("made_at").first(),
        "trail": [
            {"label": _("Mon espace"), "href": reverse("accounts:my_space")},
            {"label": _("Mes courriels"), "href": ""},
        ],
    }
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return render(request, "accounts/notices.html", context, status=status)


@never_cache
@csrf_exempt  # mail programs post without a session (RFC 8058): the signed token is what guards it
@require_http_methods(["GET", "HEAD", "POST"])
def stop_notices(request: HttpRequest, token: str) -> HttpResponse:
    """Stop all messages to whoever received this link. A GET only asks: mail gateways open the links they see."""
    person = person_of(token)
    if person is None:
        raise Http404
    if request.method == "POST":
        choose_rhythm(person, rhythm=Rhythm.NONE, acting_user=person, one_click=True)
        person.refresh_from_db()
    context = {
        "is_stopped": person.notice_rhythm == Rhythm.NONE,
        "trail": [{"label": _("Mes courriels"), "href": ""}],
    }
    return render(request, "accounts/stop_notices.html", context)
