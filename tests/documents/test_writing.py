"""Writing together: durable before visible, everyone up to date, nobody in the name of another."""

import asyncio
from typing import Any

import pytest
from django.db import OperationalError
from pycrdt import Doc, Text

from concerte.documents import limits, protocol, services, wire
from concerte.documents.log import DocumentLog
from concerte.documents.models import LoggedUpdate
from tests.documents.conftest import Live, in_database
from tests.documents.factories import text_update
from tests.servers import PATIENCE


async def test_what_one_writes_the_other_sees(live: Live) -> None:
    async with await live.client_of(live.situation.anne) as anne, await live.client_of(live.situation.bruno) as bruno:
        await anne.write("Bonjour")
        await bruno.until(lambda: str(bruno.text) == "Bonjour")

        assert await in_database(live.situation.text) == "Bonjour"


async def test_who_writes_gets_nothing_back(live: Live) -> None:
    async with await live.client_of(live.situation.anne) as anne, await live.client_of(live.situation.bruno) as bruno:
        await anne.until_synced()
        for letter in "abcdef":
            await anne.write(letter)
        await bruno.until(lambda: str(bruno.text) == "abcdef")
        await anne.send(bytes((protocol.QUERY_AWARENESS,)))
        await anne.until(lambda: anne.frames[-1][0] == protocol.AWARENESS)

        assert anne.received == []


async def test_a_latecomer_gets_everything(live: Live) -> None:
    async with await live.client_of(live.situation.anne) as anne:
        for word in ("un ", "deux ", "trois"):
            await anne.write(word)
        async with await live.client_of(live.situation.reader) as reader:
            await reader.until(lambda: str(reader.text) == "un deux trois")


async def test_the_text_is_there_when_everybody_left_and_the_room_too(live: Live) -> None:
    async with await live.client_of(live.situation.anne) as anne:
        await anne.write("Toujours là")
        await anne.until_saved()
    await wait_until_empty(live)
    live.engine.rooms.clear()

    async with await live.client_of(live.situation.bruno) as bruno:
        await bruno.until(lambda: str(bruno.text) == "Toujours là")


async def wait_until_empty(live: Live) -> None:
    async with asyncio.timeout(PATIENCE):
        while not all(room.is_idle for room in live.engine.rooms.values()):
            await asyncio.sleep(0)


async def test_who_comes_back_brings_what_was_written_offline(live: Live) -> None:
    anne = await live.client_of(live.situation.anne)
    async with anne:
        await anne.until_synced()
    anne.text.insert(0, "hors ligne")

    async with anne, await live.client_of(live.situation.bruno) as bruno:
        await bruno.until(lambda: str(bruno.text) == "hors ligne")


async def test_a_reader_sees_but_is_not_greeted_as_a_writer(live: Live) -> None:
    async with await live.client_of(live.situation.reader) as reader, await live.client_of(live.situation.anne) as anne:
        await anne.write("lisible")
        await reader.until(lambda: str(reader.text) == "lisible")

        assert not reader.was_greeted


@pytest.mark.parametrize("kind", [protocol.STEP_2, protocol.UPDATE])
async def test_a_reader_who_writes_is_closed_and_nothing_changes(live: Live, kind: int) -> None:
    async with await live.client_of(live.situation.reader) as reader:
        await reader.send(bytes((protocol.SYNC, kind)) + wire.byte_string(text_update("interdit")))

        assert await reader.until_closed() == 4403
    assert not await in_database(LoggedUpdate.objects.exists)


async def test_a_reader_who_answers_with_nothing_stays(live: Live) -> None:
    async with await live.client_of(live.situation.reader) as reader:
        await reader.send(protocol.step_2_frame(b"\x00\x00"))
        await reader.round_trip()

        assert reader.closed is None


async def test_an_update_in_the_name_of_another_is_refused(live: Live) -> None:
    async with await live.client_of(live.situation.anne) as anne, await live.client_of(live.situation.bruno) as bruno:
        await anne.write("d’Anne")
        await bruno.until(lambda: bruno.received)
        forged: Doc[Any] = Doc(client_id=anne.doc.client_id)
        forged.apply_update(bruno.doc.get_update())
        forged.get("text", type=Text).insert(0, "faux ")
        await bruno.send(protocol.update_frame(forged.get_update(bruno.doc.get_state())))

        assert await bruno.until_closed() == 4409
        assert await in_database(live.situation.text) == "d’Anne"
        await anne.write("!")
        await anne.until_saved()


async def test_sending_back_what_another_wrote_is_not_speaking_for_them(live: Live) -> None:
    async with await live.client_of(live.situation.anne) as anne, await live.client_of(live.situation.bruno) as bruno:
        await anne.write("d’Anne")
        await bruno.until(lambda: bruno.received)
        await bruno.write(" et de Bruno")
        await bruno.send(protocol.step_2_frame(bruno.doc.get_update()))
        await bruno.until_saved()

        assert await in_database(live.situation.text) == "d’Anne et de Bruno"


async def test_deleting_what_another_wrote_is_writing(live: Live) -> None:
    async with await live.client_of(live.situation.anne) as anne, await live.client_of(live.situation.bruno) as bruno:
        await anne.write("trop long")
        await bruno.until(lambda: str(bruno.text) == "trop long")
        del bruno.text[0:5]
        await bruno.flush()
        await anne.until(lambda: str(anne.text) == "long")


async def test_who_asks_is_told_what_is_saved(live: Live) -> None:
    async with (
        await live.client_of(live.situation.anne) as anne,
        await live.client_of(live.situation.bruno, query="") as bruno,
    ):
        await anne.until_synced()
        await anne.until(lambda: anne.saved_count == 1)  # its answer to the greeting
        await anne.write("un")
        await anne.write("deux")
        await anne.until(lambda: anne.saved_count == 3)

        assert await in_database(live.situation.text) == "undeux"
        await bruno.until(lambda: str(bruno.text) == "undeux")
        assert all(frame[0] != protocol.SAVED for frame in bruno.frames)


async def test_nothing_is_shown_that_is_not_saved(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    async with await live.client_of(live.situation.anne) as anne, await live.client_of(live.situation.bruno) as bruno:
        await anne.write("gardé")
        await bruno.until(lambda: str(bruno.text) == "gardé")
        with monkeypatch.context() as patch:
            patch.setattr(DocumentLog, "append", refuse_to_write)
            patch.setattr(DocumentLog, "append_here", lambda *_: None)
            await anne.write(" perdu ?")

            assert await anne.until_closed() == 4503
        await bruno.round_trip()
        assert str(bruno.text) == "gardé"
        assert await in_database(live.situation.text) == "gardé"

        await anne.connect()
        await bruno.until(lambda: str(bruno.text) == "gardé perdu ?")


def refuse_to_write(*_: Any) -> None:
    raise OperationalError("disk full")


async def test_what_is_being_saved_is_not_shown_yet(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    loop, reached, release = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    append = DocumentLog.append

    def append_slowly(log: DocumentLog, writes: Any) -> Any:
        loop.call_soon_threadsafe(reached.set)
        asyncio.run_coroutine_threadsafe(release.wait(), loop).result(10)
        return append(log, writes)

    async with await live.client_of(live.situation.anne) as anne, await live.client_of(live.situation.bruno) as bruno:
        await anne.until_synced()
        monkeypatch.setattr(DocumentLog, "append", append_slowly)
        await anne.write("pas encore")
        await reached.wait()
        async with await live.client_of(live.situation.reader) as reader:
            await reader.until_synced()
            await bruno.round_trip()

            assert (str(reader.text), str(bruno.text)) == ("", "")
            release.set()
            await reader.until(lambda: str(reader.text) == "pas encore")
            await bruno.until(lambda: str(bruno.text) == "pas encore")


async def test_what_the_server_writes_is_shown_to_who_is_here(live: Live) -> None:
    async with await live.client_of(live.situation.anne) as anne:
        await anne.until_synced()
        await in_database(
            services.append_update, live.situation.document.pk, text_update("du serveur"), acting_user=None
        )

        await anne.until(lambda: str(anne.text) == "du serveur")


async def test_lines_that_no_news_brought_are_read_again(live: Live) -> None:
    async with await live.client_of(live.situation.anne) as anne:
        await anne.until_synced()
        await in_database(
            LoggedUpdate.objects.create,
            document_id=live.situation.document.pk,
            update_bytes=text_update("d’un autre processus"),
        )

        await anne.until(lambda: str(anne.text) == "d’un autre processus")


async def test_several_windows_of_one_person_follow_each_other(live: Live) -> None:
    async with await live.client_of(live.situation.anne) as first, await live.client_of(live.situation.anne) as second:
        await first.write("un")
        await second.until(lambda: str(second.text) == "un")


async def test_a_document_has_a_maximum_size(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DOCUMENT_BYTES", 2_000)
    async with await live.client_of(live.situation.anne) as anne:
        await anne.until_synced()
        await anne.until_saved()  # its answer to the greeting
        await anne.write("x" * 1_500)
        await anne.until_saved()
        await anne.write("y" * 1_500)

        assert await anne.until_closed() == 4413
    assert await in_database(live.situation.text) == "x" * 1_500


async def test_a_large_paste_arrives_whole(live: Live) -> None:
    text = "Une phrase assez longue. " * 12_000
    async with await live.client_of(live.situation.anne) as anne, await live.client_of(live.situation.bruno) as bruno:
        await anne.write(text)
        await bruno.until(lambda: len(bruno.text) == len(text))


async def test_an_empty_room_leaves_memory(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROOM_IDLE_SECONDS", 0.0)
    monkeypatch.setattr(limits, "RECHECK_SECONDS", 0.01)
    async with await live.client_of(live.situation.anne) as anne:
        await anne.write("gardé")
        await anne.until_saved()
        assert live.situation.document.pk in live.engine.rooms
    async with asyncio.timeout(PATIENCE):
        while live.engine.rooms:
            await asyncio.sleep(0)

    assert await in_database(live.situation.text) == "gardé"


async def test_a_silent_connection_hears_something_before_it_gives_up(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stock clients hang up after 30 seconds of silence."""
    monkeypatch.setattr(limits, "HEARTBEAT_SECONDS", 0.0)
    monkeypatch.setattr(limits, "RECHECK_SECONDS", 0.01)
    async with await live.client_of(live.situation.anne) as anne:
        await anne.until(lambda: protocol.HEARTBEAT in anne.frames)


async def test_a_long_log_is_folded_while_people_write(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FOLD_ROWS", 10)
    async with await live.client_of(live.situation.anne) as anne, await live.client_of(live.situation.bruno) as bruno:
        await anne.until_synced()  # else the server asks for what it has just been sent
        for _ in range(40):
            await anne.write("a")
            await bruno.until(lambda: len(bruno.text) == len(anne.text))
    await wait_until_empty(live)
    live.engine.rooms.clear()

    def snapshot_line() -> int:
        return int(live.situation.document.snapshot.last_update_id)

    assert await in_database(snapshot_line) > 10
    assert await in_database(live.situation.text) == "a" * 40
    assert await in_database(LoggedUpdate.objects.count) == 40
