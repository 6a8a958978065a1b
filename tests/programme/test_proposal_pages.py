"""From the form that freezes to the button that publishes, as people meet them."""

import pytest
from django.urls import reverse

from concerte.accounts.waiting import items_for
from concerte.programme.models import Edition, Position, Proposal
from concerte.programme.services import publish_edition, withdraw_proposal
from tests.programme.drafts import complete_action, draft_of
from tests.programme.factories import SEMESTER, MembershipFactory, OrganisationFactory, participation, workshop

pytestmark = pytest.mark.django_db

OTHERS = ["pilot", "representative", "state_representative", "contributor", "reader"]


def address(name, *args):
    return reverse(f"programme:{name}", args=["essai", *args])


def semester_of(client):
    """The first choice of the form: the current semester."""
    return client.get(address("proposals")).context["form"].fields["semester"].choices[0][0]


def text(answer):
    return answer.content.decode()


def test_the_coordination_freezes_from_the_page(client):
    at_work = workshop()
    client.force_login(at_work.coordinator)
    semester = semester_of(client)

    answer = client.post(address("proposals"), {"semester": semester, "message": "Pour juin."}, follow=True)

    assert answer.redirect_chain[-1][0] == address("proposal", 1)
    assert "Pour juin." in text(answer)
    assert Proposal.objects.get().semester == semester


@pytest.mark.parametrize("who", OTHERS)
def test_other_participants_see_no_form_and_are_refused(client, who):
    at_work = workshop()
    client.force_login(getattr(at_work, who))

    page = client.get(address("proposals"))
    answer = client.post(address("proposals"), {"semester": SEMESTER})

    assert 'name="semester"' not in text(page)
    assert answer.status_code == 403
    assert not Proposal.objects.exists()


def test_what_holds_the_text_back_is_shown_with_the_way_to_it(client):
    at_work = workshop(draft_of(complete_action(pilots=("service-d-essai",))))
    client.force_login(at_work.coordinator)

    answer = client.post(address("proposals"), {"semester": semester_of(client)})

    assert answer.status_code == 409
    assert f"{address('draft')}#EXO-01:pilots" in text(answer)
    assert not Proposal.objects.exists()


def test_the_page_shows_the_text_its_digest_and_what_each_college_still_needs(client):
    at_work = workshop()
    proposal = at_work.freeze()
    client.force_login(at_work.reader)

    shown = text(client.get(address("proposal", 1)))

    assert "Publier un guide commun" in shown
    assert "Texte de la section deliverables" in shown
    assert proposal.digest in shown
    assert shown.count("il manque l’approbation d’une organisation") >= 2
    assert 'name="kind"' not in shown


def test_the_downloaded_text_is_the_very_bytes_of_the_digest(client):
    at_work = workshop()
    proposal = at_work.freeze()
    client.force_login(at_work.reader)

    answer = client.get(address("proposal_data", 1))

    assert answer.content == proposal.content.encode()
    assert answer.headers["Content-Type"] == "application/json"


def test_a_representative_approves_from_the_page(client):
    at_work = workshop()
    proposal = at_work.freeze()
    client.force_login(at_work.representative)
    form = client.get(address("proposal", 1)).context["form"]

    answer = client.post(
        address("answer", 1),
        {"organisation": at_work.association.slug, "kind": "approval", "digest": form["digest"].value()},
        follow=True,
    )

    assert answer.redirect_chain[-1][0] == address("proposal", 1)
    assert Position.objects.get().organisation == at_work.association
    assert "règle remplie" in text(answer)
    assert form["digest"].value() == proposal.digest


def test_an_objection_without_reasons_comes_back_with_what_was_typed(client):
    at_work = workshop()
    proposal = at_work.freeze()
    client.force_login(at_work.representative)

    answer = client.post(
        address("answer", 1),
        {"organisation": at_work.association.slug, "kind": "objection", "digest": proposal.digest},
    )

    assert answer.status_code == 409
    assert "Une objection dit ses motifs." in text(answer)
    assert not Position.objects.exists()


def test_the_approval_of_a_page_opened_on_an_older_text_is_refused_in_words(client):
    at_work = workshop()
    first = at_work.freeze()
    withdraw_proposal(first, reason="Une coquille.", acting_user=at_work.coordinator)
    at_work.write("Une phrase de plus.")
    at_work.freeze()
    client.force_login(at_work.representative)

    answer = client.post(
        address("answer", 2), {"organisation": at_work.association.slug, "kind": "approval", "digest": first.digest}
    )

    assert answer.status_code == 409
    assert "n’est pas celui de cette proposition" in text(answer)
    assert not Position.objects.exists()


def test_who_represents_several_organisations_chooses_one(client):
    at_work = workshop()
    at_work.freeze()
    second = OrganisationFactory(local=True)
    participation(at_work.programme, second)
    MembershipFactory(person=at_work.representative, organisation=second)
    client.force_login(at_work.representative)

    choices = [
        value for value, _label in client.get(address("proposal", 1)).context["form"]["organisation"].field.choices
    ]

    assert {str(choice) for choice in choices} == {at_work.association.slug, second.slug}


def test_an_organisation_of_others_cannot_be_chosen(client):
    at_work = workshop()
    proposal = at_work.freeze()
    client.force_login(at_work.representative)

    answer = client.post(
        address("answer", 1), {"organisation": at_work.state.slug, "kind": "approval", "digest": proposal.digest}
    )

    assert answer.status_code == 409
    assert not Position.objects.exists()


@pytest.mark.parametrize("who", ["coordinator", "pilot", "contributor", "reader"])
def test_who_represents_nobody_is_refused(client, who):
    at_work = workshop()
    proposal = at_work.freeze()
    client.force_login(getattr(at_work, who))

    answer = client.post(
        address("answer", 1), {"organisation": at_work.association.slug, "kind": "approval", "digest": proposal.digest}
    )

    assert answer.status_code == 403
    assert not Position.objects.exists()


@pytest.mark.parametrize(("name", "who"), [(name, who) for name in ("withdraw", "publish") for who in OTHERS])
def test_only_the_coordination_withdraws_or_publishes(client, name, who):
    at_work = workshop()
    proposal = at_work.adopted()
    client.force_login(getattr(at_work, who))

    page = client.get(address(name, 1))
    answer = client.post(address(name, 1), {"digest": proposal.digest, "reason": "Non."})

    proposal.refresh_from_db()
    assert (page.status_code, answer.status_code) == (403, 403)
    assert proposal.is_open


def test_the_button_is_closed_until_both_colleges_agree_then_publishes(client):
    at_work = workshop()
    proposal = at_work.freeze()
    at_work.approve(proposal, by=at_work.state_representative, organisation=at_work.state)
    client.force_login(at_work.coordinator)
    before = text(client.get(address("proposal", 1)))
    too_early = client.post(address("publish", 1), {"digest": proposal.digest})
    at_work.approve(proposal, by=at_work.representative, organisation=at_work.association)
    after = text(client.get(address("proposal", 1)))

    answer = client.post(address("publish", 1), {"digest": proposal.digest})

    assert "disabled" in before
    assert address("publish", 1) not in before
    assert too_early.status_code == 409
    assert "il manque l’approbation" in text(too_early)
    assert address("publish", 1) in after
    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("publication:edition", args=["essai", 1])
    assert Edition.objects.get().digest == proposal.digest


def test_a_withdrawal_is_confirmed_with_its_reason_and_the_text_stays_readable(client):
    at_work = workshop()
    at_work.freeze()
    client.force_login(at_work.coordinator)

    confirmation = client.get(address("withdraw", 1))
    without_reason = client.post(address("withdraw", 1), {"reason": ""})
    client.post(address("withdraw", 1), {"reason": "Une coquille."})

    page = text(client.get(address("proposal", 1)))
    assert confirmation.status_code == 200
    assert without_reason.status_code == 200
    assert "Une coquille." in page
    assert "Publier un guide commun" in page
    assert 'name="kind"' not in page


def test_the_page_says_that_the_draft_went_on(client):
    at_work = workshop()
    at_work.freeze()
    client.force_login(at_work.reader)
    before = text(client.get(address("proposal", 1)))
    at_work.write("Une phrase de plus.")

    after = text(client.get(address("proposal", 1)))

    assert "Le texte en cours a changé depuis" not in before
    assert "Le texte en cours a changé depuis" in after
    assert "Une phrase de plus." not in after


def test_the_second_proposal_shows_what_changes_since_the_edition(client):
    at_work = workshop()
    first = at_work.adopted()
    publish_edition(first, digest=first.digest, acting_user=at_work.coordinator)
    at_work.write("Une phrase de plus.")
    at_work.freeze()
    client.force_login(at_work.reader)

    page = text(client.get(address("proposal", 2)))
    old = text(client.get(address("proposal", 1)))

    assert "Ce qui change depuis l’édition 1" in page
    assert "<ins>" in page
    assert "c’est l’édition 1" in old


def test_what_waits_is_told_to_those_it_waits_for():
    at_work = workshop()
    proposal = at_work.freeze()

    def titles(person):
        return [item.title for item in items_for(person)]

    waits_for_association = "Une proposition attend la position de Association d’essai"
    assert titles(at_work.representative)[0] == waits_for_association
    assert titles(at_work.reader) == ["Lire le texte en cours de EXO"]
    assert titles(at_work.stranger) == []
    assert all("publier" not in title for title in titles(at_work.coordinator))

    at_work.approve(proposal, by=at_work.state_representative, organisation=at_work.state)
    at_work.approve(proposal, by=at_work.representative, organisation=at_work.association)

    assert waits_for_association not in titles(at_work.representative)
    assert titles(at_work.coordinator)[0] == "La règle de chaque collège est remplie\u00a0: publier"


def test_what_is_asked_may_be_told_by_mail_and_the_draft_is_not():
    at_work = workshop()
    proposal = at_work.freeze()

    keys = [item.key for item in items_for(at_work.representative)]
    at_work.approve(proposal, by=at_work.state_representative, organisation=at_work.state)
    at_work.approve(proposal, by=at_work.representative, organisation=at_work.association)

    assert keys == [f"programme.position:{proposal.pk}:{at_work.association.slug}", ""]
    assert [item.key for item in items_for(at_work.coordinator)] == [f"programme.publish:{proposal.pk}", ""]


def test_what_is_typed_by_people_is_shown_as_text(client):
    at_work = workshop()
    at_work.freeze(message="<script>alert(1)</script>")
    client.force_login(at_work.reader)

    page = text(client.get(address("proposal", 1)))

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_coordination_is_told_when_nothing_has_changed_since_the_edition(client):
    at_work = workshop()
    proposal = at_work.adopted()
    client.force_login(at_work.coordinator)
    before = client.get(address("proposals")).content.decode()

    publish_edition(proposal, digest=proposal.digest, acting_user=at_work.coordinator)
    after = client.get(address("proposals")).content.decode()
    at_work.write("Une phrase de plus.")
    later = client.get(address("proposals")).content.decode()

    assert ["Rien n’a changé" in shown for shown in (before, after, later)] == [False, True, False]
