"""What misses before publication, and what is only advised."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concerte.programme.checks import CollegeFacts, OrganisationFacts, blocking, check
from concerte.programme.draft import Axis, Draft
from tests.programme.drafts import complete_action, draft_of, drafts, odd_text, sections

FRAME = {
    "organisations": {
        "service-d-essai": OrganisationFacts("Service d’essai", "etat"),
        "association-d-essai": OrganisationFacts("Association d’essai", "collectivites"),
        "service-disparu": OrganisationFacts("Service disparu", "etat", date(2020, 1, 1)),
    },
    "colleges": [CollegeFacts("etat", "État"), CollegeFacts("collectivites", "Collectivités")],
    "starts_on": "2026-07-01",
    "ends_on": "2027",
    "today": date(2026, 9, 1),
}


def codes_of(draft, **changes):
    return [(finding.code, finding.is_blocking) for finding in check(draft, **(FRAME | changes))]


def test_nothing_misses_in_a_complete_programme():
    assert check(draft_of(complete_action()), **FRAME) == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"pilots": ("service-d-essai",)}, [("no-pilot", True)]),
        ({"pilots": ()}, [("no-pilot", True), ("no-pilot", True)]),
        ({"pilots_basis": "deduced"}, [("pilots-deduced", True)]),
        ({"pilots_basis": "documented"}, []),
        ({"axis_basis": "deduced"}, [("axis-deduced", False)]),
        ({"partners": ("nulle-part",)}, [("unknown-organisation", True)]),
        ({"partners": ("service-disparu",)}, [("ended-organisation", False)]),
        ({"pilots": ("service-disparu", "association-d-essai")}, [("ended-organisation", True)]),
        (
            {"pilots": ("service-disparu", "association-d-essai"), "stage": "completed"},
            [("ended-organisation", False)],
        ),
        ({"deadline": ""}, [("no-deadline", False)]),
        ({"deadline": "bientôt"}, [("unreadable-deadline", True)]),
        ({"deadline": "2027-02-30"}, [("unreadable-deadline", True)]),
        ({"deadline": "2028-01-01"}, [("deadline-outside", True)]),
        ({"deadline": "2026-S1", "start": ""}, [("deadline-outside", True)]),
        ({"deadline": "2026-09", "start": "2026-10"}, [("deadline-before-start", True)]),
        ({"deadline": "2026-S2", "start": "2026-12"}, []),
        ({"deadline_basis": "deduced"}, [("deadline-deduced", False)]),
        ({"start": "2025"}, [("start-outside", False)]),
        ({"start": "hier"}, [("unreadable-start", True)]),
        ({"code": ""}, [("no-code", True)]),
        ({"title": ""}, [("no-title", True)]),
    ],
)
def test_each_field_has_its_check(changes, expected):
    assert codes_of(draft_of(complete_action(**changes))) == expected


def test_a_section_without_text_is_found():
    action = complete_action(sections=sections(problem="x", objectives="x", deliverables="x", milestones="x"))

    (finding,) = check(draft_of(action), **FRAME)

    assert (finding.code, finding.is_blocking, finding.place) == ("empty-section", False, "section:effects")
    assert finding.message == "EXO-01 : la section « Effets attendus » est vide."


def test_no_deliverable_blocks_and_a_vague_title_is_said():
    texts = sections(problem="x", objectives="x", effects="x", milestones="x")

    assert codes_of(draft_of(complete_action(sections=texts))) == [("no-deliverables", True)]
    assert codes_of(draft_of(complete_action(sections=texts, title="Développer les échanges"))) == [
        ("no-deliverables", True),
        ("verb-without-result", False),
    ]


@pytest.mark.parametrize("stage", ["withdrawn", "merged", "transferred"])
def test_what_is_over_here_is_asked_for_nothing_more(stage):
    assert codes_of(draft_of(complete_action(stage=stage, pilots=(), deadline="", sections={}))) == []


def test_two_titles_that_differ_by_case_and_accents_are_the_same():
    first, second = complete_action(title="Évaluer, ensemble"), complete_action(code="EXO-02", title="evaluer ENSEMBLE")

    (finding,) = check(draft_of(first, second), **FRAME)

    assert (finding.code, finding.is_blocking, finding.action) == ("title-twice", False, "EXO-02")
    assert "EXO-01" in finding.message


def test_the_same_code_twice_blocks():
    assert codes_of(draft_of(complete_action(), complete_action(title="Un autre titre"))) == [("code-twice", True)]


def test_a_finding_leads_to_its_place():
    (finding,) = check(draft_of(complete_action(code="", key="k7", title="Publier")), **FRAME)

    assert finding.as_json() == {
        "severity": "blocking",
        "code": "no-code",
        "message": "Publier : l’action n’a pas encore de code.",
        "action": "",
        "key": "k7",
        "axis": "axe-1",
        "place": "code",
    }


def test_the_programme_and_its_axes_are_checked():
    nameless, empty = Axis(id="a", actions=(complete_action(),)), Axis(id="a", title="Vide")

    assert codes_of(Draft(axes=(nameless, empty))) == [
        ("programme-without-title", True),
        ("axis-without-title", True),
        ("axis-without-action", False),
        ("axis-id-twice", True),
    ]
    assert codes_of(Draft(title="Vide")) == [("programme-without-action", True)]


def test_a_third_college_is_asked_for_its_pilot_too():
    colleges = [*FRAME["colleges"], CollegeFacts("operateurs", "Opérateurs")]

    assert codes_of(draft_of(complete_action()), colleges=colleges) == [("no-pilot", True)]


def test_a_programme_with_unreadable_dates_does_not_bound_its_actions():
    assert codes_of(draft_of(complete_action()), starts_on="un jour", ends_on="") == []


@given(drafts, odd_text, odd_text, st.dates())
@settings(max_examples=40, deadline=None)
def test_checks_never_fail(draft, starts_on, ends_on, today):
    findings = check(draft, **(FRAME | {"starts_on": starts_on, "ends_on": ends_on, "today": today}))

    assert all(finding.message and finding.code for finding in findings)
    assert set(blocking(findings)) <= set(findings)


@given(drafts)
@settings(max_examples=25, deadline=None)
def test_an_action_nobody_completed_always_blocks(draft):
    with_bare_action = replace(draft, axes=(*draft.axes, Axis(id="nouvel", actions=(complete_action(pilots=()),))))

    assert "no-pilot" in {finding.code for finding in blocking(check(with_bare_action, **FRAME))}
