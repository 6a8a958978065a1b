"""Adding, correcting and ending organisations."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from concerte.accounts.models import User
from concerte.journal.models import Entry
from concerte.partners.errors import OrganisationRefused
from concerte.partners.models import Membership, Organisation
from concerte.partners.services import create_organisation, end_organisation, update_organisation
from tests.accounts.factories import UserFactory
from tests.partners.factories import MembershipFactory, OrganisationFactory, local_college, state_college

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator() -> User:
    person: User = MembershipFactory(coordination=True, organisation__slug="dinum").person
    return person


def corrected(organisation: Organisation, **changes: object) -> dict[str, object]:
    names = ("name", "acronym", "college", "kind", "starts_on", "note")
    return {**{name: getattr(organisation, name) for name in names}, **changes}


def test_a_coordinator_adds_an_organisation(coordinator: User):
    made = create_organisation(
        slug="amf", name=" Association des maires ", acronym="AMF", college=local_college(), acting_user=coordinator
    )

    assert (made.name, made.college.slug, made.starts_on, made.sources) == (
        "Association des maires",
        "collectivites",
        None,
        [],
    )
    entry = Entry.objects.get()
    assert (entry.act, entry.actor_id, entry.organisation) == ("partners.organisation_created", coordinator.pk, "dinum")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"slug": "DINUM !"}, "bad-slug"),
        ({"slug": "dinum"}, "slug-taken"),
        ({"name": "  "}, "no-name"),
        ({"starts_on": date(2020, 1, 1), "ends_on": date(2020, 1, 1)}, "ends-before-start"),
    ],
)
def test_what_does_not_hold_is_refused_and_nothing_is_written(coordinator: User, changes, code):
    wanted = {"slug": "amf", "name": "AMF", "college": state_college(), **changes}

    with pytest.raises(OrganisationRefused) as refusal:
        create_organisation(**wanted, acting_user=coordinator)

    assert refusal.value.code == code
    assert [organisation.slug for organisation in Organisation.objects.all()] == ["dinum"]
    assert not Entry.objects.exists()


@pytest.mark.parametrize("role", ["reader", "contributor", "representative"])
def test_others_change_nothing(role):
    traits = {} if role == "representative" else {role: True}
    person = MembershipFactory(**traits).person
    organisation = OrganisationFactory()

    refusals = []
    for attempt in (
        lambda: create_organisation(slug="a", name="A", college=state_college(), acting_user=person),
        lambda: update_organisation(organisation, **corrected(organisation, name="B"), acting_user=person),
        lambda: end_organisation(organisation, reason="Fusion", acting_user=person),
    ):
        with pytest.raises(OrganisationRefused) as refusal:
            attempt()
        refusals.append(refusal.value.code)

    assert refusals == ["not-allowed"] * 3
    organisation.refresh_from_db()
    assert (organisation.name != "B", organisation.ends_on) == (True, None)
    assert not Entry.objects.exists()


def test_an_administrator_and_an_operator_may_too():
    administrator = UserFactory(administrator=True)

    create_organisation(slug="a", name="A", college=state_college(), acting_user=administrator)
    create_organisation(slug="b", name="B", college=state_college(), acting_user=None)

    assert list(Entry.objects.order_by("pk").values_list("actor_id", flat=True)) == [administrator.pk, None]


def test_a_corrected_first_day_is_no_longer_what_the_sources_say(coordinator: User):
    organisation = OrganisationFactory(
        certainty="documented", starts_known_as="2019", sources=[{"id": "s1", "title": "Décret"}]
    )

    update_organisation(organisation, **corrected(organisation, starts_on=date(2019, 10, 25)), acting_user=coordinator)

    organisation.refresh_from_db()
    assert (organisation.starts_on, organisation.certainty) == (date(2019, 10, 25), "")
    assert organisation.start_text == "2019-10-25"
    assert organisation.sources == [{"id": "s1", "title": "Décret"}]
    assert Entry.objects.get().details == {"changed": ["certainty", "starts_known_as", "starts_on"]}


def test_a_corrected_name_leaves_the_certainty(coordinator: User):
    organisation = OrganisationFactory(certainty="documented")

    update_organisation(organisation, **corrected(organisation, name="Nouveau nom"), acting_user=coordinator)

    organisation.refresh_from_db()
    assert (organisation.name, organisation.certainty) == ("Nouveau nom", "documented")


def test_saving_without_a_change_writes_nothing(coordinator: User):
    organisation = OrganisationFactory()

    update_organisation(organisation, **corrected(organisation), acting_user=coordinator)

    assert not Entry.objects.exists()


def test_ending_an_organisation_ends_what_is_held_in_it(coordinator: User):
    organisation = OrganisationFactory()
    held = MembershipFactory(organisation=organisation)
    to_come = MembershipFactory(organisation=organisation, future=True)
    long_over = MembershipFactory(organisation=organisation, ended=True)

    end_organisation(organisation, reason="Fusion avec une autre", acting_user=coordinator)

    today = timezone.localdate()
    organisation.refresh_from_db()
    assert (organisation.ends_on, organisation.ended_because) == (today, "Fusion avec une autre")
    ends = {membership.pk: membership.ends_on for membership in Membership.objects.filter(organisation=organisation)}
    assert ends == {held.pk: today, to_come.pk: to_come.starts_on, long_over.pk: long_over.ends_on}
    assert not Membership.objects.held_on(today).filter(organisation=organisation).exists()
    assert set(Entry.objects.values_list("actor_id", flat=True)) == {coordinator.pk}


@pytest.mark.parametrize(
    ("situation", "day", "reason", "code"),
    [
        ({}, None, "  ", "no-reason"),
        ({"ended": True}, None, "Fusion", "already-ended"),
        ({"starts_on": date(2020, 1, 1)}, date(2019, 1, 1), "Fusion", "ends-before-start"),
    ],
)
def test_an_end_that_does_not_hold_is_refused(coordinator: User, situation, day, reason, code):
    organisation = OrganisationFactory(**situation)
    before = organisation.ends_on

    with pytest.raises(OrganisationRefused) as refusal:
        end_organisation(organisation, on=day, reason=reason, acting_user=coordinator)

    assert refusal.value.code == code
    organisation.refresh_from_db()
    assert organisation.ends_on == before


def test_the_database_itself_refuses_an_end_before_the_start():
    with pytest.raises(IntegrityError), transaction.atomic():
        OrganisationFactory(starts_on=date(2020, 1, 1), ends_on=date(2019, 1, 1))


def test_existence_begins_on_the_first_day_and_stops_before_the_last():
    organisation = OrganisationFactory(starts_on=date(2015, 9, 22), ends_on=date(2019, 10, 25))
    days = [date(2015, 9, 21), date(2015, 9, 22), date(2019, 10, 24), date(2019, 10, 25)]

    from_rows = [Organisation.objects.existing_on(day).exists() for day in days]

    assert from_rows == [organisation.exists_on(day) for day in days] == [False, True, True, False]


def test_unknown_dates_do_not_hide_an_organisation():
    organisation = OrganisationFactory()

    assert organisation.exists_on(timezone.localdate() - timedelta(days=36500))
    assert Organisation.objects.existing_on(date(1900, 1, 1)).get() == organisation
