"""Example facts are loaded once, whatever the number of times it is asked."""

import pytest

from concerte.concertation.exchanges_example import load_exchanges, load_groups
from concerte.concertation.models import Exchange, WorkingGroup
from tests.concertation.factories_exchanges import table

pytestmark = pytest.mark.django_db

GROUPS = [{"name": "Identité", "purpose": "Une seule identité.", "origin": {"sources": ["off-2017"]}}]
EXCHANGES = [
    {
        "title": "Premier échange",
        "held_on": "2017",
        "organisations": ["service", "association"],
        "notes": ["Ce qui s’est dit"],
        "origin": {"sources": ["off-2017"]},
    },
    {"title": "Exercice", "held_on": "2026-01-10", "organisations": ["service", "federation"]},
]


def test_what_has_a_source_is_fixed_and_the_rest_waits_for_its_sides():
    at = table()

    for _time in range(2):
        load_groups(at.circle, GROUPS)
        load_exchanges(at.circle, EXCHANGES)

    assert WorkingGroup.objects.get().is_open
    assert {each.title: each.is_fixed for each in Exchange.objects.all()} == {
        "Premier échange": True,
        "Exercice": False,
    }
