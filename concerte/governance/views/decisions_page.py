"""The page of a decision, put together once for all that lead to it: reading it, or an act that was refused on it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.common.form_pages import status_of
from concerte.governance.decisions_showing import DecisionShown, choice_labels, decision_shown, links_of
from concerte.governance.forms.decisions import AnswerForm, ObjectionForm, ProxyForm, ReasonsForm, VoteForm
from concerte.governance.models import Decision, Objection, Proxy, SecretParticipation, Vote
from concerte.governance.rules import (
    VotingRight,
    keeps_decision,
    may_answer_objections,
    sits_on,
    voting_rights,
)
from concerte.lineage.references import show
from concerte.partners.models import Organisation

Trail = list[dict[str, str | bool]]
# A decision of more organisations keeps what each said, and the choice of whom to give proxy to, on pages of their own:
# hundreds of people reload this one while they vote.
MANY_VOTERS = 60
BALLOTS_PER_PAGE = 100


def decision_of(person: User | AnonymousUser, number: int) -> Decision:
    """Found through the one door; not found for who may not see it."""
    visible = Decision.objects.visible_to(person).select_related("body__secretariat", "circle", "opened_by")
    return get_object_or_404(visible, number=number)


def trail_of(decision: Decision | None, label: str = "") -> Trail:
    """The breadcrumb. label: of a page below the decision's, or below the register's when there is no decision."""
    trail: Trail = [{"label": _("Décisions"), "href": reverse("governance:decisions")}]
    if decision is not None:
        name = _("Décision n° %(number)d") % {"number": decision.number}
        trail.append({"label": name, "href": reverse("governance:decision", args=[decision.number]) if label else ""})
    if label:
        trail.append({"label": label, "href": ""})
    return trail


def decision_page(request: HttpRequest, decision: Decision, **refused: forms.Form) -> HttpResponse:
    """refused: the form that was refused, by its name in the template (vote_form, objection_form…)."""
    person = request.user
    shown = decision_shown(decision)
    rights = voting_rights(person, decision, timezone.localdate()) if decision.is_open else []
    comes_of, led_to = links_of(decision, person)
    is_of_the_body = decision.body is not None and sits_on(person, decision.body)
    keeps = keeps_decision(person, decision)
    has_many = len(shown.rows) > MANY_VOTERS
    context: dict[str, Any] = {
        "decision": decision,
        "shown": shown,
        "has_many_voters": has_many,
        "subject": show([decision.subject], person).get(decision.subject) if decision.subject else None,
        "comes_of": comes_of,
        "led_to": led_to,
        "keeps": keeps,
        "votes": named_votes(decision) if (is_of_the_body or keeps) and not has_many else [],
        "objections": _objections(decision, person, rights, refused),
        "proxies": list(
            Proxy.objects.filter(giver__decision=decision, withdrawn_at=None).select_related("giver", "holder")
        ),
        "trail": trail_of(decision),
        **_acting(decision, shown, rights, has_many=has_many),
        **{name: form for name, form in refused.items() if not name.startswith("objection_")},
    }
    if "objection_form" in refused:
        context["objection_form"] = refused["objection_form"]
    context["lost_form"] = next((form for form in refused.values() if form not in _offered(context)), None)
    return render(request, "governance/decision.html", context, status=status_of(*refused.values()))


def _offered(context: dict[str, Any]) -> list[forms.Form | None]:
    """The forms the template shows: those of somebody who may speak, and those of each objection."""
    speaking = ("vote_form", "objection_form", "proxy_form") if context["rights"] else ()
    about_objections = ("answer_form", "maintain_form", "withdraw_form")
    return [context[name] for name in speaking] + [
        each[name] for each in context["objections"] for name in about_objections
    ]


def ballots_page(request: HttpRequest, decision: Decision) -> HttpResponse:
    """What each organisation said, a hundred at a time; for the body, who voted and what was replaced."""
    person = request.user
    shown = decision_shown(decision)
    page = Paginator(shown.rows, BALLOTS_PER_PAGE).get_page(request.GET.get("page"))
    is_of_the_body = decision.body is not None and sits_on(person, decision.body)
    listed = [row.voter.organisation for row in page]
    context = {
        "decision": decision,
        "shown": replace(shown, rows=tuple(page)),
        "page": page,
        "votes": named_votes(decision, listed) if is_of_the_body or keeps_decision(person, decision) else [],
        "trail": trail_of(decision, _("Ce qu’a dit chaque organisation")),
    }
    return render(request, "governance/decision_votes.html", context)


def proxy_page(request: HttpRequest, decision: Decision, form: ProxyForm) -> HttpResponse:
    """Where proxy is given when there are too many organisations to choose from on the page of the decision."""
    context = {"decision": decision, "form": form, "trail": trail_of(decision, _("Donner pouvoir"))}
    return render(request, "governance/decision_proxy.html", context, status=status_of(form))


def organisations_of(rights: Sequence[VotingRight], *, own: bool = False) -> list[Organisation]:
    """own: those of the person's mandates only, without the proxies they hold."""
    return [right.voter.organisation for right in rights if not own or right.represented_by is None]


def vote_form(decision: Decision, rights: Sequence[VotingRight], posted: Any = None) -> VoteForm:
    return VoteForm(
        posted,
        organisations=organisations_of(rights),
        choices=choice_labels(decision.parsed_rule),
        is_secret=decision.is_secret,
        initial={"digest": decision.digest},
        prefix="vote",
    )


def objection_form(decision: Decision, rights: Sequence[VotingRight], posted: Any = None) -> ObjectionForm:
    return ObjectionForm(
        posted,
        organisations=organisations_of(rights, own=True),
        initial={"digest": decision.digest, "wording": decision.wording},
        prefix="objection",
    )


def proxy_form(decision: Decision, rights: Sequence[VotingRight], posted: Any = None) -> ProxyForm | None:
    """To the other organisations of the colleges the person speaks in; None when nobody can be asked, or asked for."""
    givers = _may_give(decision, rights)
    colleges = {right.voter.college_id for right in givers}
    holders = [
        voter.organisation
        for voter in decision.voters.filter(college__in=colleges)
        .exclude(pk__in=[right.voter.pk for right in givers] if len(givers) == 1 else [])
        .select_related("organisation")
    ]
    if not (givers and holders and decision.parsed_rule.max_proxies):
        return None
    return ProxyForm(posted, givers=organisations_of(givers), holders=holders, prefix="proxy")


def _acting(
    decision: Decision, shown: DecisionShown, rights: Sequence[VotingRight], *, has_many: bool
) -> dict[str, Any]:
    """The forms of somebody who may speak, each None when they may not."""
    own = [right for right in rights if right.represented_by is None]
    given = set(
        Proxy.objects.filter(giver__in=[right.voter for right in own], withdrawn_at=None).values_list(
            "giver", flat=True
        )
        if own
        else ()
    )
    voted = set(
        SecretParticipation.objects.filter(voter__in=[right.voter for right in rights]).values_list("voter", flat=True)
        if rights and decision.is_secret
        else ()
    )
    speaking = [
        right
        for right in rights
        if right.voter.pk not in voted and (right.represented_by is not None or right.voter.pk not in given)
    ]
    rows = {row.voter.organisation: row for row in shown.rows}
    return {
        "rights": [(right, rows.get(right.voter.organisation.slug)) for right in rights],
        "vote_form": vote_form(decision, speaking) if speaking else None,
        "objection_form": objection_form(decision, own) if own and shown.is_consent else None,
        "proxy_form": proxy_form(decision, own) if own and not has_many else None,
        "may_give_proxy": has_many and bool(_may_give(decision, own)) and bool(decision.parsed_rule.max_proxies),
        "given_proxies": [right for right in own if right.voter.pk in given],
    }


def _may_give(decision: Decision, rights: Sequence[VotingRight]) -> list[VotingRight]:
    """Those of the person's organisations that have neither voted nor given or received a proxy."""
    own = [right for right in rights if right.represented_by is None]
    voters = [right.voter.pk for right in own]
    taken = set(Vote.objects.filter(voter__in=voters, replaced_at=None).values_list("voter", flat=True))
    taken |= set(SecretParticipation.objects.filter(voter__in=voters).values_list("voter", flat=True))
    for giver, holder in Proxy.objects.filter(giver__decision=decision, withdrawn_at=None).values_list(
        "giver", "holder"
    ):
        taken |= {giver, holder}
    return [right for right in own if right.voter.pk not in taken]


def named_votes(decision: Decision, organisations: Sequence[str] | None = None) -> list[Vote]:
    """Every vote with who gave it, replaced ones too: for the body, to which votes are named. organisations: slugs of
    those whose votes are asked for, all by default."""
    votes = decision.votes.select_related("voter__college", "person", "represented_by").order_by("pk")
    return list(votes if organisations is None else votes.filter(voter__organisation__slug__in=organisations))


def _objections(
    decision: Decision, person: User | AnonymousUser, rights: Sequence[VotingRight], refused: dict[str, forms.Form]
) -> list[dict[str, Any]]:
    """Each objection with its steps, and the forms of those who may go on; each is named after its objection."""
    own = {right.voter.pk for right in rights if right.represented_by is None}
    may_answer = decision.is_open and may_answer_objections(person, decision)
    made = decision.objections.select_related("voter__college", "person").prefetch_related("steps__person")
    shown = []
    for objection in made:
        is_mine = objection.voter_id in own
        key = objection.pk
        answer = AnswerForm(may_reword=rewords(decision), prefix=f"answer-{key}")
        shown.append(
            {
                "objection": objection,
                "answer_form": refused.get(f"objection_{key}_answer", answer)
                if may_answer and objection.blocks
                else None,
                "maintain_form": refused.get(f"objection_{key}_maintain", ReasonsForm(prefix=f"maintain-{key}"))
                if is_mine and objection.state == Objection.State.ANSWERED
                else None,
                "withdraw_form": refused.get(f"objection_{key}_withdraw", ReasonsForm(prefix=f"withdraw-{key}"))
                if is_mine and objection.state != Objection.State.WITHDRAWN
                else None,
            }
        )
    return shown


def rewords(decision: Decision) -> bool:
    """Whether the text that is decided is in the decision itself, and may be reworded there."""
    return not decision.subject_kind or decision.holds_its_wording
