"""Programmes, actions, proposals, editions: found by code, number and title, and by the address of their pages."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from concerte.lineage import finding
from concerte.lineage.references import Reference
from concerte.programme import searching
from concerte.programme.models import Action
from tests.programme.factories import workshop
from tests.publication.situations import published

pytestmark = pytest.mark.django_db


def who_finds(at, words, kind):
    people = {"reader": at.reader, "stranger": at.stranger, "anonymous": AnonymousUser()}
    return {name for name, person in people.items() if any(each.kind == kind for each in finding.search(words, person))}


@pytest.mark.parametrize("by", ["code", "title"])
@pytest.mark.parametrize(("is_public", "found_by"), [(False, {"reader"}), (True, {"reader", "stranger", "anonymous"})])
def test_an_action_in_progress_is_found_by_who_reads_the_text(by, is_public, found_by):
    at = workshop()
    at.programme.is_draft_public = is_public
    at.programme.save(update_fields=["is_draft_public"])
    action = Action.objects.get()
    title = next(iter(finding.search(action.code, at.reader).values())).label.removeprefix(action.code)

    assert who_finds(at, action.code.lower() if by == "code" else title.upper(), "programme.action") == found_by


def test_a_published_action_its_edition_and_its_programme_are_found_by_everybody():
    at, edition = published()
    action = Action.objects.get()
    title = finding.search(action.code, at.stranger)[Reference.to(action)].label.removeprefix(action.code)
    everybody = {"reader", "stranger", "anonymous"}

    assert who_finds(at, title, "programme.action") == everybody
    assert who_finds(at, f"{at.programme.title} edition {edition.number}", "programme.edition") == everybody
    assert who_finds(at, at.programme.title, "programme.programme") == everybody


def test_a_proposal_is_found_in_its_workshop_only():
    at = workshop()
    at.freeze()

    assert who_finds(at, "proposition 1", "programme.proposal") == {"reader"}


def test_finding_by_code_and_by_number_costs_one_query_each(django_assert_num_queries):
    at, _edition = published()
    code = Action.objects.get().code

    for search, words in (
        (searching.search_actions, code),
        (searching.search_editions, "edition 1"),
        (searching.search_proposals, "proposition 1"),
        (searching.search_programmes, at.programme.title),
    ):
        with django_assert_num_queries(1):
            assert search(words, at.reader, 6)


def test_the_pages_of_the_room_say_what_they_show():
    at, edition = published()
    slug, action = at.programme.slug, Action.objects.get()
    pages = {
        reverse("publication:programme", args=[slug]): at.programme,
        reverse("programme:draft", args=[slug]): at.programme,
        reverse("programme:checks", args=[slug]): at.programme,
        reverse("publication:action", args=[action.code]): action,
        reverse("publication:edition", args=[slug, edition.number]): edition,
        reverse("programme:proposal", args=[slug, edition.proposal.number]): edition.proposal,
    }

    for address, thing in pages.items():
        assert finding.from_address(address, at.reader) == Reference.to(thing), address
