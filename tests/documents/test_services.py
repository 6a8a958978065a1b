"""What other rooms ask of documents: create, read, append, say who may what, issue and revoke tokens."""

import uuid
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pycrdt import Doc, Text

from concerte.documents import rules, services
from concerte.documents.errors import DocumentRefused
from concerte.documents.fanout import News
from concerte.documents.models import Access, Document, DocumentToken, Level, LoggedUpdate
from concerte.documents.state import Row
from concerte.journal.models import Entry
from tests.documents.factories import Situation, make_person, make_situation, text_of, text_update

pytestmark = pytest.mark.django_db


@pytest.fixture
def situation() -> Situation:
    return make_situation()


@pytest.fixture
def news(monkeypatch: pytest.MonkeyPatch) -> list[News]:
    heard: list[News] = []
    monkeypatch.setattr(services, "announce", heard.append)
    return heard


def test_a_new_document_holds_its_seed_in_the_name_of_who_made_it() -> None:
    person = make_person()

    document = services.create_document("Programme", seed=text_update("Début", 7), acting_user=person)

    assert text_of(services.current_state(document.pk)) == "Début"
    assert services.authors(document.pk) == {7: person.pk}
    assert not Access.objects.exists()
    assert Entry.objects.filter(act="documents.document_created", subject_id=str(document.pk)).exists()


def test_a_document_without_seed_is_empty() -> None:
    document = services.create_document("Programme", seed=None, acting_user=None)

    assert services.current_state(document.pk) == b"\x00\x00"


def test_a_seed_that_cannot_be_read_makes_no_document() -> None:
    with pytest.raises(DocumentRefused) as refusal:
        services.create_document("Programme", seed=b"\x05\x05", acting_user=None)

    assert refusal.value.code == "malformed"
    assert not Document.objects.exists()


def test_what_is_appended_is_told_once_it_is_committed(
    situation: Situation, news: list[News], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        services.append_update(situation.document.pk, text_update("ajout"), acting_user=situation.anne)
        assert news == []

    assert [each.kind for each in news] == ["rows"]
    assert [row.update for row in news[0].rows] == [bytes(LoggedUpdate.objects.get().update_bytes)]
    assert situation.text() == "ajout"


def test_an_empty_update_writes_nothing(situation: Situation) -> None:
    services.append_update(situation.document.pk, b"\x00\x00", acting_user=situation.anne)

    assert not LoggedUpdate.objects.exists()


@pytest.mark.parametrize(("content", "code"), [(b"\x01", "malformed"), (text_update("à Bruno", 5), "foreign-client")])
def test_an_update_that_cannot_stand_is_refused(situation: Situation, content: bytes, code: str) -> None:
    services.append_update(situation.document.pk, text_update("x", 5), acting_user=situation.bruno)

    with pytest.raises(DocumentRefused) as refusal:
        services.append_update(situation.document.pk, content, acting_user=situation.anne)

    assert refusal.value.code == code
    assert situation.text() == "x"


def test_an_unknown_document_is_said_so() -> None:
    with pytest.raises(DocumentRefused) as refusal:
        services.append_update(uuid.uuid4(), text_update("x"), acting_user=None)

    assert refusal.value.code == "unknown-document"


def test_accesses_are_replaced_and_told(
    situation: Situation, news: list[News], django_capture_on_commit_callbacks: Any
) -> None:
    levels = {situation.anne.pk: Level.READ, situation.stranger.pk: Level.SUGGEST}

    with django_capture_on_commit_callbacks(execute=True):
        services.set_accesses(situation.document, levels, acting_user=situation.anne)

    assert dict(Access.objects.values_list("person_id", "level")) == levels
    assert [(each.kind, each.document_id) for each in news] == [("rights", situation.document.pk)]
    entry = Entry.objects.filter(act="documents.accesses_set").first()
    assert entry is not None
    assert entry.details["levels"][str(situation.bruno.pk)] == 0


def test_setting_the_same_accesses_again_is_no_act(situation: Situation, news: list[News]) -> None:
    levels = {
        situation.anne.pk: Level.WRITE,
        situation.bruno.pk: Level.WRITE,
        situation.reader.pk: Level.READ,
    }
    before = Entry.objects.count()

    services.set_accesses(situation.document, levels, acting_user=situation.anne)

    assert Entry.objects.count() == before


def test_rules_say_what_the_rows_say(situation: Situation) -> None:
    document_id = situation.document.pk

    assert rules.may_write(situation.anne, document_id)
    assert rules.may_read(situation.reader, document_id)
    assert not rules.may_write(situation.reader, document_id)
    assert not rules.may_read(situation.stranger, document_id)


def test_a_token_is_kept_as_a_digest_only(situation: Situation) -> None:
    token = services.issue_token(situation.document, situation.anne, 5, acting_user=situation.anne)

    assert token not in DocumentToken.objects.get().digest
    assert token not in str(Entry.objects.filter(act="documents.token_issued").values())


@pytest.mark.parametrize("minutes", [0, -1, 24 * 60 + 1])
def test_a_token_lives_a_day_at_most(situation: Situation, minutes: int) -> None:
    with pytest.raises(DocumentRefused) as refusal:
        services.issue_token(situation.document, situation.anne, minutes)

    assert refusal.value.code == "bad-duration"
    assert not DocumentToken.objects.exists()


def test_no_token_for_who_may_not_open_the_document(situation: Situation) -> None:
    with pytest.raises(DocumentRefused) as refusal:
        services.issue_token(situation.document, situation.stranger, 5)

    assert refusal.value.code == "no-right"


def test_tokens_are_revoked_for_good(situation: Situation) -> None:
    services.issue_token(situation.document, situation.anne, 5)
    services.issue_token(situation.document, situation.bruno, 5)

    assert services.revoke_tokens(situation.document, situation.anne) == 1
    assert services.revoke_tokens(situation.document, situation.anne) == 0
    assert DocumentToken.objects.filter(revoked_at=None).count() == 1


def test_the_command_prints_a_token(situation: Situation, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("document-token", str(situation.document.pk), situation.anne.email.upper(), "--minutes", "5")

    assert len(capsys.readouterr().out.strip()) > 40
    assert DocumentToken.objects.filter(person=situation.anne).exists()


def test_the_command_says_what_is_wrong(situation: Situation) -> None:
    for arguments in (
        [str(uuid.uuid4()), situation.anne.email],
        [str(situation.document.pk), "personne@exemple.fr"],
        [str(situation.document.pk), situation.stranger.email],
    ):
        with pytest.raises(CommandError, match=r"\.$"):
            call_command("document-token", *arguments)


@pytest.mark.parametrize(
    "news",
    [
        News("rows", uuid.uuid4(), (Row(1, b"a"), Row(2**40, b""))),
        News("presence", uuid.uuid4(), signs=b"signs"),
        News("presence-wanted", uuid.uuid4()),
        News("session", subject="subject"),
        News("rights", uuid.uuid4()),
    ],
    ids=lambda news: news.kind,
)
def test_news_are_read_back_as_they_were_written(news: News) -> None:
    assert News.decode(news.encode()) == news


def test_whose_words_they_are_is_known_for_each_client(situation: Situation) -> None:
    for person in (situation.anne, situation.bruno):
        doc: Doc[Any] = Doc()
        doc.apply_update(services.current_state(situation.document.pk))
        doc.get("text", type=Text).insert(0, "mot ")
        state = services.current_state(situation.document.pk)
        seen: Doc[Any] = Doc()
        seen.apply_update(state)
        services.append_update(situation.document.pk, doc.get_update(seen.get_state()), acting_user=person)

    assert set(services.authors(situation.document.pk).values()) == {situation.anne.pk, situation.bruno.pk}
