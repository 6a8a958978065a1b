"""What an edition says: canonical, complete, without anybody's name."""

import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings

from concerte.common.canonical import canonical_json, digest_of
from concerte.documents.rich_text import paragraph
from concerte.programme.content import (
    draft_content,
    draft_digest,
    edition_content,
    edition_file,
    edition_record,
    positions_in,
)
from concerte.programme.draft import Draft
from concerte.programme.facts import EditionLink, OrganisationFacts
from concerte.programme.reading import read_content
from tests.programme.drafts import complete_action, draft_of, drafts
from tests.programme.editions import COLLEGES, ORGANISATIONS, PROGRAMME, an_edition_file, decided


def content_of(draft: Draft, **changes):
    facts = {"number": 1, "semester": "2026-S2", "previous": None, "colleges": COLLEGES, "organisations": ORGANISATIONS}
    return edition_content(PROGRAMME, draft, **(facts | changes))


def test_the_content_says_its_frame():
    content = content_of(draft_of(complete_action()))

    assert content["format"] == "concerte-edition/1"
    assert content["language"] == "fr"
    assert content["edition"] == {"number": 1, "semester": "2026-S2"}
    assert content["previous"] is None
    assert content["programme"]["notice"] == "Ceci est un exercice."
    assert [college["slug"] for college in content["colleges"]] == ["etat", "collectivites"]


def test_only_the_organisations_of_the_text_are_described():
    others = ORGANISATIONS | {"ailleurs": OrganisationFacts("Ailleurs", "etat")}

    content = content_of(draft_of(complete_action(partners=("inconnue",))), organisations=others)

    assert content["organisations"] == [
        {"slug": "association-d-essai", "name": "Association d’essai", "acronym": "AE", "college": "collectivites"},
        {"slug": "service-d-essai", "name": "Service d’essai", "acronym": "", "college": "etat"},
    ]


def test_only_the_sources_of_the_text_are_described():
    table = [
        {"id": "s2", "title": "Autre"},
        {
            "id": "s1",
            "title": "Une page",
            "publisher": "P",
            "date": "2019",
            "address": "https://example.org",
            "kind": "x",
        },
    ]

    content = content_of(draft_of(complete_action(sources=("s1", "s9"))), sources=table)

    assert content["sources"] == [
        {"id": "s1", "title": "Une page", "publisher": "P", "date": "2019", "address": "https://example.org"}
    ]


def test_a_second_edition_carries_the_first():
    link = EditionLink(number=1, digest="sha256:" + "a" * 64, record_digest="sha256:" + "b" * 64)

    content = content_of(draft_of(complete_action()), number=2, previous=link)

    assert content["previous"] == {"number": 1, "digest": link.digest, "record_digest": link.record_digest}


@given(drafts)
@settings(max_examples=30, deadline=None)
def test_the_content_is_canonical_and_reads_back(draft):
    content = content_of(draft)

    text = canonical_json(content)

    assert json.loads(text) == content
    assert draft_content(read_content(json.loads(text))) == draft_content(draft)


def test_the_digest_of_a_draft_follows_its_text():
    draft = draft_of(complete_action())

    assert draft_digest(draft) == draft_digest(draft_of(complete_action()))
    assert draft_digest(draft) == draft_digest(draft_of(complete_action(key="autre-clé")))
    assert draft_digest(draft) != draft_digest(draft_of(complete_action(deadline="2027")))
    assert draft_digest(draft) != draft_digest(draft_of(complete_action(), preamble=(paragraph("Autre"),)))


def test_the_record_is_in_universal_time_carries_its_decision_and_names_organisations():
    at = datetime(2026, 11, 22, 10, 30, 12, 999, tzinfo=timezone(timedelta(hours=1)))

    record = edition_record(
        edition_digest="sha256:x",
        published_at=at,
        published_by_organisation="service-d-essai",
        decision=decided(digest="sha256:x", closed_at=at),
    )

    assert record["format"] == "concerte-record/2"
    assert record["published_at"] == record["decision"]["closed_at"] == "2026-11-22T09:30:12Z"
    assert record["decision"]["body"] == {"slug": "cos", "name": "Comité d’orientation"}
    assert set(positions_in(record)[0]) == {
        "organisation",
        "organisation_name",
        "college",
        "kind",
        "reasons",
        "given_at",
    }


def test_records_of_both_formats_say_who_approved():
    old, new = an_edition_file(), an_edition_file(decision=decided)

    said = [[(each["organisation"], each["kind"]) for each in positions_in(file["record"])] for file in (old, new)]

    assert said[0] == said[1] == [("service-d-essai", "approval"), ("association-d-essai", "approval")]


def test_the_file_holds_both_digests():
    content = content_of(draft_of(complete_action()))
    record = edition_record(
        edition_digest=digest_of(content),
        published_at=datetime(2026, 11, 22, tzinfo=UTC),
        published_by_organisation="service-d-essai",
        decision=decided(digest=digest_of(content)),
    )

    file = edition_file(content=content, digest=digest_of(content), record=record, record_digest=digest_of(record))

    assert file["format"] == "concerte-edition-file/1"
    assert (file["edition"], file["record"]) == (content, record)
    assert (file["digest"], file["record_digest"]) == (digest_of(content), digest_of(record))
