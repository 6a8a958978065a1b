"""Bodies and seats: made, changed, ended by those who may; dates checked, overlaps refused, history kept."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from concerte.governance.errors import BodyRefused
from concerte.governance.models import Body, Seat
from concerte.governance.services import create_body, end_body, end_seat, grant_seat, update_body
from concerte.journal.models import Entry
from tests.governance.factories import (
    BodyFactory,
    CircleFactory,
    SeatFactory,
    assembly,
    independent_college,
    long_ago,
)
from tests.partners.factories import OrganisationFactory

pytestmark = pytest.mark.django_db

FACTS = {"slug": "comite", "name": "Comité d’essai", "level": Body.Level.STEERING}


def today():
    return timezone.localdate()


def test_whoever_coordinates_makes_a_body_in_their_circle():
    at = assembly()

    made = create_body(**FACTS, circles=[at.circle], quorum_percent=40, starts_on="2026-S1", acting_user=at.secretary)

    assert list(made.circles.all()) == [at.circle]
    assert (made.quorum_percent, made.starts_on, made.publicity) == (40, "2026-S1", "public")
    assert Entry.objects.about(made).get().act == "governance.body_created"


@pytest.mark.parametrize("role", ["administrator", None])
def test_administration_and_operators_make_bodies_without_a_programme(role):
    at = assembly()

    made = create_body(**FACTS, acting_user=at.people()[role] if role else None)

    assert not made.circles.exists()


@pytest.mark.parametrize(
    "role", ["state_holder", "local_holder", "local_representative", "local_contributor", "observer", "stranger"]
)
def test_others_make_no_body(role):
    at = assembly()

    with pytest.raises(BodyRefused) as refusal:
        create_body(**FACTS, circles=[at.circle], acting_user=at.people()[role])

    assert refusal.value.code == "not-allowed"
    assert Body.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"slug": "Comité !"}, "bad-slug"),
        ({"slug": "nouvelle"}, "bad-slug"),
        ({"slug": "cos"}, "slug-taken"),
        ({"name": "  "}, "no-name"),
        ({"level": "lunaire"}, "bad-level"),
        ({"starts_on": "hier"}, "bad-date"),
        ({"time_zone": "Lune/Mer"}, "bad-time-zone"),
        ({"quorum_percent": 101}, "bad-quorum"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused(changes, code):
    at = assembly()

    with pytest.raises(BodyRefused) as refusal:
        create_body(**(FACTS | {"circles": [at.circle]} | changes), acting_user=at.secretary)

    assert refusal.value.code == code
    assert Body.objects.count() == 1


@pytest.mark.parametrize(("own", "code"), [(False, "not-your-circle"), (None, "no-circle")])
def test_a_body_is_made_in_the_circles_one_coordinates(own, code):
    at = assembly()

    with pytest.raises(BodyRefused) as refusal:
        create_body(**FACTS, circles=[] if own is None else [CircleFactory()], acting_user=at.secretary)

    assert refusal.value.code == code


def test_what_is_changed_is_in_the_journal_and_the_slug_stays():
    at = assembly()

    changed = update_body(at.body, name="Commission nouvelle", notice_days=10, acting_user=at.secretary)

    assert (changed.slug, changed.name, changed.notice_days) == ("cos", "Commission nouvelle", 10)
    assert Entry.objects.about(changed).first().details == {"changed": ["name", "notice_days"]}


def test_a_change_that_changes_nothing_leaves_no_line():
    at = assembly()

    update_body(at.body, name=at.body.name, acting_user=at.secretary)

    assert not Entry.objects.about(at.body).exists()


def test_the_circle_of_somebody_else_cannot_be_taken_away_from_a_body():
    at = assembly()
    at.body.circles.add(CircleFactory())

    with pytest.raises(BodyRefused) as refusal:
        update_body(at.body, circles=[at.circle], acting_user=at.secretary)

    assert refusal.value.code == "not-your-circle"
    assert at.body.circles.count() == 2


def test_a_body_is_not_above_itself_even_through_others():
    at = assembly()
    below = BodyFactory(above=at.body)

    with pytest.raises(BodyRefused) as refusal:
        update_body(at.body, above=below, acting_user=None)

    assert refusal.value.code == "above-itself"


def test_the_end_of_a_body_ends_its_seats_and_mandates_and_keeps_them():
    at = assembly()

    end_body(at.body, reason="Remplacée.", acting_user=at.secretary)

    at.local_seat.refresh_from_db()
    assert at.local_seat.ends_on == today()
    assert [mandate.ends_on for mandate in at.local_seat.mandates.all()] == [today(), today()]
    assert Seat.objects.count() == 3


@pytest.mark.parametrize(("reason", "code"), [(" ", "no-reason"), ("Encore.", "already-ended")])
def test_the_end_of_a_body_has_a_reason_and_comes_once(reason, code):
    at = assembly()
    if code == "already-ended":
        end_body(at.body, reason="Remplacée.", acting_user=None)
    lines = Entry.objects.count()

    with pytest.raises(BodyRefused) as refusal:
        end_body(at.body, reason=reason, acting_user=at.secretary)

    assert refusal.value.code == code
    assert Entry.objects.count() == lines


def test_a_seat_is_in_the_college_of_the_organisation_unless_another_is_named():
    at = assembly()
    vendor = OrganisationFactory(college=independent_college())

    own = grant_seat(at.body, organisation=vendor, is_voting=False, acting_user=at.secretary)
    named = grant_seat(
        at.body, organisation=OrganisationFactory(), college=independent_college(), weight=3, acting_user=at.secretary
    )

    assert (own.college.slug, own.is_voting) == ("independants", False)
    assert (named.college.slug, named.weight) == ("independants", 3)


@pytest.mark.parametrize("role", ["state_holder", "local_representative", "observer", "neighbour", "stranger"])
def test_others_give_and_end_no_seat(role):
    at = assembly()
    person = at.people()[role]

    with pytest.raises(BodyRefused) as giving:
        grant_seat(at.body, organisation=OrganisationFactory(), acting_user=person)
    with pytest.raises(BodyRefused) as ending:
        end_seat(at.local_seat, reason="Non.", acting_user=person)

    assert (giving.value.code, ending.value.code) == ("not-allowed", "not-allowed")
    assert Seat.objects.filter(ends_on=None).count() == 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"starts_on": date(2026, 3, 1), "ends_on": date(2026, 2, 1)}, "ends-before-start"),
        ({"weight": 0}, "bad-weight"),
        ({"weight": 101}, "bad-weight"),
    ],
)
def test_a_seat_that_makes_no_sense_is_refused(changes, code):
    at = assembly()

    with pytest.raises(BodyRefused) as refusal:
        grant_seat(at.body, organisation=OrganisationFactory(), **changes, acting_user=at.secretary)

    assert refusal.value.code == code
    assert Seat.objects.count() == 3


def test_an_organisation_that_is_gone_gets_no_seat():
    at = assembly()

    with pytest.raises(BodyRefused) as refusal:
        grant_seat(at.body, organisation=OrganisationFactory(ended=True), acting_user=at.secretary)

    assert refusal.value.code == "organisation-ended"


def test_an_organisation_sits_once_at_a_time():
    at = assembly()

    with pytest.raises(BodyRefused) as refusal:
        grant_seat(at.body, organisation=at.association, acting_user=at.secretary)

    assert refusal.value.code == "overlap"


def test_an_organisation_sits_again_once_its_seat_has_ended():
    at = assembly()
    end_seat(at.local_seat, reason="Retrait.", acting_user=at.secretary)

    again = grant_seat(at.body, organisation=at.association, acting_user=at.secretary)

    assert Seat.objects.filter(body=at.body, organisation=at.association).count() == 2
    assert list(Seat.objects.held_on(today()).filter(organisation=at.association)) == [again]


class SeatDates(TestCase):
    @settings(max_examples=40)
    @given(
        known=st.tuples(st.integers(0, 12), st.integers(0, 12)),
        asked=st.tuples(st.integers(0, 12), st.none() | st.integers(0, 12)),
    )
    def test_two_seats_of_an_organisation_never_share_a_day(self, known, asked):
        first = long_ago()
        seat = SeatFactory(starts_on=first + timedelta(known[0]), ends_on=first + timedelta(sum(known)))
        starts_on = first + timedelta(asked[0])
        ends_on = None if asked[1] is None else starts_on + timedelta(asked[1])
        facts = {"organisation": seat.organisation, "starts_on": starts_on, "ends_on": ends_on}

        with suppress(BodyRefused):
            grant_seat(seat.body, **facts, acting_user=None)

        days = [first + timedelta(number) for number in range(40)]
        shared = [day for day in days if seat.is_held_on(day) and starts_on <= day and (not ends_on or day < ends_on)]
        held = [Seat.objects.held_on(day).filter(body=seat.body).count() for day in days]
        assert max(held) <= 1
        # What shares no day is taken; a seat of no day at all may be refused inside another: it costs nothing.
        assert (seat.body.seats.count() == 1) == bool(shared) or ends_on == starts_on
