"""Programmes as the public meets them."""

import json
from dataclasses import replace
from typing import Any

from django.test import Client

from concerte.documents.rich_text import paragraph
from concerte.documents.services import create_document
from concerte.programme.draft import ActionSheet, Axis, Draft
from concerte.programme.models import Edition, Programme
from concerte.programme.seeding import seed
from concerte.programme.services import create_programme, publish_edition, register_action
from tests.programme.drafts import complete_action, sections
from tests.programme.factories import OrganisationFactory, Workshop, workshop

ORIGIN = {
    "sources": [
        {
            "id": "officiel",
            "title": "L'article de lancement",
            "publisher": "DINSIC",
            "date": "2017-12-12",
            "address": "https://example.org/lancement",
            "access": "integral",
        },
        {
            "id": "presse",
            "title": "Un article",
            "publisher": "La Gazette",
            "date": "2019-10",
            "address": "javascript:alert(1)",
            "access": "extrait",
        },
    ],
    "roadmaps": [
        {
            "id": "18S1",
            "label": "Premières actions",
            "decided_on": "2017-12-14",
            "action_count": 35,
            "new_count": 35,
            "continued_count": 0,
            "certainty": "documented",
            "source": ["officiel"],
        },
        {
            "id": "18S2",
            "label": "Second semestre",
            "decided_on": None,
            "action_count": None,
            "certainty": "partial",
            "source": ["presse"],
        },
        {
            "id": "19S1",
            "label": "Feuille de route 19S1",
            "decided_on": "2019-01-25",
            "action_count": 14,
            "continued_count": 10,
            "certainty": "documented",
            "source": ["officiel"],
        },
    ],
    "coverage": {"announced_first_actions": 35, "named_first_actions": 3, "established_actions": 17},
}
IMPORTED = ActionSheet(
    code="HIST-01",
    title="Ouvrir l'incubateur",
    stage="in_progress",
    pilots=("dinsic",),
    deadline="2019-06-30",
    certainty="partial",
    sources=("officiel",),
    axis_basis="deduced",
    pilots_basis="deduced",
    deadline_basis="deduced",
    sections=sections(problem="Faire naître des services."),
)


def imported_programme(**changes: Any) -> Programme:
    """A past programme, as an import leaves it: a public draft, its facts, no edition here."""
    OrganisationFactory(slug="dinsic", name="Direction interministérielle", acronym="DINSIC")
    axis = Axis(id="axe-1", title="Socle commun", basis="documented", actions=(IMPORTED,))
    facts = {
        "slug": "historique",
        "title": "Programme historique",
        "acronym": "HIST",
        "code_prefix": "HIST",
        "summary": "Ce qui a été fait.",
        "starts_on": "2017-12-14",
        "ends_on": "2021-01",
        "seed": seed(Draft(title="Programme historique", axes=(axis,))),
        "notice": "32 des 35 premières actions ne sont pas nommées.",
        "origin": ORIGIN,
        "is_draft_public": True,
        "acting_user": None,
    }
    programme = create_programme(**(facts | changes))
    history = [
        {"edition": "18S1", "status": "prevue", "note": "citée au lancement", "source": ["officiel"]},
        {"edition": None, "date": "2019-10", "status": "engagee", "source": ["presse"]},
    ]
    origin = {"status_history": history, "note": "pilote déduit du porteur", "participants": ["Région Grand Est"]}
    register_action(programme, origin=origin, acting_user=None)
    return programme


def published(draft: Draft | None = None, **changes: Any) -> tuple[Workshop, Edition]:
    """A programme with one edition that both colleges approved."""
    at_work = workshop(draft=draft, **changes)
    for _further in draft.actions[1:] if draft else ():
        register_action(at_work.programme, acting_user=None)
    return at_work, publish(at_work)


def publish(at_work: Workshop) -> Edition:
    """One more edition, of the text as it stands."""
    proposal = at_work.adopted()
    return publish_edition(proposal, digest=proposal.digest, acting_user=at_work.coordinator)


def two_editions() -> tuple[Workshop, Edition]:
    """EXO-01 changes stage and words from the first edition to the second, EXO-02 leaves the text, EXO-03 comes in."""
    first, second = complete_action(), complete_action(code="EXO-02", title="Former les agents")
    at_work, _edition = published(one_axis(first, second))
    register_action(at_work.programme, acting_user=None)
    changed = replace(
        first, stage="in_progress", sections={**first.sections, "problem": (paragraph("Un texte entièrement revu"),)}
    )
    third = complete_action(code="EXO-03", title="Partager les logiciels")
    rewrite(at_work, one_axis(changed, third))
    return at_work, publish(at_work)


def one_axis(*actions: ActionSheet, **changes: Any) -> Draft:
    axis = Axis(id="axe-1", title="Premier axe", intro=(paragraph("Pour commencer."),), actions=actions)
    return Draft(**({"title": "Un programme", "preamble": (paragraph("Préambule"),), "axes": (axis,)} | changes))


def rewrite(at_work: Workshop, draft: Draft) -> None:
    """Another text in progress, all at once."""
    at_work.programme.draft = create_document("suite", seed=seed(draft), acting_user=None)
    at_work.programme.save(update_fields=["draft"])


def page(client: Client, address: str, status: int = 200) -> str:
    """The HTML at an address, its spaces made plain so that sentences can be looked for."""
    response = client.get(address)
    assert response.status_code == status, address
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def data(client: Client, address: str) -> Any:
    """The JSON at an address."""
    response = client.get(address)
    assert response.status_code == 200, address
    assert response.headers["Content-Type"].startswith("application/json")
    return json.loads(response.content)
