"""Founding a programme."""

import pytest

from concerte.documents.services import current_state
from concerte.journal.models import Entry
from concerte.programme.errors import ProgrammeRefused
from concerte.programme.models import Programme
from concerte.programme.reading import read_state
from tests.programme.factories import PersonFactory, founded, workshop

pytestmark = pytest.mark.django_db


def test_a_programme_is_founded_with_its_text_and_a_rule_for_each_college():
    programme = founded()

    assert read_state(current_state(programme.draft_id)).title == "Un programme"
    rules = {rule.college.slug: rule.minimum_approvals for rule in programme.approval_rules.all()}
    assert rules == {"etat": 1, "collectivites": 1}
    assert Entry.objects.filter(act="programme.programme_created", subject_id=str(programme.pk)).count() == 1


def test_the_featured_programme_gives_way_to_the_next_one():
    first = founded(is_featured=True)
    second = founded(slug="suivant", code_prefix="SUI", is_featured=True, predecessor=first)

    first.refresh_from_db()
    assert not first.is_featured
    assert second.is_featured
    assert second.predecessor == first


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"slug": "Essai_2"}, "bad-slug"),
        ({"code_prefix": "exo"}, "bad-prefix"),
        ({"code_prefix": "A" * 13}, "bad-prefix"),
        ({"title": " "}, "no-title"),
        ({"starts_on": "bientôt"}, "bad-dates"),
        ({"starts_on": "2027", "ends_on": "2026-S2"}, "bad-dates"),
    ],
)
def test_a_frame_that_does_not_hold_is_refused(changes, code):
    with pytest.raises(ProgrammeRefused) as refusal:
        founded(**changes)

    assert refusal.value.code == code
    assert not Programme.objects.exists()


@pytest.mark.parametrize(("changes", "code"), [({"code_prefix": "AUT"}, "slug-taken"), ({"slug": "b"}, "prefix-taken")])
def test_slugs_and_prefixes_are_given_once(changes, code):
    founded()

    with pytest.raises(ProgrammeRefused) as refusal:
        founded(**changes)

    assert refusal.value.code == code
    assert Programme.objects.count() == 1


def test_an_administrator_founds_programmes_and_the_coordination_of_another_does_not():
    at_work = workshop()

    founded(slug="neuf", code_prefix="NEUF", acting_user=PersonFactory(administrator=True))
    with pytest.raises(ProgrammeRefused) as refusal:
        founded(slug="autre", code_prefix="AUTRE", acting_user=at_work.coordinator)

    assert refusal.value.code == "not-allowed"
    assert not Programme.objects.filter(slug="autre").exists()
