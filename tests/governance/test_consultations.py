"""Texts submitted upstream: asked, judged once, answered point by point; refused without a trace; how long it takes."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from concerte.accounts.waiting import items_for
from concerte.documents.errors import FileRefused
from concerte.documents.models import Access, Document, Level
from concerte.governance.errors import ConsultationRefused
from concerte.governance.models import Consultation, CostEstimate, Opinion, OpinionPoint
from concerte.governance.reading.consultations import delays_of
from concerte.governance.services import (
    Cost,
    add_point,
    answer_point,
    give_opinion,
    keep_every_note_access_true,
    submit_consultation,
    withdraw_consultation,
)
from concerte.lineage.references import Reference
from concerte.lineage.walking import leads_to
from tests.governance.factories_consultations import submitted, values

pytestmark = pytest.mark.django_db


def level_of(document, person):
    return Access.objects.filter(document=document, person=person).values_list("level", flat=True).first()


def test_each_body_gets_a_note_to_prepare_its_opinion_together():
    of = submitted()

    assert level_of(of.opinion.note, of.workshop.representative) == Level.WRITE
    assert level_of(of.opinion.note, of.secretary) == Level.WRITE
    assert level_of(of.opinion.note, of.workshop.state_representative) is None


def test_an_unknown_cost_is_kept_as_unknown():
    of = submitted()

    assert {cost.stratum: cost.once_euros for cost in of.consultation.costs.all()} == {"commune-0": 1200, "epci": None}


def test_what_the_text_concerns_is_on_its_thread():
    action = Reference("programme.action", "1")

    of = submitted(concerned=[action])

    assert leads_to(action, Reference.to(of.consultation))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": " "}, "no-title"),
        ({"summary": ""}, "no-summary"),
        ({"kind": "poem"}, "unknown-kind"),
        ({"due_on": timezone.localdate()}, "bad-date"),
        ({"strata": ["village"]}, "unknown-stratum"),
        ({"costs": {"epci": Cost(once_euros=-1)}}, "bad-cost"),
        ({"bodies": []}, "no-body"),
    ],
)
def test_submitting_is_refused_without_a_trace(changes, code):
    of = submitted()
    documents = Document.objects.count()

    with pytest.raises(ConsultationRefused) as refusal:
        submit_consultation(of.workshop.programme.circle, **values(of.workshop, of.body) | changes)

    assert refusal.value.code == code
    assert Consultation.objects.count() == 1
    assert CostEstimate.objects.count() == 2
    assert Document.objects.count() == documents


@pytest.mark.parametrize("who", ["representative", "pilot", "contributor", "reader", "administrator", "stranger"])
def test_only_who_represents_the_state_service_submits(who):
    of = submitted()
    changes = {"acting_user": getattr(of.workshop, who)}
    if who == "representative":
        changes["organisation"] = of.workshop.association

    with pytest.raises(ConsultationRefused) as refusal:
        submit_consultation(of.workshop.programme.circle, **values(of.workshop, of.body) | changes)

    assert refusal.value.code == "not-allowed"


def test_a_file_that_is_not_what_it_says_keeps_the_text_from_being_submitted():
    of = submitted()
    upload = SimpleUploadedFile("decret.pdf", b"MZ\x90\x00")

    with pytest.raises(FileRefused) as refusal:
        submit_consultation(of.workshop.programme.circle, **values(of.workshop, of.body), upload=upload)

    assert refusal.value.code == "not-what-it-says"
    assert Consultation.objects.count() == 1


def test_an_opinion_is_given_in_the_words_of_its_note_and_does_not_change_after():
    of = submitted()

    given_opinion = of.give()
    of.write("Après coup.")

    assert "Trop court pour les petites communes." in str(given_opinion.text)
    assert "Après coup." not in str(of.opinion.text)
    assert given_opinion.digest.startswith("sha256:")
    assert level_of(given_opinion.note, of.secretary) == Level.READ


@pytest.mark.parametrize(
    ("who", "kind", "is_written", "code"),
    [
        ("representative", "favourable", True, "not-allowed"),
        ("state_representative", "favourable", True, "not-allowed"),
        (None, "perhaps", True, "unknown-kind"),
        (None, "favourable", False, "no-text"),
        (None, "reserved", True, "no-point"),
    ],
)
def test_giving_is_refused_without_a_trace(who, kind, is_written, code):
    of = submitted()
    if is_written:
        of.write()

    with pytest.raises(ConsultationRefused) as refusal:
        give_opinion(of.opinion, kind=kind, acting_user=getattr(of.workshop, who) if who else of.secretary)

    assert refusal.value.code == code
    assert not Opinion.objects.given().exists()


def test_an_opinion_is_given_once_and_takes_no_more_points():
    of = submitted()
    of.give()

    for act in (
        lambda: give_opinion(of.opinion, kind="favourable", acting_user=of.secretary),
        lambda: add_point(of.opinion, text="Encore", acting_user=of.secretary),
    ):
        with pytest.raises(ConsultationRefused) as refusal:
            act()
        assert refusal.value.code == "already-given"
    assert OpinionPoint.objects.count() == 1


def test_the_state_answers_each_point_and_the_consultation_closes_with_the_last():
    of = submitted()
    first, second = of.give(points=2).points.all()

    answer_point(first, answer="Suivi.", is_followed=True, acting_user=of.workshop.state_representative)
    of.consultation.refresh_from_db()
    still_open = of.consultation.is_open
    answer_point(second, answer="Non.", is_followed=False, acting_user=of.workshop.state_representative)

    of.consultation.refresh_from_db()
    assert still_open
    assert of.consultation.state == "answered"
    assert of.consultation.answered_at is not None


def test_an_opinion_without_points_closes_it_at_once():
    of = submitted()

    of.give("favourable", points=0)

    of.consultation.refresh_from_db()
    assert of.consultation.state == "answered"


@pytest.mark.parametrize(
    ("who", "answer", "code"),
    [("representative", "Non.", "not-allowed"), ("state_representative", " ", "no-text")],
)
def test_answering_is_refused_without_a_trace(who, answer, code):
    of = submitted()
    point = of.give().points.get()

    with pytest.raises(ConsultationRefused) as refusal:
        answer_point(point, answer=answer, is_followed=False, acting_user=getattr(of.workshop, who))

    assert refusal.value.code == code
    point.refresh_from_db()
    assert point.answered_at is None


def test_a_point_is_answered_once_and_not_before_the_opinion_is_given():
    of = submitted()
    early = add_point(of.opinion, text="Trop tôt", acting_user=of.secretary)
    answers = {"answer": "Oui.", "is_followed": True, "acting_user": of.workshop.state_representative}

    with pytest.raises(ConsultationRefused) as too_early:
        answer_point(early, **answers)
    of.give()
    answer_point(early, **answers)
    with pytest.raises(ConsultationRefused) as again:
        answer_point(early, **answers)

    assert (too_early.value.code, again.value.code) == ("not-given", "already-answered")


def test_a_text_taken_back_asks_for_nothing_more():
    of = submitted()

    withdraw_consultation(of.consultation, because="Reporté.", acting_user=of.workshop.state_representative)

    assert level_of(of.opinion.note, of.secretary) == Level.READ
    with pytest.raises(ConsultationRefused) as refusal:
        of.give()
    assert refusal.value.code == "not-open"


def test_an_opinion_may_come_late_and_says_how_late():
    of = submitted()
    Consultation.objects.update(
        submitted_at=timezone.now() - timedelta(days=40), due_on=timezone.localdate() - timedelta(days=10)
    )
    of.consultation.refresh_from_db()

    late = of.give("favourable", points=0)

    assert late.days_late(of.consultation.due_on, timezone.localdate()) == 10
    delays = delays_of([Consultation.objects.prefetch_related("opinions").get()])
    assert (delays.submitted, delays.opinions, delays.late, delays.to_opinion, delays.to_answer) == (1, 1, 1, 40, 40)


@given(days=st.lists(st.integers(0, 400), max_size=6))
def test_delays_are_the_middle_of_what_was_counted_withdrawn_ones_left_out(days):
    now = timezone.now()
    rows = [
        Consultation(
            pk=rank,
            submitted_at=now - timedelta(days=each),
            answered_at=now,
            due_on=timezone.localdate(),
            state="answered",
        )
        for rank, each in enumerate(days, 1)
    ]
    withdrawn = Consultation(
        pk=999, submitted_at=now - timedelta(days=999), due_on=timezone.localdate(), state="withdrawn"
    )
    for row in [*rows, withdrawn]:
        row._prefetched_objects_cache = {"opinions": Opinion.objects.none()}

    delays = delays_of([*rows, withdrawn])

    ordered = sorted(days)
    middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2 if ordered else None
    assert (delays.submitted, delays.opinions, delays.to_opinion, delays.to_answer) == (len(days), 0, None, middle)


def test_the_note_follows_the_mandates():
    of = submitted()
    mandate = of.body.seats.get().mandates.get()
    mandate.ends_on = timezone.localdate()
    mandate.save()

    keep_every_note_access_true()

    assert level_of(of.opinion.note, of.workshop.representative) is None


def test_each_is_told_what_waits_for_them():
    of = submitted()

    def keys(person):
        return {item.key for item in items_for(person) if item.key.startswith("governance.")}

    before = keys(of.workshop.representative), keys(of.secretary), keys(of.workshop.state_representative)
    of.give()

    asked = {f"governance.opinion-to-give:{of.opinion.pk}"}
    assert before == (asked, asked, set())
    assert keys(of.secretary) == set()
    assert keys(of.workshop.state_representative) == {f"governance.points-to-answer:{of.opinion.pk}"}


def test_who_is_late_is_told_so():
    of = submitted()

    def titles():
        return [item.title for item in items_for(of.secretary) if item.key.startswith("governance.opinion")]

    before = titles()
    Consultation.objects.update(due_on=timezone.localdate() - timedelta(days=1))

    assert ["attendu" in title for title in before] == [True]
    assert ["en retard" in title for title in titles()] == [True]
