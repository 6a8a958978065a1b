"""What breaks the rules of the wire (RFC 6455, HTTP/1.1): it ends as documented, and the others are served on."""

import asyncio
import logging
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from concerte.documents import errors, limits, metrics, protocol
from concerte.documents.metrics import BROKEN_RULE
from tests.documents.conftest import Live, in_database
from tests.documents.fuzzing import REFUSALS, Attack, memory
from tests.documents.raw_sockets import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    Ended,
    RawSocket,
    frame,
    request,
)
from tests.servers import PATIENCE

QUERY = bytes((protocol.QUERY_AWARENESS,))
LIMIT = 1_000  # bytes of one message, in these tests
BOMB = b"\xec\xc0\x01\x09\x00\x00\x00\xc2\xa0\xf5\x7f\x6a\x09"  # compressed nothing, thousands of times


@asynccontextmanager
async def raw_socket(live: Live, person: Any, **headers: str) -> AsyncIterator[RawSocket]:
    """A socket of this person that has come in."""
    token = await in_database(live.situation.token, person)
    raw = await RawSocket.upgraded(live.address, path_of(live), {"Authorization": f"Bearer {token}", **headers})
    async with raw:
        assert raw.status == 101
        await raw.until_opcode(BINARY)  # the greeting
        yield raw


def path_of(live: Live) -> str:
    return f"/ws/documents/{live.situation.document.pk}"


async def assert_others_are_served(live: Live) -> None:
    async with await live.client_of(live.situation.bruno) as bruno:
        await bruno.write("on continue")
        await bruno.until_saved()


async def until_gone(live: Live, person: Any) -> None:
    """Wait until nobody of this person is in the document any more."""
    async with asyncio.timeout(PATIENCE):
        while any(each.person_id == person.pk for room in live.engine.rooms.values() for each in room.connections):
            await asyncio.sleep(0)


BROKEN = {
    "a message over the limit": ([frame(BINARY, bytes(2 * LIMIT))], 4413),
    "a message over the limit in parts": (
        [frame(BINARY, bytes(LIMIT), fin=False), frame(CONTINUATION, bytes(LIMIT))],
        4413,
    ),
    "parts without end": (
        [frame(BINARY, fin=False)] + [frame(CONTINUATION, fin=False)] * (limits.FRAME_PARTS + 1),
        4413,
    ),
    "far over the limit": ([frame(BINARY, bytes(9 * LIMIT))], 1009),
    "a length of a terabyte": ([frame(BINARY, claimed=1 << 40)], 1009),
    "the largest length there is": ([frame(BINARY, claimed=(1 << 63) - 1)], 1009),
    "compressed, which was not agreed on": ([frame(BINARY, BOMB, rsv=4)], 1002),
    "a reserved bit": ([frame(BINARY, QUERY, rsv=1)], 1002),
    "a reserved bit on a ping": ([frame(PING, b"?", rsv=4)], 1002),
    "unmasked": ([frame(BINARY, QUERY, masked=False)], 1002),
    "text that is not UTF-8": ([frame(TEXT, b"\xff\xfe")], 4400),
    "text": ([frame(TEXT, b"bonjour")], 4400),
    "a ping too long": ([frame(PING, bytes(126))], 1002),
    "a ping in parts": ([frame(PING, b"?", fin=False)], 1002),
    "a close too long": ([frame(CLOSE, b"\x03\xe8" + bytes(124))], 1002),
    "a close with half a code": ([frame(CLOSE, b"\x03")], 1002),
    "a close with a code nobody may send": ([frame(CLOSE, b"\x03\xed")], 1002),
    "a close whose reason is not UTF-8": ([frame(CLOSE, b"\x03\xe8\xff")], 1007),
    "an unknown kind of message": ([frame(3)], 1002),
    "an unknown kind of control frame": ([frame(11)], 1002),
    "a continuation of nothing": ([frame(CONTINUATION, QUERY)], 1002),
    "a message inside another": ([frame(BINARY, QUERY, fin=False), frame(BINARY, QUERY)], 1002),
    "an empty message": ([frame(BINARY)], 4400),
}


def refused_frames() -> dict[str, float]:
    """How many frames were refused so far, by the code of the refusal."""
    return {code: counter._value.get() for code, counter in metrics._frames.items()}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_rule_ends_with_its_code(live: Live, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(limits, "FRAME_BYTES", LIMIT)
    frames, code = BROKEN[name]
    before = refused_frames()
    async with raw_socket(live, live.situation.anne) as raw:
        for each in frames:
            await raw.send(each)

        ended = await raw.until_ended()
        assert ended.code == code
        assert ended.reason
        await until_gone(live, live.situation.anne)
        refused = refused_frames()
        assert sum(refused.values()) == 1 + sum(before.values())
        assert refused[BROKEN_RULE] - before[BROKEN_RULE] == (code < 4000)
        await assert_others_are_served(live)


async def test_who_closes_is_answered_with_their_code(live: Live) -> None:
    async with raw_socket(live, live.situation.anne) as raw:
        await raw.send(frame(CLOSE, b"\x03\xe8au revoir"))

        assert (await raw.until_ended()).code == 1000


async def test_compression_is_not_agreed_on(live: Live) -> None:
    offer = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
    async with raw_socket(live, live.situation.anne, **offer) as raw:
        assert "sec-websocket-extensions" not in raw.headers


async def test_a_message_in_parts_with_a_ping_between_them_is_one_message(live: Live) -> None:
    async with raw_socket(live, live.situation.anne) as raw:
        await raw.send(frame(BINARY, b"", fin=False) + frame(PING, b"?") + frame(CONTINUATION, QUERY))

        assert await raw.until_opcode(PONG) == b"?"
        assert (await raw.until_opcode(BINARY))[0] == protocol.AWARENESS


@pytest.mark.parametrize("kind", [PING, PONG])
async def test_a_flood_of_control_frames_is_a_flood(live: Live, monkeypatch: pytest.MonkeyPatch, kind: int) -> None:
    monkeypatch.setattr(limits, "FRAMES_BURST", 100)
    async with raw_socket(live, live.situation.anne) as raw:
        await raw.send(frame(kind, bytes(100)) * 2_000)

        assert (await raw.until_ended()).code == 4429


async def test_answers_to_pings_do_not_pile_up_for_who_does_not_read_them(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FRAMES_BURST", 10**9)
    monkeypatch.setattr(limits, "BYTES_BURST", 10**12)
    async with raw_socket(live, live.situation.anne) as raw:
        for _ in range(300):
            await raw.send(frame(PING, bytes(100)) * 500)
        (connection,) = live.engine.rooms[live.situation.document.pk].connections
        assert connection._line.waiting_bytes() <= 2 * limits.QUEUE_BYTES


HALF_A_REQUEST = {
    "nothing at all": 0,
    "half a line": 10,
    "half the headers": -40,
    "all but the last byte": -1,
}


@pytest.mark.parametrize("name", HALF_A_REQUEST)
async def test_who_never_finishes_asking_is_cut(live: Live, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(limits, "HANDSHAKE_SECONDS", 0.3)
    async with await RawSocket.dial(live.address) as raw:
        await raw.send(request(path_of(live), {"Host": live.address})[: HALF_A_REQUEST[name]])

        assert await raw.until_cut() == b""
        await assert_others_are_served(live)


async def test_a_peer_that_vanished_leaves(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """No FIN ever came: the line looks open, and nobody answers."""
    monkeypatch.setattr(limits, "RECHECK_SECONDS", 0.05)
    monkeypatch.setattr(limits, "PING_SECONDS", 0.1)
    monkeypatch.setattr(limits, "SILENT_SECONDS", 0.5)
    async with raw_socket(live, live.situation.anne) as raw:
        await raw.until_opcode(PING)

        assert await raw.until_ended() == Ended(None)
        await until_gone(live, live.situation.anne)


NO_REQUEST = {
    "no key": ({"Sec-WebSocket-Key": ""}, {}, 400),
    "half a key": ({"Sec-WebSocket-Key": "abc"}, {}, 400),
    "another version": ({"Sec-WebSocket-Version": "12"}, {}, 400),
    "no version": ({"Sec-WebSocket-Version": ""}, {}, 400),
    "another method": ({}, {"method": "POST"}, 400),
    "no upgrade": ({"Upgrade": "", "Connection": ""}, {}, 404),
    "a zero in a header": ({"X-Nom": "a\0b"}, {}, 400),
}


@pytest.mark.parametrize("name", NO_REQUEST)
async def test_what_is_no_request_for_a_socket_is_answered_with_a_status(live: Live, name: str) -> None:
    headers, form, status = NO_REQUEST[name]
    async with await RawSocket.dial(live.address) as raw:
        await raw.send(request(path_of(live), {"Host": live.address, **headers}, **form))
        await raw.read_answer()

        assert raw.status == status
        await assert_others_are_served(live)


async def test_headers_without_end_are_cut(live: Live) -> None:
    async with await RawSocket.dial(live.address) as raw:
        await raw.send(request(path_of(live), {"Host": live.address, "X-Long": "x" * 1_000_000}))

        assert b" 101 " not in await raw.until_cut()
        await assert_others_are_served(live)


TRICKS = {  # {}: the id of the document
    "a slash more": "/ws/documents/{}/",
    "a slash doubled": "//ws/documents/{}",
    "capitals": "/WS/documents/{}",
    "something before the id": "/ws/documents/0{}",
    "a coded zero": "/ws/documents/{}%00",
    "up and down": "/ws/documents/../documents/{}",
    "coded dots": "/ws/documents/%2e%2e/documents/{}",
    "a long one": "/ws/documents/{}" + "0" * 5_000,
    "a whole address": "http://ailleurs.example/ws/documents/{}",
    "another folder": "/ws/",
    "the root": "/",
}


@pytest.mark.parametrize("name", TRICKS)
async def test_an_address_that_is_none_of_ours_is_an_unknown_document(live: Live, name: str) -> None:
    key = await in_database(live.situation.token, live.situation.anne)
    path = TRICKS[name].format(live.situation.document.pk)
    async with await RawSocket.upgraded(live.address, path, {"Authorization": f"Bearer {key}"}) as raw:
        ended = await raw.until_ended()

        assert ended.code == 4404
        assert ended.reason


async def test_a_thousand_connections_of_one_person_are_turned_away_and_cost_nothing(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CLOSE_SECONDS", 0.1)
    monkeypatch.setattr(logging.getLogger("concerte.documents"), "propagate", False)  # pytest keeps every line
    token = await in_database(live.situation.token, live.situation.anne)
    headers = {"Authorization": f"Bearer {token}"}
    await assert_others_are_served(live)
    async with AsyncExitStack() as stack:
        for _ in range(limits.CONNECTIONS_PER_PERSON):
            await stack.enter_async_context(raw_socket(live, live.situation.anne))
        before, _ = memory()
        codes: Counter[int | None] = Counter()
        for _ in range(1_000):
            async with await RawSocket.upgraded(live.address, path_of(live), headers) as raw:
                codes[(await raw.until_ended()).code] += 1
        await assert_others_are_served(live)
        async with asyncio.timeout(PATIENCE):
            while memory()[0] - before > 5_000:  # blocks: five for each connection would be a leak
                await asyncio.sleep(0)

    assert codes == {4429: 1_000}
    await until_gone(live, live.situation.anne)
    assert live.situation.anne.pk not in {key for key, each in live.engine._allowances.items() if each.connections}


SAMPLE = int(os.environ.get("FUZZ_FRAMES", "200000")) // 100  # `make fuzz`: ten thousand here, and as many again below


async def test_a_sample_of_hostile_frames_through_real_sockets(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FRAMES_BURST", "BYTES_BURST"):
        monkeypatch.setattr(limits, name, 10**12)
    attack = Attack(live.engine, os.environ.get("FUZZ_SEED", "20181") + "/sockets")
    people = [live.situation.anne, live.situation.bruno]
    tokens = [await in_database(live.situation.token, person) for person in people]
    allowed_codes = {errors.SocketRefused(code).close_code for code in REFUSALS}
    codes: Counter[int | None] = Counter()
    socket: list[RawSocket | None] = [None, None]
    for _ in range(2 * SAMPLE):
        owner = attack.draw.randrange(2)
        raw = socket[owner]
        if raw is None:
            headers = {"Authorization": f"Bearer {tokens[owner]}"}
            raw = socket[owner] = await RawSocket.upgraded(live.address, path_of(live), headers)
            await raw.until_opcode(BINARY)
        hostile = attack.next_frame(owner)
        await raw.send(frame(BINARY, hostile) + frame(BINARY, QUERY))
        ended = await answered_or_ended(raw)
        codes[ended.code if ended else None] += 1
        if ended is not None:
            assert ended.code in allowed_codes, hostile.hex()
            assert ended.reason
            await raw.__aexit__()
            socket[owner] = None
    sys.stdout.write(f"{2 * SAMPLE} frames through sockets: {dict(codes)}\n")
    for raw in socket:
        if raw is not None:
            await raw.__aexit__()
    await assert_others_are_served(live)


async def answered_or_ended(raw: RawSocket) -> Ended | None:
    """None once the question that followed was answered; else how the connection ended."""
    async with asyncio.timeout(PATIENCE):
        while True:
            opcode, payload = await raw.read_frame()
            if opcode == BINARY and payload[0] == protocol.AWARENESS:
                return None
            if opcode == CLOSE:
                await raw.send(frame(CLOSE, payload[:2]))
                return Ended(int.from_bytes(payload[:2], "big"), payload[2:].decode())
