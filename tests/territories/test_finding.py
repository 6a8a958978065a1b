"""Finding a territory by its name or its code, and picking it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerte.partners.models import Organisation
from concerte.territories.forms import MAX_FOUND, TerritoryForm
from concerte.territories.models import Territory
from concerte.territories.names import searchable
from tests.partners.factories import MembershipFactory, OrganisationFactory
from tests.territories.factories import TerritoryFactory

pytestmark = pytest.mark.django_db


@given(st.text(max_size=60))
def test_a_searchable_name_is_plain_and_made_plain_again_is_the_same(name):
    found = searchable(name)

    assert found == searchable(found)
    assert found.replace(" ", "").isalnum() or not found
    assert found.isascii()


@pytest.mark.parametrize("asked", ["Saint-Étienne", "saint etienne", "ST ETIENNE", "st-etienne", "Saint‑étienne"])
def test_case_accents_hyphens_and_saint_do_not_matter(asked):
    TerritoryFactory(name="Saint-Étienne")

    assert [found.name for found in Territory.objects.called(asked)] == ["Saint-Étienne"]


def test_a_word_inside_the_name_is_enough():
    TerritoryFactory(name="L’Haÿ-les-Roses")

    assert Territory.objects.called("roses").exists()
    assert not Territory.objects.called("oses").exists()


@pytest.mark.parametrize("asked", ["2A004", "2a004", " 2A004 "])
def test_a_code_is_found_as_it_is_written(asked):
    TerritoryFactory(name="Ajaccio", code="2A004")

    assert [found.code for found in Territory.objects.called(asked)] == ["2A004"]


def test_the_very_name_comes_first_then_the_most_populous():
    TerritoryFactory(name="Lyons-la-Forêt", population=700)
    TerritoryFactory(name="Lyon", population=520_000)
    TerritoryFactory(name="Métropole de Lyon", population=1_400_000)
    TerritoryFactory(name="Lyonnais", population=None)

    found = [territory.name for territory in Territory.objects.called("lyon")]

    assert found == ["Lyon", "Lyons-la-Forêt", "Lyonnais", "Métropole de Lyon"]


@pytest.mark.parametrize("asked", ["", "   ", "%", "_", "’"])
def test_a_search_without_letters_finds_nothing(asked):
    TerritoryFactory()

    assert not Territory.objects.called(asked).exists()


def test_namesakes_are_told_apart_by_code_and_departement():
    ain = TerritoryFactory(name="Ain", code="01", departement_level=True)
    TerritoryFactory(name="Saint-Denis", code="01344", departement=ain)

    form = TerritoryForm(asked="saint-denis")

    assert ("commune-01344", "Saint-Denis (commune, 01344, Ain)") in form.fields["territory"].choices


def test_a_long_list_of_results_is_cut_and_says_so():
    TerritoryFactory.create_batch(MAX_FOUND + 1)

    form = TerritoryForm(asked="villeneuve")

    assert form.found_too_many
    assert len(form.found) == MAX_FOUND


def test_a_manager_says_the_territory_of_an_organisation(client):
    organisation = OrganisationFactory(local=True)
    territory = TerritoryFactory(name="Saint-Étienne", code="42218")
    client.force_login(MembershipFactory(coordination=True).person)
    address = f"/coordination/organisations/{organisation.slug}/territoire"

    page = client.get(address, {"asked": "st etienne"})
    answer = client.post(f"{address}?asked=st+etienne", {"territory": territory.pk})

    assert "1 territoire trouvé" in page.text
    assert "Saint-Étienne (commune, 42218)" in page.text
    assert answer.status_code == 302
    assert Organisation.objects.get(pk=organisation.pk).territory == territory
    assert "Saint-Étienne" in client.get(f"/organisations/{organisation.slug}").text
    assert client.get(f"/organisations/{organisation.slug}.json").json()["territory"]["stratum"] == "commune-500"


def test_others_cannot_say_it(client):
    organisation = OrganisationFactory(local=True)
    territory = TerritoryFactory()
    client.force_login(MembershipFactory(organisation=organisation).person)

    answer = client.post(f"/coordination/organisations/{organisation.slug}/territoire", {"territory": territory.pk})

    assert answer.status_code == 403
    assert Organisation.objects.get(pk=organisation.pk).territory is None


def test_a_territory_that_does_not_exist_is_refused(client):
    organisation = OrganisationFactory(local=True)
    client.force_login(MembershipFactory(coordination=True).person)

    answer = client.post(f"/coordination/organisations/{organisation.slug}/territoire", {"territory": "commune-99999"})

    assert answer.status_code == 400
    assert Organisation.objects.get(pk=organisation.pk).territory is None
