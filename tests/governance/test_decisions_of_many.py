"""A decision of many organisations: what each said, and giving proxy, are on pages of their own."""

import pytest
from django.urls import reverse

from concerte.governance.models import Proxy
from concerte.governance.views.decisions_page import BALLOTS_PER_PAGE
from tests.governance.factories_decisions import crowd

pytestmark = pytest.mark.django_db


@pytest.fixture
def many():
    at_work = crowd(BALLOTS_PER_PAGE + 2)
    decision = at_work.open()
    at_work.vote(decision, "e1")
    return at_work, decision


def page(client, name, decision, **query):
    return client.get(reverse(f"governance:{name}", args=[decision.number]), query)


def test_the_page_tells_how_many_spoke_and_leads_to_what_each_said(client, many):
    at_work, decision = many
    client.force_login(at_work.people["c1"])

    told = page(client, "decision", decision).text
    first, second = (page(client, "decision_votes", decision, page=number).text for number in (1, 2))

    assert f"1 organisation sur {BALLOTS_PER_PAGE + 2} s’est prononcée." in told
    assert reverse("governance:decision_votes", args=[decision.number]) in told
    assert "Organisation e1<" not in told
    assert (first + second).count('<th scope="row"') == BALLOTS_PER_PAGE + 2
    assert f"Organisations 101 à {BALLOTS_PER_PAGE + 2}, sur {BALLOTS_PER_PAGE + 2}" in second
    assert "Qui a voté" in first
    assert "Qui a voté" not in second  # nobody on that page has voted


def test_only_who_may_read_the_decision_reads_the_votes(client, many):
    _at_work, decision = many

    assert page(client, "decision_votes", decision).status_code == 404


def test_proxy_is_given_on_a_page_of_its_own(client, many):
    at_work, decision = many
    client.force_login(at_work.people["c1"])
    address = reverse("governance:proxy", args=[decision.number])

    told = page(client, "decision", decision).text
    asked = client.get(address).text
    given = client.post(
        address, {"proxy-giver": at_work.organisation("c1").slug, "proxy-holder": at_work.organisation("c2").slug}
    )

    assert f'href="{address}"' in told
    assert "proxy-holder" not in told
    assert at_work.organisation("c2").name in asked
    assert given.status_code == 302
    assert Proxy.objects.get().holder.organisation == at_work.organisation("c2")
    assert client.get(address).status_code == 403  # it has nothing left to give


def test_a_proxy_that_is_refused_comes_back_with_what_was_chosen(client, many):
    at_work, decision = many
    client.force_login(at_work.people["c1"])

    answer = client.post(reverse("governance:proxy", args=[decision.number]), {"proxy-giver": "foule-c1"})

    assert answer.status_code == 400
    assert not Proxy.objects.exists()


@pytest.mark.parametrize("who", ["holder", "reader"])
def test_the_page_costs_the_same_whatever_the_number_of_votes(client, many, django_assert_max_num_queries, who):
    at_work, decision = many
    for key in ("e2", "e3", "c3"):
        at_work.vote(decision, key)
    client.force_login(at_work.people["c2" if who == "holder" else "substitute of c2"])

    with django_assert_max_num_queries(24):
        page(client, "decision", decision)
