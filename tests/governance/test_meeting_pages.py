"""Pages of meetings: what is filled in, pushed, refused and read there."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from concerte.governance import sections
from concerte.governance.models import AgendaItem, Attendance, Meeting
from concerte.governance.sections import Section
from concerte.governance.services import (
    cancel_meeting,
    convene_meeting,
    record_attendance,
    take_minutes_position,
    withdraw_item,
)
from concerte.lineage.references import Reference
from tests.governance.factories import (
    AgendaItemFactory,
    MandateFactory,
    MeetingFactory,
    SeatFactory,
    assembly,
    held,
    opened,
    put_to_approval,
)

pytestmark = pytest.mark.django_db


def client_of(at, role):
    client = Client()
    if role != "anonymous":
        client.force_login(at.people()[role])
    return client


def get(client, name, *args):
    return client.get(reverse(f"governance:{name}", args=args))


def post(client, name, *args, **data):
    return client.post(reverse(f"governance:{name}", args=args), data)


def test_a_meeting_is_prepared_from_its_form_at_the_hour_of_the_place():
    at = assembly()

    answer = post(
        client_of(at, "secretary"),
        "new_meeting",
        "cos",
        day="2032-07-01",
        begins="09:30",
        ends="12:00",
        time_zone="Indian/Reunion",
        place="Saint-Denis",
        publicity="public",
    )

    made = Meeting.objects.get()
    assert answer.headers["Location"] == f"/reunions/{made.pk}"
    assert made.starts_at.isoformat() == "2032-07-01T05:30:00+00:00"
    page = get(client_of(at, "secretary"), "meeting", made.pk).content.decode()
    assert "9\u00a0h\u00a030" in page
    assert "7\u00a0h\u00a030 à Paris" in page


@pytest.mark.parametrize(("ends", "hours"), [("12:00", 3), ("01:00", 16)])
def test_a_meeting_that_ends_past_midnight_ends_the_day_after(ends, hours):
    at = assembly()

    post(
        client_of(at, "secretary"),
        "new_meeting",
        "cos",
        day="2032-07-01",
        begins="09:00",
        ends=ends,
        time_zone="Europe/Paris",
        publicity="public",
    )

    made = Meeting.objects.get()
    assert made.ends_at - made.starts_at == timedelta(hours=hours)


def test_an_hour_that_does_not_exist_is_said_in_the_form():
    at = assembly()

    answer = post(
        client_of(at, "secretary"),
        "new_meeting",
        "cos",
        day="2032-03-28",
        begins="02:30",
        ends="04:00",
        time_zone="Europe/Paris",
        publicity="public",
    )

    assert answer.status_code == 400
    assert "les montres avancent" in answer.content.decode()


def test_a_late_convening_is_refused_on_its_page_then_taken_as_urgent():
    at = assembly()
    item = AgendaItemFactory(meeting=MeetingFactory(body=at.body, starts_at=timezone.now() + timedelta(days=3)))
    client = client_of(at, "secretary")

    refused = post(client, "convene", item.meeting_id)
    taken = post(client, "convene", item.meeting_id, urgent_because="Décret attendu.")

    page = get(Client(), "meeting", item.meeting_id).content.decode()
    assert (refused.status_code, taken.status_code) == (409, 302)
    assert "non respecté" in page
    assert "Décret attendu." in page


def test_a_convened_meeting_says_that_the_notice_was_kept():
    at = assembly()
    item = AgendaItemFactory(meeting=MeetingFactory(body=at.body))
    convene_meeting(item.meeting, acting_user=at.secretary)

    page = get(Client(), "meeting", item.meeting_id).content.decode()

    assert "délai de 15 jours respecté" in page


def test_a_cancelled_meeting_says_why():
    at = assembly()
    meeting = cancel_meeting(MeetingFactory(body=at.body, to_come=True), reason="Grève.", acting_user=at.secretary)

    assert "Grève." in get(Client(), "meeting", meeting.pk).content.decode()


def test_an_item_points_at_what_its_address_shows():
    at = assembly()
    meeting, other = MeetingFactory(body=at.body), MeetingFactory(body=at.body, to_come=True)

    post(
        client_of(at, "secretary"),
        "new_item",
        meeting.pk,
        title="Suites",
        kind="discussion",
        about=f"http://127.0.0.1:8000/reunions/{other.pk}?x=1#point",
    )

    assert meeting.items.get().reference == Reference.to(other)
    page = get(client_of(at, "local_holder"), "meeting", meeting.pk).content.decode()
    assert f'href="/reunions/{other.pk}"' in page


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ("/reunions/987654", "n’est pas celle d’une page"),
        ("https://exemple.fr/ailleurs", "n’est pas celle d’une page"),
        ("zzz", "Rien ne répond"),
        ("Commission", "Plusieurs choses répondent"),
    ],
)
def test_an_item_that_points_at_nothing_clear_is_asked_again(about, message):
    at = assembly()
    meeting = MeetingFactory(body=at.body)

    answer = post(client_of(at, "secretary"), "new_item", meeting.pk, title="Point", kind="decision", about=about)

    assert answer.status_code == 400
    assert message in answer.content.decode()
    assert not meeting.items.exists()


def test_an_item_changed_keeps_what_it_points_at():
    at = assembly()
    meeting, other = MeetingFactory(body=at.body), MeetingFactory(body=at.body)
    item = AgendaItemFactory(meeting=meeting, reference_kind="governance.meeting", reference_id=str(other.pk))
    client = client_of(at, "secretary")
    form = get(client, "edit_item", item.pk).context["form"]

    post(client, "edit_item", item.pk, title="Autre", kind="decision", about=form["about"].value())

    item.refresh_from_db()
    assert (item.title, item.reference) == ("Autre", Reference.to(other))


def test_what_one_may_not_see_is_not_shown_on_an_agenda():
    at = assembly()
    hidden = MeetingFactory(body=at.body, title="Réunion secrète")
    item = AgendaItemFactory(
        meeting=MeetingFactory(body=at.body, to_come=True),
        reference_kind="governance.meeting",
        reference_id=str(hidden.pk),
    )

    assert "Réunion secrète" in get(client_of(at, "local_holder"), "meeting", item.meeting_id).content.decode()
    assert "Réunion secrète" not in get(Client(), "meeting", item.meeting_id).content.decode()


def test_items_are_moved_by_buttons():
    at = assembly()
    meeting = MeetingFactory(body=at.body)
    first, second = AgendaItemFactory.create_batch(2, meeting=meeting)

    answer = post(client_of(at, "secretary"), "move_item", second.pk, sens="haut")

    assert list(meeting.items.standing()) == [second, first]
    assert answer.headers["Location"].endswith(f"#point-{second.pk}")


def test_what_was_left_over_is_proposed_and_put_in_one_step():
    at = assembly()
    left = held(at, "Feuille de route").items.get()
    following = MeetingFactory(body=at.body)
    client = client_of(at, "secretary")
    proposed = get(client, "meeting", following.pk).content.decode()
    before = get(client, "meeting", left.meeting_id).content.decode()

    post(client, "carry_over", following.pk, left.pk)

    assert "Laissés par d’autres réunions" in proposed
    assert "Reporter à la réunion du" in before
    page = get(client, "meeting", following.pk).content.decode()
    assert "Reporté de la" in page
    assert "Laissés par d’autres réunions" not in page
    assert "Repris à la" in get(client, "meeting", left.meeting_id).content.decode()


def test_a_withdrawn_item_stays_on_the_page_with_its_reason():
    at = assembly()
    item = AgendaItemFactory(meeting=MeetingFactory(body=at.body, to_come=True))
    withdraw_item(item, reason="Sans objet.", acting_user=at.secretary)

    assert "Sans objet." in get(Client(), "meeting", item.meeting_id).content.decode()


def test_the_secretariat_notes_everybody_at_once():
    at = assembly()
    meeting = opened(at)

    answer = post(
        client_of(at, "secretary"),
        "attendance",
        meeting.pk,
        **{
            f"siege-{at.state_seat.pk}-noted": f"present:{at.state_holder.pk}",
            f"siege-{at.local_seat.pk}-noted": "absent",
            f"siege-{at.observer_seat.pk}-noted": "",
        },
    )

    assert answer.status_code == 302
    assert dict(meeting.attendances.values_list("seat", "state")) == {
        at.state_seat.pk: "present",
        at.local_seat.pk: "absent",
    }
    page = get(Client(), "meeting", meeting.pk).content.decode()
    assert "quorum non atteint" in page


def test_an_organisation_cannot_say_of_itself_what_the_secretariat_notes():
    at = assembly()
    meeting = MeetingFactory(body=at.body, to_come=True)

    answer = post(
        client_of(at, "local_holder"),
        "attendance",
        meeting.pk,
        **{f"siege-{at.local_seat.pk}-noted": f"present:{at.local_holder.pk}"},
    )

    assert answer.status_code == 400
    assert not Attendance.objects.exists()


def test_what_the_rule_refuses_is_said_beside_the_organisation():
    at = assembly(max_proxies=1)
    seats = [SeatFactory(body=at.body, college=at.local_seat.college) for _rank in range(2)]
    meeting = MeetingFactory(body=at.body, to_come=True)
    noted = {f"siege-{seat.pk}-noted": f"proxy:{at.local_seat.pk}" for seat in seats}

    answer = post(client_of(at, "secretary"), "attendance", meeting.pk, **noted)

    assert answer.status_code == 409
    assert "autant de pouvoirs que permis" in answer.content.decode()
    assert Attendance.objects.count() == 1


def test_minutes_are_put_answered_and_fixed_from_their_page():
    at = assembly()
    meeting = held(at)
    secretary, local, state = (client_of(at, role) for role in ("secretary", "local_holder", "state_holder"))

    post(secretary, "put_minutes", meeting.pk)
    form = get(local, "minutes", meeting.pk).context["form"]
    digest = form["digest"].value()
    objected = post(local, "answer_minutes", meeting.pk, kind="objection", digest=digest)
    first = post(local, "answer_minutes", meeting.pk, kind="approval", digest=digest)
    second = post(state, "answer_minutes", meeting.pk, kind="approval", digest=digest)

    meeting.refresh_from_db()
    assert (objected.status_code, first.status_code, second.status_code) == (409, 302, 302)
    assert meeting.minutes_state == "fixed"
    data = get(Client(), "minutes_data", meeting.pk)
    assert data.content.decode() == meeting.minutes_content


@pytest.mark.parametrize("role", ["secretary", "observer"])
def test_those_without_a_vote_are_not_asked_about_minutes(role):
    at = assembly()
    meeting = put_to_approval(at)
    client = client_of(at, role)

    page = get(client, "minutes", meeting.pk)
    answer = post(client, "answer_minutes", meeting.pk, kind="approval", digest=meeting.minutes_digest)

    assert page.context["form"] is None
    assert answer.status_code == 403


def test_minutes_sent_back_show_why_and_may_be_written_again():
    at = assembly()
    meeting = put_to_approval(at)
    take_minutes_position(
        meeting, kind="objection", reasons="Notre réserve.", digest=meeting.minutes_digest, acting_user=at.local_holder
    )

    page = get(client_of(at, "secretary"), "minutes", meeting.pk)

    assert "Notre réserve." in page.content.decode()
    assert page.context["note"]["mayWrite"]


def test_a_documented_meeting_says_that_its_date_is_all_that_is_known(client):
    at = assembly()
    meeting = MeetingFactory(body=at.body, documented=True)

    page = get(client, "meeting", meeting.pk).content.decode()

    assert "janvier 2021" in page
    assert "Seule la date de cette réunion est documentée" in page
    assert get(client, "meeting_calendar", meeting.pk).status_code == 404
    assert get(client, "meeting_data", meeting.pk).json()["day"] == "2021-01"


def test_the_twin_says_what_the_page_says(client):
    at = assembly()
    meeting = opened(at, "Feuille de route")
    record_attendance(meeting, at.state_seat, state="present", person=at.state_holder, acting_user=at.secretary)

    data = get(client, "meeting_data", meeting.pk).json()

    assert [item["title"] for item in data["agenda"]] == ["Feuille de route"]
    assert data["attendance"] == [
        {
            "organisation": at.state.slug,
            "college": "etat",
            "is_voting": True,
            "state": "present",
            "proxy_to": None,
        }
    ]
    assert [side["is_met"] for side in data["quorum"]] == [True, False]


def test_a_full_meeting_asks_no_more_queries(django_assert_max_num_queries):
    at = assembly()
    meeting = opened(at, *(f"Point {rank}" for rank in range(15)))
    AgendaItem.objects.update(reference_kind="governance.meeting", reference_id=str(meeting.pk))
    for _rank in range(15):
        seat = SeatFactory(body=at.body, college=at.local_seat.college)
        through = MandateFactory(seat=seat).person
        record_attendance(meeting, seat, state="present", person=through, acting_user=at.secretary)
    client = client_of(at, "secretary")

    with django_assert_max_num_queries(30):
        get(client, "meeting", meeting.pk)
    with django_assert_max_num_queries(20):
        get(client, "attendance", meeting.pk)


def test_every_button_carries_the_token_that_lets_it_through():
    at = assembly()
    meetings = [opened(at, "Feuille de route", "Budget"), MeetingFactory(body=at.body, convened=True), held(at)]
    AgendaItemFactory(meeting=meetings[1])
    client = client_of(at, "secretary")

    for meeting in meetings:
        html = get(client, "meeting", meeting.pk).content.decode()
        forms = [part.split("</form>")[0] for part in html.split("<form")[1:]]
        assert len(forms) > 1
        assert all("csrfmiddlewaretoken" in form for form in forms)


def test_all_the_meetings_of_a_body_have_pages(client):
    at = assembly()
    MeetingFactory.create_batch(35, body=at.body, status="held")

    page = get(client, "meetings", "cos").content.decode()

    assert "Page 1 sur 2" in page
    assert "Voir les 35 réunions passées" in get(client, "body", "cos").content.decode()


def test_other_capabilities_add_their_part_to_the_page_of_a_meeting(client):
    at = assembly()
    meeting = MeetingFactory(body=at.body, to_come=True)

    def provider(_meeting, _viewer):
        return Section("common/includes/sources.html", {"sources": []})

    sections.add_to_meetings(provider)
    try:
        answer = get(client, "meeting", meeting.pk)
    finally:
        sections.remove(provider)

    assert len(answer.context["sections"]) == 1
