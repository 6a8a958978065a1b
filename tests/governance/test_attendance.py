"""Who is there, through whom, by which proxy; the quorum of each college, proved against a plain reference."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerte.governance.errors import MeetingRefused
from concerte.governance.models import Attendance, Seat
from concerte.governance.quorum import is_quorate, needed_of, presence_by_college, presence_of
from concerte.governance.services import record_attendance
from concerte.partners.models import College
from tests.governance.factories import MandateFactory, MeetingFactory, SeatFactory, assembly, held, put_to_approval
from tests.partners.factories import OrganisationFactory


def another_local_seat(at, **changes):
    return SeatFactory(body=at.body, organisation=OrganisationFactory(local=True), **changes)


def note(meeting, seat, state, *, by, **facts):
    return record_attendance(meeting, seat, state=state, acting_user=by, **facts)


@pytest.mark.django_db
def test_an_organisation_is_present_through_who_holds_its_seat():
    at = assembly()
    meeting = MeetingFactory(body=at.body, to_come=True)

    noted = note(meeting, at.local_seat, "present", by=at.secretary, person=at.local_substitute)

    assert noted.person == at.local_substitute


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "code"), [(None, "no-person"), ("local_contributor", "not-holder")])
def test_nobody_else_makes_an_organisation_present(role, code):
    at = assembly()
    meeting = MeetingFactory(body=at.body, to_come=True)

    with pytest.raises(MeetingRefused) as refusal:
        note(meeting, at.local_seat, "present", by=at.secretary, person=at.people()[role] if role else None)

    assert refusal.value.code == code
    assert not Attendance.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["local_holder", "local_substitute", "local_representative"])
def test_an_organisation_excuses_itself(role):
    at = assembly()
    meeting = MeetingFactory(body=at.body, to_come=True)

    noted = note(meeting, at.local_seat, "excused", by=at.people()[role])

    assert noted.state == "excused"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "state", "code"),
    [
        ("local_holder", "present", "not-yours"),
        ("local_holder", "absent", "not-yours"),
        ("state_holder", "excused", "not-allowed"),
        ("local_contributor", "excused", "not-allowed"),
        ("neighbour", "excused", "not-allowed"),
        ("administrator", "excused", "not-allowed"),
    ],
)
def test_others_note_nothing_for_an_organisation(role, state, code):
    at = assembly()
    meeting = MeetingFactory(body=at.body, to_come=True)

    with pytest.raises(MeetingRefused) as refusal:
        note(meeting, at.local_seat, state, by=at.people()[role])

    assert refusal.value.code == code
    assert not Attendance.objects.exists()


@pytest.mark.django_db
def test_presence_is_corrected_until_the_minutes_are_put_to_approval():
    at = assembly()

    note(held(at), at.local_seat, "absent", by=at.secretary)
    with pytest.raises(MeetingRefused) as refusal:
        note(put_to_approval(at), at.local_seat, "absent", by=at.secretary)

    assert refusal.value.code == "not-open-to-presence"


@pytest.mark.django_db
def test_a_proxy_goes_to_another_organisation_of_the_college():
    at = assembly()
    other = another_local_seat(at)
    meeting = MeetingFactory(body=at.body, to_come=True)

    noted = note(meeting, at.local_seat, "proxy", by=at.local_representative, proxy_to=other)

    assert (noted.state, noted.proxy_to) == ("proxy", other)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("to", "code"),
    [
        (None, "no-proxy"),
        ("itself", "proxy-to-itself"),
        ("state", "proxy-college"),
        ("observer", "proxy-not-voting"),
        ("gone", "not-seated"),
        ("another body", "not-seated"),
    ],
)
def test_a_proxy_that_cannot_be_is_refused(to, code):
    at = assembly()
    targets = {
        None: None,
        "itself": at.local_seat,
        "state": at.state_seat,
        "observer": at.observer_seat,
        "gone": another_local_seat(at, ended=True),
        "another body": SeatFactory(organisation=OrganisationFactory(local=True)),
    }
    meeting = MeetingFactory(body=at.body, to_come=True)

    with pytest.raises(MeetingRefused) as refusal:
        note(meeting, at.local_seat, "proxy", by=at.secretary, proxy_to=targets[to])

    assert refusal.value.code == code
    assert not Attendance.objects.exists()


@pytest.mark.django_db
def test_proxies_make_no_chain():
    at = assembly(max_proxies=5)
    second, third = another_local_seat(at), another_local_seat(at)
    meeting = MeetingFactory(body=at.body, to_come=True, max_proxies=5)
    note(meeting, at.local_seat, "proxy", by=at.secretary, proxy_to=second)

    with pytest.raises(MeetingRefused) as onwards:
        note(meeting, second, "proxy", by=at.secretary, proxy_to=third)
    with pytest.raises(MeetingRefused) as backwards:
        note(meeting, third, "proxy", by=at.secretary, proxy_to=at.local_seat)

    assert (onwards.value.code, backwards.value.code) == ("proxy-chain", "proxy-chain")
    assert Attendance.objects.count() == 1


@pytest.mark.django_db
def test_an_organisation_holds_as_many_proxies_as_its_body_allows():
    at = assembly()
    second, third = another_local_seat(at), another_local_seat(at)
    meeting = MeetingFactory(body=at.body, to_come=True, max_proxies=1)
    note(meeting, second, "proxy", by=at.secretary, proxy_to=at.local_seat)

    again = note(meeting, second, "proxy", by=at.secretary, proxy_to=at.local_seat)
    with pytest.raises(MeetingRefused) as refusal:
        note(meeting, third, "proxy", by=at.secretary, proxy_to=at.local_seat)

    assert again.proxy_to == at.local_seat
    assert refusal.value.code == "too-many-proxies"


@pytest.mark.django_db
def test_each_college_has_its_quorum_and_a_proxy_counts_while_its_holder_is_there():
    at = assembly()
    other = another_local_seat(at)
    through = MandateFactory(seat=other).person
    meeting = MeetingFactory(body=at.body, to_come=True, quorum_percent=100)
    note(meeting, at.state_seat, "present", by=at.secretary, person=at.state_holder)
    note(meeting, at.local_seat, "proxy", by=at.secretary, proxy_to=other)
    without = {side.college.slug: (side.counted, side.needed, side.is_met) for side in presence_of(meeting)}

    note(meeting, other, "present", by=at.secretary, person=through)

    assert without == {"etat": (1, 1, True), "collectivites": (0, 2, False)}
    assert is_quorate(presence_of(meeting))
    note(meeting, other, "absent", by=at.secretary)
    assert not is_quorate(presence_of(meeting))


STATES = [None, "present", "proxy", "excused", "absent"]
A_SEAT = st.tuples(st.integers(1, 3), st.booleans(), st.sampled_from(STATES), st.integers(0, 7))


@given(table=st.lists(A_SEAT, max_size=8), percent=st.integers(0, 100))
def test_the_quorum_is_what_counting_by_hand_gives(table, percent):
    colleges = {key: College(pk=key, slug=f"college-{key}") for key in (1, 2, 3)}
    seats = [
        Seat(pk=rank, college=colleges[college], is_voting=is_voting)
        for rank, (college, is_voting, _state, _to) in enumerate(table)
    ]
    said = {
        rank: Attendance(seat_id=rank, state=state, proxy_to_id=to if state == "proxy" else None)
        for rank, (_college, _voting, state, to) in enumerate(table)
        if state
    }

    sides = {side.college.pk: side for side in presence_by_college(seats, said, percent)}

    voting = {rank for rank, row in enumerate(table) if row[1]}
    assert set(sides) == {table[rank][0] for rank in voting}
    for college, side in sides.items():
        own = [rank for rank in voting if table[rank][0] == college]
        present = [rank for rank in own if table[rank][2] == "present"]
        represented = [
            rank
            for rank in own
            if table[rank][2] == "proxy" and table[rank][3] in voting and table[table[rank][3]][2] == "present"
        ]
        assert (side.seats, side.present, side.represented) == (len(own), len(present), len(represented))
        assert side.is_met == (Fraction(len(present) + len(represented), len(own)) >= Fraction(percent, 100))


@given(seats=st.integers(0, 1000), percent=st.integers(0, 100))
def test_what_the_quorum_asks_for_is_the_share_rounded_up(seats, percent):
    needed = needed_of(seats, percent)

    assert needed - 1 < Fraction(seats * percent, 100) <= needed
