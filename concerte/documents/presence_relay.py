"""Passes on who is here: to the people of one document, and to the other processes.

What must hold: however many people say something, everyone is sent one frame per tick, built once, with the last word
of each; the pause after it is in proportion to what was just written, so that presence never takes the place of the
text. Nothing waits for a receiver that does not keep up: it is told later what it missed, once.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

from django.db import Error as DatabaseError

from concerte.documents import limits, protocol, wire
from concerte.documents.connection import Connection
from concerte.documents.errors import FrameRefused
from concerte.documents.fanout import News
from concerte.documents.models import ClientOwner
from concerte.documents.presence import PresenceBook, check_json
from concerte.documents.protocol import GONE, Sign

logger = logging.getLogger(__name__)

T = TypeVar("T")
_RECOGNISED_BY = 24  # bytes at the beginning of a frame: its first client and the clock of that client are among them


class House(Protocol):
    """What presence needs around it: part of room.House."""

    def run(self, function: Callable[..., T], *arguments: Any) -> Awaitable[T]: ...

    def publish(self, news: News) -> None: ...

    def spawn(self, work: Awaitable[None]) -> None: ...

    def now(self) -> float: ...


@dataclass(slots=True)
class _Claim:
    """A connection that begins to speak for clients; `done` once it is known whether it may."""

    connection: Connection
    signs: Sequence[Sign]
    done: "asyncio.Future[None]"


class _Lag(NamedTuple):
    """Where somebody is who lacks news: told of all up to a change, and of who left up to another."""

    change: int
    gone: int


@dataclass(slots=True)
class _Tick:
    """What gathers for the next tick, beside the changes of the book."""

    ours: set[int] = field(default_factory=set)  # of which the other processes have not heard
    sources: set[Connection | None] = field(default_factory=set)
    must_publish_all: bool = False
    must_count_on: bool = False  # somebody came back, and would not listen to the clocks of those who stayed
    is_back_here: bool = False  # on this process: the others do not know it


class PresenceRelay:
    """The presence of one document. `connections`: those of its room, which the room keeps."""

    def __init__(self, house: House, document_id: UUID, connections: Collection[Connection]) -> None:
        self.book = PresenceBook()
        self._house = house
        self._document_id = document_id
        self._connections = connections
        self._opened_at = house.now()
        self._tick = _Tick()
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._pause_ends = 0.0
        self._told = 0  # the last change that all were told of, but for those who are behind
        self._behind: dict[Connection, _Lag] = {}
        self._sent: OrderedDict[bytes, bytes] = OrderedDict()  # the latest frames, by their beginning
        self._claims: list[_Claim] = []
        self._is_verifying = False
        self._owners: dict[int, int] = {}  # client id: the person the database says it belongs to, for ever
        self._published_at = house.now()
        self._count_on_from = 0.0

    # --- What people say --------------------------------------------------------------------------------------------
    def take(self, connection: Connection, frame: bytes) -> Awaitable[None] | None:
        """Take one awareness frame. What it returns, if anything, is awaited before the next of the same connection.

        Raises FrameRefused: "malformed", or "too-big"; nothing of the frame was then taken."""
        if self._sent.get(frame[:_RECOGNISED_BY]) == frame and self.book.speaks(connection):
            return None  # the echo of a stock client, byte for byte what we sent
        own, claimed = self.book.sift(protocol.read_awareness(frame), connection, connection.person_id)
        for sign in (*own, *claimed):
            check_json(sign.state)
        if len(self.book.held_by((connection,))) + len(claimed) > limits.CLIENT_IDS_PER_CONNECTION:
            raise FrameRefused("too-big")
        self._note(connection, own)
        unknown = [sign for sign in claimed if self._owners.get(sign.client_id) != connection.person_id]
        if not unknown:
            self._admit(connection, claimed)
            return None
        claim = _Claim(connection, claimed, asyncio.get_running_loop().create_future())
        self._claims.append(claim)
        if not self._is_verifying:
            self._is_verifying = True
            self._house.spawn(self._verify())
        return claim.done

    def arrive(self, connection: Connection) -> None:
        """Tell a newcomer, or who asks, of everyone, at the next tick: one frame for all who come during it."""
        lag = self._behind.get(connection)
        self._behind[connection] = _Lag(0, self._told if lag is None else lag.gone)
        self._schedule(limits.PRESENCE_TICK_SECONDS)

    def leave(self, connection: Connection) -> None:
        self._behind.pop(connection, None)
        self._mark(self.book.leave(connection), connection)
        if not self._connections:
            self._tell()  # nobody is left to be spared; the process may be about to stop

    async def _verify(self) -> None:
        """Ask the database about all that is claimed, as one query; meanwhile claims gather for the next."""
        claims: list[_Claim] = []
        try:
            while self._claims:
                claims, self._claims = self._claims, []
                asked = [
                    (sign.client_id, claim.connection.person_id, claim.connection.may_write)
                    for claim in claims
                    for sign in claim.signs
                ]
                try:
                    owners = await self._house.run(settle_owners, self._document_id, asked)
                except DatabaseError as error:
                    # Stock clients say again every fifteen seconds that they are here.
                    logger.warning("document=%s presence not verified: %s", self._document_id, type(error).__name__)
                    owners = None
                for claim in claims:
                    if owners is not None and claim.connection in self._connections:
                        self._settle(claim, owners)
                    _release(claim)
        finally:
            self._is_verifying = False
            unsettled, self._claims = claims + self._claims, []
            for claim in unsettled:
                _release(claim)

    def _settle(self, claim: _Claim, owners: dict[int, int | None]) -> None:
        person_id = claim.connection.person_id
        own = [sign for sign in claim.signs if owners.get(sign.client_id, person_id) == person_id]
        if len(self._owners) >= limits.GONE_CLIENTS:
            self._owners.clear()
        self._owners.update((sign.client_id, person_id) for sign in own if sign.client_id in owners)
        try:
            self._admit(claim.connection, own)
        except FrameRefused as refusal:
            claim.connection.close(refusal)

    def _admit(self, connection: Connection, signs: Iterable[Sign]) -> None:
        """Let a connection speak for clients that are nobody else's."""
        for sign in signs:
            if not self.book.may_claim(sign, connection, connection.person_id):
                continue
            last_clock = self.book.last_clock_of_gone(sign.client_id)
            if last_clock is not None or self.book.is_here(sign.client_id):
                self._tick.must_count_on = self._tick.is_back_here = True
            if last_clock is None and self._house.now() - self._opened_at < limits.PRESENCE_REUNION_SECONDS:
                last_clock = sign.clock  # a restart: the others heard of it from the process that ended
            self._note(connection, [sign])
            if last_clock is not None and sign.clock <= last_clock:
                # The others remember it as gone at that clock and would not listen. Told so, it counts one further
                # and says again that it is here.
                connection.send(protocol.presence_frame([Sign(sign.client_id, last_clock, GONE)]))

    def _note(self, connection: Connection, signs: Iterable[Sign]) -> None:
        now = self._house.now()
        news = [sign.client_id for sign in signs if self.book.take(sign, connection, connection.person_id, now)]
        self._mark(news, connection)

    # --- The other processes ----------------------------------------------------------------------------------------
    def hear(self, process: str, content: bytes) -> None:
        """What the clients of another process say. Nothing of what cannot be read is taken."""
        now = self._house.now()
        try:
            signs = read_presence(content)
            for sign, _ in signs:
                check_json(sign.state)
        except FrameRefused as refusal:
            logger.warning("document=%s presence of %s: %s", self._document_id, process, refusal.code)
            return
        news = [sign.client_id for sign, person in signs if self.book.take(sign, process, person, now)]
        self._mark(news, None)

    def wanted(self) -> None:
        """Another process has just opened the document, or somebody came back to it there."""
        self._tick.must_count_on = True
        self.publish_all()

    def publish_all(self) -> None:
        """Tell the other processes, at the next tick, who is here."""
        self._tick.must_publish_all = True
        self._schedule(limits.PRESENCE_TICK_SECONDS)

    def expire(self, before: float) -> None:
        """Forget who was not heard of since; now and then, tell the others that those here are still here."""
        self._mark(self.book.expire(before), None)
        if self._connections and self._house.now() - self._published_at > limits.PRESENCE_REPEAT_SECONDS:
            self.publish_all()

    def _publish(self) -> None:
        client_ids = set(self._tick.ours)
        if self._tick.must_publish_all:
            self._published_at = self._house.now()
            client_ids.update(self.book.held_by(self._connections))
        if client_ids:
            content = write_presence(self.book, sorted(client_ids))
            self._house.publish(News("presence", self._document_id, signs=content))

    # --- The tick ---------------------------------------------------------------------------------------------------
    def _mark(self, client_ids: Sequence[int], source: Connection | None) -> None:
        """Note that these clients have news."""
        if not client_ids:
            return
        if source is not None:
            self._tick.ours.update(client_ids)
        self._tick.sources.add(source)
        self._schedule(limits.PRESENCE_TICK_SECONDS)

    def _schedule(self, delay: float) -> None:
        now = self._house.now()
        due = max(now + delay, self._pause_ends)
        if self._timer is not None:
            if self._due <= due:
                return
            self._timer.cancel()
        self._due = due
        self._timer = asyncio.get_running_loop().call_later(due - now, self._tell)

    def _tell(self) -> None:
        """Send the news of this tick, and what they lack to those who can take more again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._publish()
        if self._tick.must_count_on and self._house.now() >= self._count_on_from:
            self._ask_to_count_on()
        tick = self._tick
        self._tick = _Tick(must_count_on=tick.must_count_on, is_back_here=tick.is_back_here)
        only_source = next(iter(tick.sources)) if len(tick.sources) == 1 else None
        current = _Lag(self._told, self._told)
        late = list(self._behind.items())
        count = size = 0
        if self.book.last_change > self._told:
            frame, self._told = self._frame(current)
            for connection in self._connections:
                if connection is only_source or connection in self._behind:
                    continue
                if connection.send_if_clear(frame):
                    count += 1
                else:
                    self._behind[connection] = current
            size = count * len(frame)
        frames: dict[_Lag, tuple[bytes, int]] = {}
        for connection, lag in late:
            if connection.is_clear:
                frame, change = frames[lag] if lag in frames else frames.setdefault(lag, self._frame(lag))
                connection.send(frame)
                count, size = count + 1, size + len(frame)
                if change >= self._told:
                    del self._behind[connection]
                else:
                    self._behind[connection] = _Lag(change, max(change, lag.gone))
        pause = max(count * limits.PRESENCE_SECONDS_PER_FRAME, size / limits.PRESENCE_BYTES_PER_SECOND)
        self._pause_ends = self._house.now() + pause
        self._schedule_the_rest()

    def _ask_to_count_on(self) -> None:
        """Have everyone here say once more where they are, under a new clock.

        A stock client forgets the others when it is cut off, but not their clocks: it would not see them until each
        says so by itself, as they do every fifteen seconds."""
        if self._tick.is_back_here:
            self._house.publish(News("presence-wanted", self._document_id))
        self._tick.must_count_on = self._tick.is_back_here = False
        seconds = len(self._connections) * limits.PRESENCE_COUNT_ON_SECONDS_PER_PERSON
        self._count_on_from = self._house.now() + max(seconds, limits.PRESENCE_COUNT_ON_SECONDS)
        for connection in self._connections:
            if gone := self.book.as_gone(connection):
                connection.send_if_clear(protocol.presence_frame(gone))

    def _schedule_the_rest(self) -> None:
        if self._tick.must_count_on:
            self._schedule(max(self._count_on_from - self._house.now(), limits.PRESENCE_TICK_SECONDS))
        if self.book.last_change > self._told:
            self._tick.sources.add(None)  # whoever it came from: all are told
            self._schedule(limits.PRESENCE_TICK_SECONDS)
        elif self._behind:
            has_more = any(connection.is_clear for connection in self._behind)
            self._schedule(limits.PRESENCE_TICK_SECONDS if has_more else limits.PRESENCE_RETRY_SECONDS)

    def _frame(self, lag: _Lag) -> tuple[bytes, int]:
        """What somebody lacks, and the last change it tells of. Small enough for the echo of it to be taken."""
        written, change = self.book.news_since(*lag, limits.PRESENCE_FRAME_BYTES)
        frame = protocol.awareness_frame(protocol.join_signs(written))
        self._sent[frame[:_RECOGNISED_BY]] = frame
        if len(self._sent) > limits.PRESENCE_ECHOES:
            self._sent.popitem(last=False)
        return frame, change


def _release(claim: _Claim) -> None:
    if not claim.done.done():
        claim.done.set_result(None)


def settle_owners(document_id: UUID, claims: Sequence[tuple[int, int, bool]]) -> dict[int, int | None]:
    """Whose these clients are, for those that are somebody's. claims: client id, person, whether that person may write.

    Announcing oneself is using a client id: it then belongs for ever to who may write under it, before somebody else
    who saw it writes under it and shuts its first user out."""
    client_ids = {client_id for client_id, _, _ in claims}
    owners = _read_owners(document_id, client_ids)
    new = {
        client_id: person_id
        for client_id, person_id, may_write in reversed(claims)
        if may_write and client_id not in owners
    }
    if not new:
        return owners
    rows = (
        ClientOwner(document_id=document_id, client_id=client_id, person_id=person_id)
        for client_id, person_id in new.items()
    )
    # Another process, or the log, may have been quicker: the first one stays.
    ClientOwner.objects.bulk_create(rows, ignore_conflicts=True)
    return owners | _read_owners(document_id, new)


def _read_owners(document_id: UUID, client_ids: Iterable[int]) -> dict[int, int | None]:
    found = ClientOwner.objects.among([document_id], client_ids)
    return dict(found.values_list("client_id", "person_id"))


def write_presence(book: PresenceBook, client_ids: Sequence[int]) -> bytes:
    """What another process is told of some clients: an awareness update, then the person of each; 0: unknown."""
    content = protocol.join_signs([book.written(client_id) for client_id in client_ids])
    people = b"".join(wire.number(book.person_of(client_id) or 0) for client_id in client_ids)
    return wire.byte_string(content) + people


def read_presence(content: bytes) -> list[tuple[Sign, int | None]]:
    """What write_presence wrote. Raises FrameRefused: "malformed", or "too-big"."""
    reader = wire.Reader(content)
    signs = protocol.read_signs(reader.byte_string())
    people = [reader.number() or None for _ in signs]
    reader.expect_end()
    return list(zip(signs, people, strict=True))
