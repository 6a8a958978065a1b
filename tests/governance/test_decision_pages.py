"""The page of a decision and its twin: who sees it when, what it shows, what is done on it."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.urls import reverse
from django.utils import timezone

from concerte.governance.counting_rules import Quorum
from concerte.governance.models import Decision, NamedRule, Objection, Proxy, Vote
from concerte.governance.services import (
    answer_objection,
    close_decision,
    close_due_decisions,
    name_rule,
    withdraw_decision,
)
from concerte.lineage.models import Relation
from concerte.lineage.references import Reference
from concerte.lineage.services import link
from concerte.partners.models import Circle, Participation
from tests.accounts.factories import UserFactory
from tests.governance.factories_decisions import after_the_close, chamber, crowd, holder, rule_of, seat
from tests.partners.factories import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def page(decision, name="decision", *args):
    return reverse(f"governance:{name}", args=[decision.number, *args])


def text(answer):
    return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def in_the_circle(circle):
    organisation = OrganisationFactory()
    Participation.objects.create(
        circle=circle, organisation=organisation, starts_on=timezone.localdate() - timedelta(days=9)
    )
    return MembershipFactory(organisation=organisation).person


def former_holder(at_work):
    at_work.seats["e2"].mandates.update(ends_on=timezone.localdate())
    return at_work.people["e2"]


def person_of(role, at_work, circle):
    return {
        "holder": lambda: at_work.people["e1"],
        "observer": lambda: holder(seat(at_work.body, OrganisationFactory(), is_voting=False)),
        "substitute": lambda: holder(at_work.seats["e1"], is_substitute=True),
        "secretariat": lambda: at_work.secretary,
        "circle": lambda: in_the_circle(circle),
        "former holder": lambda: former_holder(at_work),
        "administrator": lambda: UserFactory(administrator=True),
        "stranger": UserFactory,
    }[role]()


BODY = {"holder", "observer", "substitute", "secretariat"}
EVERYBODY = BODY | {"circle", "former holder", "administrator", "stranger", "anonymous"}


@pytest.mark.parametrize("role", sorted(EVERYBODY))
@pytest.mark.parametrize(
    ("visibility", "is_closed", "readers"),
    [
        ("public", False, BODY),
        ("colleges", False, BODY),
        ("body", False, BODY),
        ("public", True, EVERYBODY),
        ("colleges", True, BODY | {"circle"}),
        ("body", True, BODY),
    ],
)
def test_who_reads_a_decision(client, role, visibility, is_closed, readers):
    at_work = chamber()
    circle = Circle.objects.create(slug="essai", name="Essai")
    decision = at_work.open(rule_of(may_close_early=True), visibility=visibility, circle=circle)
    if role != "anonymous":
        client.force_login(person_of(role, at_work, circle))
    if is_closed:
        close_decision(decision, acting_user=at_work.secretary)

    answers = [client.get(page(decision)), client.get(page(decision, "decision_data"))]
    listed = client.get(reverse("governance:decisions"))

    expected = 200 if role in readers else 404
    assert [answer.status_code for answer in answers] == [expected] * 2
    assert (decision.question in listed.content.decode()) is (role in readers)


def test_a_withdrawn_decision_is_told_with_its_reason(client):
    at_work = chamber()
    decision = withdraw_decision(at_work.open(), because="Question mal posée.", acting_user=at_work.secretary)

    assert "Question mal posée." in text(client.get(page(decision)))


def test_the_page_shows_each_college_with_numbers_thresholds_and_the_sentence(client):
    at_work = chamber(state=3, local=3)
    decision = at_work.open(rule_of(quorum=Quorum(share=Fraction(1, 2))))
    for key, choice in (("e1", "for"), ("e2", "for"), ("c1", "for"), ("c2", "against"), ("c3", "against")):
        at_work.vote(decision, key, choice, reasons="Parce que." if key == "c2" else "")
    close_due_decisions(decision.closes_at)

    shown = text(client.get(page(decision)))

    assert "Non adopté : il faut l’accord de chaque collège" in shown
    assert "seuil : 2 voix" in shown
    assert "Présentes ou représentées : 2 sur 3 ; quorum : 2." in shown
    assert "1 voix pour, 2 contre, 0 en abstention, 0 sans vote" in shown
    assert "Parce que." in shown
    assert at_work.people["c2"].name not in shown


def test_persons_are_named_to_the_body_and_to_nobody_else(client):
    at_work = chamber()
    decision = at_work.open()
    at_work.vote(decision, "e1")
    close_due_decisions(decision.closes_at)
    name = at_work.people["e1"].name

    to_the_public = text(client.get(page(decision)))
    client.force_login(at_work.people["c1"])
    to_the_body = text(client.get(page(decision)))
    data = client.get(page(decision, "decision_data")).content.decode()

    assert name not in to_the_public
    assert name in to_the_body
    assert name not in data


def test_the_twin_is_the_frozen_computation(client):
    at_work = chamber()
    decision = at_work.open()
    at_work.vote(decision, "e1")
    (done,) = close_due_decisions(decision.closes_at)

    data = client.get(page(decision, "decision_data")).json()

    assert data["result"] == done.computation
    assert data["result_digest"] == done.result_digest
    assert data["is_adopted"] is False


def test_a_late_job_never_shows_an_open_decision(client):
    at_work = chamber()
    decision = at_work.open()
    for key in ("e1", "c1"):
        at_work.vote(decision, key)

    with after_the_close(decision):
        shown = text(client.get(page(decision)))
        data = client.get(page(decision, "decision_data")).json()

    assert "Adopté : chaque collège adopte." in shown
    assert data["status"] == "adopted"
    decision.refresh_from_db()
    assert decision.state == Decision.State.OPEN


def test_a_secret_vote_shows_who_took_part_then_numbers_only(client):
    at_work = chamber(has_secret_ballots=True)
    decision = at_work.open()
    at_work.vote(decision, "e1", "against")
    client.force_login(at_work.people["c1"])

    during = text(client.get(page(decision)))
    close_due_decisions(decision.closes_at)
    after = text(client.get(page(decision)))

    assert "1 organisation a voté, sur 2." in during
    assert "contre" not in during.split("Où en sont les collèges")[1].split("Voter")[0]
    assert "0 voix pour, 1 contre" in after


# --- Acting ----------------------------------------------------------------------------------------------------------
def vote_data(client, decision, key, at_work, **changes):
    client.force_login(at_work.people[key])
    form = client.get(page(decision)).context["vote_form"]
    facts = {
        "vote-organisation": at_work.organisation(key).slug,
        "vote-choice": "for",
        "vote-digest": form.initial["digest"],
    }
    return facts | changes


def test_a_holder_votes_from_the_page(client):
    at_work = chamber()
    decision = at_work.open()
    data = vote_data(client, decision, "e1", at_work)

    answer = client.post(page(decision, "vote"), data, follow=True)

    assert answer.redirect_chain[-1][0] == page(decision)
    assert Vote.objects.get().voter.organisation == at_work.organisation("e1")
    assert "est enregistré" in text(answer)


def test_a_vote_on_a_text_that_changed_comes_back_with_the_reason(client):
    at_work = chamber()
    decision = at_work.open()
    data = vote_data(client, decision, "e1", at_work, **{"vote-digest": "sha256:" + "0" * 64})

    answer = client.post(page(decision, "vote"), data)

    assert answer.status_code == 409
    assert "n’est plus celui de cette décision" in text(answer)
    assert not Vote.objects.exists()


@pytest.mark.parametrize("role", ["observer", "secretariat"])
@pytest.mark.parametrize("name", ["vote", "proxy", "end_proxy", "objection"])
def test_who_has_no_vote_sees_no_form_and_is_refused(client, role, name):
    at_work = chamber()
    decision = at_work.open(rule_of("consent"))
    client.force_login(person_of(role, at_work, None))

    shown = client.get(page(decision))
    answer = client.post(page(decision, name), {})

    assert shown.context["vote_form"] is None
    assert answer.status_code == 403
    assert not Vote.objects.exists()


@pytest.mark.parametrize("name", ["vote", "proxy", "end_proxy", "objection"])
def test_a_stranger_does_not_find_what_is_acted_upon(client, name):
    decision = chamber().open()
    client.force_login(UserFactory())

    assert client.post(page(decision, name), {}).status_code == 404


@pytest.mark.parametrize("name", ["vote", "proxy", "end_proxy", "objection"])
def test_reading_the_address_of_an_act_writes_nothing(client, name):
    at_work = chamber()
    decision = at_work.open()
    client.force_login(at_work.people["e1"])

    answer = client.get(page(decision, name))

    assert answer.status_code == 302
    assert not Vote.objects.exists()


def test_a_proxy_is_given_taken_up_and_taken_back_from_the_page(client):
    at_work = chamber()
    decision = at_work.open()
    client.force_login(at_work.people["e1"])
    given = {"proxy-giver": at_work.organisation("e1").slug, "proxy-holder": at_work.organisation("e2").slug}

    client.post(page(decision, "proxy"), given)
    client.force_login(at_work.people["e2"])
    offered = list(client.get(page(decision)).context["vote_form"].fields["organisation"].queryset)
    client.force_login(at_work.people["e1"])
    without_vote = client.get(page(decision)).context["vote_form"]
    client.post(page(decision, "end_proxy"), {"giver": at_work.organisation("e1").slug})

    assert set(offered) == {at_work.organisation("e1"), at_work.organisation("e2")}
    assert without_vote is None
    assert Proxy.objects.get().withdrawn_at is not None


def test_an_objection_goes_from_reasons_to_a_new_wording_on_the_page(client):
    at_work = chamber()
    decision = at_work.open(rule_of("consent"))
    client.force_login(at_work.people["c1"])
    made = {
        "objection-organisation": at_work.organisation("c1").slug,
        "objection-reasons": "Le coût n’est pas dit.",
        "objection-wording": "Avec son coût.",
        "objection-digest": decision.digest,
    }

    client.post(page(decision, "objection"), made)
    objection = Objection.objects.get()
    client.force_login(at_work.secretary)
    suspended = text(client.get(page(decision)))
    key = f"answer-{objection.pk}"
    client.post(
        page(decision, "answer_objection", objection.pk),
        {f"{key}-text": "Ajouté.", f"{key}-new_wording": "Le texte, avec son coût."},
    )
    answered = text(client.get(page(decision)))

    assert "attend une réponse" in suspended
    assert "Le texte, avec son coût." in answered
    assert Decision.objects.get().wording == "Le texte, avec son coût."


def test_the_objector_maintains_from_the_page_with_reasons(client):
    at_work = chamber()
    decision = at_work.open(rule_of("consent"))
    objection = at_work.object(decision, "c1")
    answer_objection(objection, text="Non.", acting_user=at_work.secretary)
    client.force_login(at_work.people["c1"])
    address = page(decision, "maintain_objection", objection.pk)

    without = client.post(address, {})
    client.post(address, {f"maintain-{objection.pk}-reasons": "Le coût reste inconnu."})

    objection.refresh_from_db()
    assert without.status_code == 400
    assert objection.state == Objection.State.MAINTAINED


@pytest.mark.parametrize(("name", "data"), [("close_decision", {}), ("withdraw_decision", {"because": "Mal posée."})])
def test_only_the_secretariat_ends_a_decision_from_the_pages(client, name, data):
    at_work = chamber()
    decision = at_work.open(rule_of(may_close_early=True))
    client.force_login(at_work.people["e1"])
    refused = [client.get(page(decision, name)).status_code, client.post(page(decision, name), data).status_code]

    client.force_login(at_work.secretary)
    asked = client.get(page(decision, name))
    client.post(page(decision, name), data)

    assert refused == [403, 403]
    assert asked.status_code == 200
    assert Decision.objects.get().state != Decision.State.OPEN


def test_the_secretariat_opens_a_decision_from_the_page_at_hours_of_the_zone_chosen(client):
    at_work = chamber()
    named = name_rule(at_work.body, name="Double majorité", rule=rule_of(), acting_user=at_work.secretary)
    client.force_login(at_work.secretary)
    closing = (timezone.localtime() + timedelta(days=9)).strftime("%Y-%m-%dT12:00")
    data = {
        "question": "Adopter la charte ?",
        "wording": "La charte.",
        "rule": named.pk,
        "closes_at": closing,
        "time_zone": "Indian/Reunion",
        "visibility": "public",
    }

    answer = client.post(reverse("governance:new_decision", args=[at_work.body.slug]), data, follow=True)

    decision = Decision.objects.get()
    assert decision.closes_at.astimezone(decision.zone).strftime("%Y-%m-%dT%H:%M") == closing
    assert decision.closes_at.utcoffset() is not None
    assert "heure de La Réunion" in text(answer)


@pytest.mark.parametrize("name", ["new_decision", "decision_rules"])
def test_others_open_nothing_and_fix_no_rule(client, name):
    at_work = chamber()
    client.force_login(at_work.people["e1"])

    address = reverse(f"governance:{name}", args=[at_work.body.slug])

    assert [client.get(address).status_code, client.post(address, {}).status_code] == [403, 403]
    assert not Decision.objects.exists()
    assert not NamedRule.objects.exists()


def test_the_secretariat_names_a_rule_for_each_college_and_withdraws_it(client):
    at_work = chamber()
    client.force_login(at_work.secretary)
    address = reverse("governance:decision_rules", args=[at_work.body.slug])
    data = {"name": "Deux tiers", "method": "majority"}
    for each in client.get(address).context["form"].colleges:
        facts = {"share": "1/2", "organisations": 0, "majority": "two_thirds", "abstentions": "quorum", "approvals": 1}
        data |= {f"{name}_{each.pk}": value for name, value in facts.items()}

    client.post(address, data)
    named = NamedRule.objects.get()
    listed = text(client.get(address))
    client.post(
        reverse("governance:end_decision_rule", args=[at_work.body.slug, named.pk]), {"because": "Trop exigeante."}
    )

    assert [each.majority for each in named.parsed.colleges] == ["two_thirds"] * 2
    assert "majorité des deux tiers" in listed
    named.refresh_from_db()
    assert named.withdrawn_because == "Trop exigeante."


def test_the_secretariat_reviews_a_closed_decision(client):
    at_work = chamber()
    decision = at_work.open(rule_of(may_close_early=True), review_on=timezone.localdate())
    close_decision(decision, acting_user=at_work.secretary)
    client.force_login(at_work.secretary)

    answer = client.post(page(decision, "review_decision"), {"note": "Appliquée partout."}, follow=True)

    assert "Appliquée partout." in text(answer)


def test_what_it_comes_of_and_what_it_changed_are_shown(client):
    at_work = chamber()
    earlier = close_decision(at_work.open(rule_of(may_close_early=True)), acting_user=at_work.secretary)
    decision = at_work.open(rule_of(may_close_early=True), question="Et maintenant ?", comes_of=[Reference.to(earlier)])
    close_decision(decision, acting_user=at_work.secretary)

    shown = text(client.get(page(decision)))
    of_the_earlier = text(client.get(page(earlier)))

    assert f"Décision n° {earlier.number}" in shown.split("D’où elle vient")[1]
    assert "Et maintenant ?" in of_the_earlier.split("Ce qu’elle a changé")[1]


def test_the_page_asks_the_database_as_little_for_many_voters_as_for_few(client, django_assert_max_num_queries):
    at_work = crowd(60)
    decision = at_work.open()
    for key in list(at_work.seats)[:20]:
        at_work.vote(decision, key)
    client.force_login(at_work.people["e1"])

    with django_assert_max_num_queries(34):
        answer = client.get(page(decision))

    assert answer.status_code == 200


# --- The register ----------------------------------------------------------------------------------------------------
def closed(at_work, **changes):
    return close_decision(at_work.open(rule_of(may_close_early=True), **changes), acting_user=at_work.secretary)


def numbers(client, **filters):
    answer = client.get(reverse("governance:decisions"), filters)
    return [item.decision.number for item in answer.context["shown"]]


def test_the_register_is_searched_whatever_the_accents_and_the_case(client):
    at_work = chamber()
    closed(at_work, question="Étendre l’accès aux communes déléguées ?")
    closed(at_work, question="Autre chose")

    found = [numbers(client, q=words) for words in ("etendre ACCES", "Déléguées", "commune etendre", "introuvable")]

    assert found == [[1], [1], [1], []]


def test_the_register_is_filtered_by_body_and_by_the_result_of_each_college(client):
    first, second = chamber(name="Comité des uns"), chamber(name="Comité des autres")
    rejected = first.open(rule_of(may_close_early=True))
    for key in ("e1", "e2"):
        first.vote(rejected, key)
    close_decision(rejected, acting_user=first.secretary)
    closed(second)

    assert numbers(client, instance=second.body.slug) == [2]
    assert numbers(client, resultat="etat:adopted") == [1]
    assert numbers(client, resultat="collectivites:rejected") == [2, 1]
    assert numbers(client, resultat="adopted") == []


def test_the_register_is_filtered_by_the_action_concerned(client, monkeypatch):
    at_work = chamber()
    done = closed(at_work)
    closed(at_work)
    link(Reference.to(done), Reference("programme.action", "7"), Relation.DECIDED, acting_user=None)
    monkeypatch.setattr("concerte.governance.views.register._subjects", lambda _person: [("7", "EXO-07")])

    assert numbers(client, concerne="7") == [done.number]


def test_the_register_goes_page_by_page_and_keeps_what_was_asked(client, django_assert_max_num_queries):
    at_work = chamber()
    for _rank in range(23):
        closed(at_work)

    with django_assert_max_num_queries(16):
        first = client.get(reverse("governance:decisions"), {"q": "texte"})

    assert len(first.context["shown"]) == 20
    assert "q=texte&amp;page=2" in first.content.decode()
    assert len(numbers(client, q="texte", page=2)) == 3
    assert numbers(client, page="abc") == numbers(client)


def test_an_empty_register_says_so(client):
    assert "Aucune décision pour l’instant" in text(client.get(reverse("governance:decisions")))
