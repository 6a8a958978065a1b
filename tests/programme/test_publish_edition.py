"""Publishing: once, with both colleges, and for ever."""

import json
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from concerte.common.canonical import canonical_json, digest_of
from concerte.journal.models import Entry
from concerte.programme.content import edition_file, positions_in
from concerte.programme.draft import Draft
from concerte.programme.errors import EditionRefused, ProposalRefused
from concerte.programme.models import Action, Edition, Proposal
from concerte.programme.services import publish_edition
from concerte.programme.verdict import verdict_on
from concerte.programme.verification import verify
from tests.programme.factories import workshop


def published(at_work):
    proposal = at_work.adopted()
    return publish_edition(proposal, digest=proposal.digest, acting_user=at_work.coordinator)


@pytest.mark.django_db
def test_an_edition_is_the_proposal_byte_for_byte_with_the_record_of_who_approved():
    at_work = workshop()

    edition = published(at_work)

    proposal = edition.proposal
    proposal.refresh_from_db()
    record = json.loads(edition.record)
    assert (edition.content, edition.digest) == (proposal.content, proposal.digest)
    assert proposal.state == Proposal.State.PUBLISHED
    assert edition.record.encode() == canonical_json(record)
    assert edition.record_digest == digest_of(record)
    assert record["edition_digest"] == edition.digest
    assert record["published_by_organisation"] == at_work.state.slug
    assert {said["organisation"] for said in positions_in(record)} == {at_work.state.slug, at_work.association.slug}
    assert Entry.objects.filter(act="programme.edition_published", subject_id=str(edition.pk)).count() == 1


@pytest.mark.django_db
def test_a_second_edition_carries_the_digests_of_the_first():
    at_work = workshop()
    first = published(at_work)
    at_work.write("Une phrase de plus.")

    second = published(at_work)

    assert (second.number, second.previous) == (2, first)
    assert json.loads(second.content)["previous"] == {
        "number": 1,
        "digest": first.digest,
        "record_digest": first.record_digest,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["pilot", "representative", "contributor", "reader", "administrator", "stranger"])
def test_only_the_coordination_publishes(who):
    at_work = workshop()
    proposal = at_work.adopted()

    with pytest.raises(ProposalRefused) as refusal:
        publish_edition(proposal, digest=proposal.digest, acting_user=getattr(at_work, who))

    assert refusal.value.code == "not-allowed"
    assert not Edition.objects.exists()


@pytest.mark.django_db
def test_without_both_colleges_nothing_is_published_and_what_misses_is_said():
    at_work = workshop()
    proposal = at_work.freeze()
    at_work.approve(proposal, by=at_work.state_representative, organisation=at_work.state)

    with pytest.raises(ProposalRefused) as refusal:
        publish_edition(proposal, digest=proposal.digest, acting_user=at_work.coordinator)

    proposal.refresh_from_db()
    assert refusal.value.code == "rules"
    assert [sentence.split("\u00a0:")[0] for sentence in refusal.value.missing] == ["Collectivités territoriales"]
    assert proposal.is_open
    assert not Edition.objects.exists()


@pytest.mark.django_db
def test_another_text_than_the_one_shown_is_not_published():
    at_work = workshop()
    proposal = at_work.adopted()

    with pytest.raises(ProposalRefused) as refusal:
        publish_edition(proposal, digest="sha256:" + "0" * 64, acting_user=at_work.coordinator)

    assert refusal.value.code == "other-digest"
    assert not Edition.objects.exists()


@pytest.mark.django_db
def test_a_text_is_published_once():
    at_work = workshop()
    edition = published(at_work)

    with pytest.raises(ProposalRefused) as refusal:
        publish_edition(edition.proposal, digest=edition.digest, acting_user=at_work.coordinator)

    assert refusal.value.code == "not-open"
    assert Edition.objects.count() == 1


@pytest.mark.django_db
def test_the_next_edition_is_not_of_an_earlier_semester():
    at_work = workshop()
    published(at_work)

    with pytest.raises(ProposalRefused) as refusal:
        at_work.freeze(semester="2026-S1")

    assert refusal.value.code == "bad-semester"


@pytest.mark.django_db
def test_an_action_that_vanished_since_the_last_edition_is_pointed_out():
    at_work = workshop()
    published(at_work)

    codes = [finding.code for finding in verdict_on(at_work.programme, Draft(title="Vide")).findings]

    assert "action-vanished" in codes


@pytest.mark.django_db(transaction=True)
def test_of_two_publications_at_once_one_wins():
    at_work = workshop()
    proposal = at_work.adopted()
    start = threading.Barrier(2)
    outcomes = []

    def publish():
        start.wait()
        try:
            outcomes.append(publish_edition(proposal, digest=proposal.digest, acting_user=at_work.coordinator))
        except ProposalRefused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=publish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    edition = Edition.objects.get()
    assert sorted(outcomes, key=str) == sorted([edition, "not-open"], key=str)
    assert Entry.objects.filter(act="programme.edition_published").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        lambda _edition: Edition.objects.update(semester="2027-S1"),
        lambda edition: Edition.objects.filter(pk=edition.pk).delete(),
        lambda edition: Edition.objects.bulk_update([edition], ["content"]),
        lambda edition: edition.save(),
        lambda edition: edition.delete(),
    ],
)
def test_no_road_of_the_code_changes_an_edition(change):
    edition = published(workshop())

    with pytest.raises(EditionRefused) as refusal, transaction.atomic():
        change(edition)

    assert refusal.value.code == "immutable"
    assert Edition.objects.filter(pk=edition.pk, digest=edition.digest).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("programme_edition", "content"),
        ("programme_edition", "record"),
        ("programme_proposal", "content"),
        ("programme_proposal", "digest"),
        ("programme_action", "code"),
    ],
)
def test_the_database_itself_refuses_to_rewrite_what_is_frozen(table, column):
    published(workshop())

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = 'x'")  # noqa: S608

    assert not Edition.objects.filter(content="x").exists()
    assert not Action.objects.filter(code="x").exists()


@pytest.mark.django_db
def test_a_chain_of_two_downloaded_editions_verifies():
    at_work = workshop()
    files = []
    for number in (1, 2):
        edition = published(at_work)
        at_work.write("Une phrase de plus.")
        file = edition_file(
            content=json.loads(edition.content),
            digest=edition.digest,
            record=json.loads(edition.record),
            record_digest=edition.record_digest,
        )
        files.append((f"edition-{number}.json", json.dumps(file).encode()))

    report = verify(files)

    assert report.faults == ()
    assert [checked.number for checked in report.editions] == [1, 2]
