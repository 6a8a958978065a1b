"""Ideas: the list, the card of one, bringing and correcting them, what is said of them."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concerte.accounts.requests import AuthenticatedRequest
from concerte.common.form_pages import refusals_in, status_of
from concerte.concertation.forms.ideas import (
    ORIGIN_KINDS,
    AppreciationForm,
    CommentForm,
    IdeaForm,
    InspireForm,
    OriginField,
)
from concerte.concertation.ideas_onward import onward_from
from concerte.concertation.ideas_reading import idea_data, shown_idea
from concerte.concertation.models import Idea, IdeaState, WorkingGroup
from concerte.concertation.rules.groups import in_group
from concerte.concertation.rules.ideas import before_idea, may_propose, proposing_for
from concerte.concertation.services.ideas import appreciate_idea, comment_idea, inspire, propose_idea
from concerte.concertation.services.ideas_answering import NEXT_STATES, is_in_the_draft
from concerte.concertation.views import frame
from concerte.concertation.views.frame import circle_of, place_in, trail_in
from concerte.lineage.references import Shown, show
from concerte.partners.models import Circle, Organisation

PER_PAGE = 30


@require_safe
def ideas(request: HttpRequest, slug: str) -> HttpResponse:
    """The ideas the person may read, the latest first; of one group, or in one state, when asked."""
    circle, held = circle_of(request.user, slug)
    found = Idea.objects.visible_to(request.user).filter(circle=circle)
    state = request.GET.get("etat", "")
    asked: dict[str, str] = {}
    if state in IdeaState.values:
        found, asked["etat"] = found.filter(state=state), state
    group = _asked_group(request, circle)
    if group is not None:
        found, asked["groupe"] = found.filter(group=group), str(group.pk)
    listed = found.select_related("group").prefetch_related("authors__organisation__college").order_by("-pk")
    context = {
        **place_in(circle, "ideas"),
        "page": Paginator(listed, PER_PAGE).get_page(request.GET.get("page")),
        "states": [(value, label, value == state) for value, label in IdeaState.choices],
        "is_filtered": bool(asked),
        "group": group,
        "query": f"{urlencode(asked)}&" if asked else "",
        "may_propose": may_propose(held, None),
    }
    return render(request, "concertation/ideas.html", context)


@require_safe
def ideas_data(request: HttpRequest, slug: str) -> HttpResponse:
    circle, _held = circle_of(request.user, slug)
    found = Idea.objects.visible_to(request.user).filter(circle=circle)
    listed = [
        {
            "title": each.title,
            "state": each.state,
            "organisations": list(dict.fromkeys(author.organisation.slug for author in each.authors.all())),
            "address": reverse("concertation:idea", args=[circle.slug, each.pk]),
        }
        for each in found.prefetch_related("authors__organisation")
    ]
    return JsonResponse({"ideas": listed})


@require_safe
def idea(request: HttpRequest, slug: str, idea_id: int) -> HttpResponse:
    circle, found = found_idea(request, slug, idea_id)
    return idea_page(request, circle, found)


@require_safe
def one_idea_data(request: HttpRequest, slug: str, idea_id: int) -> HttpResponse:
    _circle, found = found_idea(request, slug, idea_id)
    answer = JsonResponse(idea_data(shown_idea(found, request.user, is_of_circle=False)))
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_idea(request: AuthenticatedRequest, slug: str) -> HttpResponse:
    """Bring an idea, in a group (`?groupe=`) or to the whole circle. What inspires it may be given (`?besoin=`…):
    the page then says it, and asks nothing."""
    circle, held = circle_of(request.user, slug)
    group = _asked_group(request, circle)
    mine = in_group(request.user, group) if group is not None else None
    if not may_propose(held, mine):
        raise PermissionDenied
    origin = _asked_origin(request)
    form = IdeaForm(
        request.POST or None,
        group=group,
        organisations=proposing_for(held, mine),
        inspired_by=_asked_address(request) if origin is not None else "",
        initial={"visibility": "group" if group is not None else "colleges"},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            made = propose_idea(circle, group=group, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("L’idée est proposée."))
            return redirect("concertation:idea", circle.slug, made.pk)
    title = _("Proposer une idée")
    return frame.ask_page(
        request,
        circle,
        form,
        title=title,
        text="\n".join(_about_the_idea(group, origin)),
        submit_label=_("Proposer cette idée"),
        trail=trail_in(circle, "ideas", (title, "")),
    )


@login_required
@require_POST
def comment(request: AuthenticatedRequest, slug: str, idea_id: int) -> HttpResponse:
    """Say something of the idea, or answer somebody. The form is on the page of the idea."""
    circle, found = found_idea(request, slug, idea_id)
    held = before_idea(request.user, found).circle
    if not held.may_write:
        raise PermissionDenied
    form = CommentForm(request.POST, organisations=held.writing_for)
    if form.is_valid():
        answered = form.cleaned_data.pop("answers")
        said = get_object_or_404(found.comments, pk=answered) if answered else None
        with refusals_in(form):
            written = comment_idea(found, answers=said, **form.cleaned_data, acting_user=request.user)
            address = reverse("concertation:idea", args=[circle.slug, found.pk])
            return redirect(f"{address}#commentaire-{written.pk}")
    return idea_page(request, circle, found, comment_form=form)


@login_required
@require_POST
def appreciate(request: AuthenticatedRequest, slug: str, idea_id: int) -> HttpResponse:
    """Say what an organisation thinks of it. The form is on the page of the idea."""
    circle, found = found_idea(request, slug, idea_id)
    held = before_idea(request.user, found).circle
    if not held.represented:
        raise PermissionDenied
    form = AppreciationForm(request.POST, organisations=held.represented)
    if form.is_valid():
        with refusals_in(form):
            appreciate_idea(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("L’appréciation est enregistrée."))
            return redirect(reverse("concertation:idea", args=[circle.slug, found.pk]) + "#appreciations")
    return idea_page(request, circle, found, appreciation_form=form)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def link_origin(request: AuthenticatedRequest, slug: str, idea_id: int) -> HttpResponse:
    """Say what inspired the idea."""
    circle, found = found_idea(request, slug, idea_id)
    held = before_idea(request.user, found).circle
    if not held.may_write:
        raise PermissionDenied
    form = InspireForm(request.POST or None, organisations=held.writing_for)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            inspire(found, **form.cleaned_data, acting_user=request.user)
            messages.success(request, _("Le lien est fait."))
            return redirect("concertation:idea", circle.slug, found.pk)
    return ask_page(request, circle, found, form, title=_("Dire ce qui l’inspire"), submit_label=_("Lier"))


def found_idea(request: HttpRequest, slug: str, idea_id: int) -> tuple[Circle, Idea]:
    """The idea of an address, for those who may read it."""
    circle, _held = circle_of(request.user, slug)
    visible = Idea.objects.visible_to(request.user).select_related("group", "circle")
    return circle, get_object_or_404(visible, pk=idea_id, circle=circle)


def ask_page(
    request: HttpRequest,
    circle: Circle,
    found: Idea,
    form: BaseForm,
    *,
    title: str,
    submit_label: str,
    text: str = "",
) -> HttpResponse:
    """A page that asks, then does something of an idea. text: the title of the idea, when it is no other."""
    idea_step = (found.title, reverse("concertation:idea", args=[circle.slug, found.pk]))
    trail = trail_in(circle, "ideas", idea_step, (title, ""))
    return frame.ask_page(
        request, circle, form, title=title, submit_label=submit_label, text=text or found.title, trail=trail
    )


def idea_page(
    request: HttpRequest,
    circle: Circle,
    found: Idea,
    *,
    comment_form: CommentForm | None = None,
    appreciation_form: AppreciationForm | None = None,
) -> HttpResponse:
    """The page of an idea. The forms: those that were refused, if one was."""
    me = before_idea(request.user, found)
    goes_on = found.known_state.goes_on_elsewhere
    if comment_form is None and me.may_discuss:
        comment_form = CommentForm(organisations=me.circle.writing_for)
    if appreciation_form is None and me.circle.represented and not goes_on:
        appreciation_form = _appreciation_form(found, me.circle.represented)
    is_unanswered = found.state in {IdeaState.PROPOSED, IdeaState.UNDER_STUDY}
    context = {
        **place_in(circle, "ideas", (found.title, "")),
        "idea": found,
        "shown": shown_idea(found, request.user, is_of_circle=me.circle.may_read),
        "me": me,
        "group_is_shown": found.group is not None
        and WorkingGroup.objects.visible_to(request.user).filter(pk=found.group.pk).exists(),
        "onward": onward_from(found, request.user),
        "may_move": me.may_answer and found.known_state in NEXT_STATES and not is_in_the_draft(found),
        "may_reshape": me.may_reshape and is_unanswered,
        "comment_form": comment_form,
        "appreciation_form": appreciation_form,
    }
    return render(request, "concertation/idea.html", context, status=status_of(comment_form, appreciation_form))


def _appreciation_form(found: Idea, represented: tuple[Organisation, ...]) -> AppreciationForm:
    """With what the organisation already said, when the person represents only one."""
    initial: dict[str, Any] = {}
    if len(represented) == 1:
        given = found.appreciations.filter(organisation=represented[0], replaced_at=None).first()
        initial = {"kind": given.kind, "reasons": given.reasons} if given is not None else {}
    return AppreciationForm(organisations=represented, initial=initial)


def _asked_group(request: HttpRequest, circle: Circle) -> WorkingGroup | None:
    asked = request.GET.get("groupe", "")
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 19):
        return None
    readable = WorkingGroup.objects.readable_by(request.user)
    return get_object_or_404(readable, pk=int(asked), circle=circle)


def _about_the_idea(group: WorkingGroup | None, origin: Shown | None) -> Iterator[str]:
    if group is not None:
        yield _("Dans le groupe « %(group)s ».") % {"group": group.name}
    if origin is not None:
        yield _("Inspirée par « %(origin)s ».") % {"origin": origin.label}


def _asked_origin(request: HttpRequest) -> Shown | None:
    """What the address says inspires the idea, when this person may see it."""
    asked = OriginField(required=False).clean(_asked_address(request))
    return show([asked], request.user).get(asked) if asked is not None else None


def _asked_address(request: HttpRequest) -> str:
    """`?besoin=3` as the address the form asks for."""
    for plural in ORIGIN_KINDS:
        asked = request.GET.get(plural.removesuffix("s"), "")
        if asked.isascii() and asked.isdecimal() and len(asked) < 19:
            return f"{plural}/{asked}"
    return ""
