"""Forms sent from a page that was opened before things moved on: the reason is said, and what was typed comes back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from concerte.common.canonical import digest_of
from concerte.concertation.exchanges_content import current_content
from concerte.concertation.services import end_group, merge_ideas
from tests.concertation.factories_exchanges import table

pytestmark = pytest.mark.django_db

WORDS = "Ce que j’ai mis une heure à écrire."


def address(name, *args):
    return reverse(f"concertation:{name}", args=["essai", *args])


def said_too_late(answer, reason):
    shown = answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")
    assert answer.status_code == 409
    assert reason in shown
    return shown


def test_a_confirmation_of_an_exchange_that_is_fixed_says_so(client):
    at = table()
    exchange = at.fixed()
    client.force_login(at.agent)

    answer = client.post(
        address("confirm_exchange", exchange.pk),
        {"organisation": "service", "digest": digest_of(current_content(exchange))},
    )

    said_too_late(answer, "Les deux parties ont déjà confirmé cet échange.")


def test_a_follow_up_added_to_an_exchange_that_is_fixed_comes_back(client):
    at = table()
    exchange = at.fixed()
    client.force_login(at.delegate)

    answer = client.post(
        address("new_follow_up", exchange.pk),
        {"what": WORDS, "owner": f"organisation:{at.state.pk}", "due_on": "2126-12-01"},
    )

    assert WORDS in said_too_late(answer, "Les deux parties ont confirmé cet échange : il ne change plus.")


@pytest.mark.parametrize(
    ("who", "name", "data"),
    [
        ("neighbour", "join_group", {"organisation": "federation", "message": WORDS}),
        ("delegate", "add_file", {"upload": "plan.txt"}),
    ],
)
def test_what_is_sent_to_a_group_that_ended_says_so(client, who, name, data):
    at = table()
    group = at.group()
    end_group(group, because="Fini.", acting_user=at.agent)
    client.force_login(getattr(at, who))
    sent = data | ({"upload": SimpleUploadedFile("plan.txt", b"le plan")} if "upload" in data else {})

    shown = said_too_late(client.post(address(name, group.pk), sent), "Ce groupe est terminé.")

    assert WORDS in shown or "message" not in data


def test_an_appreciation_of_an_idea_merged_meanwhile_says_so(client):
    at = table()
    ideas = [at.idea(), at.idea(title="La même")]
    merge_ideas(ideas, title="Une seule", text="Le texte", reasons="La même.", acting_user=at.contributor)
    client.force_login(at.delegate)

    answer = client.post(
        address("appreciate_idea", ideas[0].pk), {"organisation": "association", "kind": "favourable", "reasons": WORDS}
    )

    assert WORDS in said_too_late(answer, "Cette idée continue dans d’autres : appréciez celles-là.")
