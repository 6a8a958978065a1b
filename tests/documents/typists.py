"""People whose page stays open: they type words, come back by themselves, and remember what they were told.

Each word is typed once (`anne12`), so that a text says by itself what is missing, doubled or out of order.
"""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import websockets
from pycrdt import Doc, Text

from concerte.documents import protocol
from tests.documents.clients import Client, Pass

PAUSE = 0.02  # seconds, at most, between two words: several people who type without looking up
NOT_SAVED = 4503  # what a socket closes with when the database cannot write
RETRY_SECONDS = 0.1  # stock clients wait so long before they first come back to a server that sent them away
UNSAVED_WORDS = 20  # nobody types further ahead of what is saved


class Typist(Client):
    """A client that notes each thing it does, and which of them the server said are saved."""

    def __init__(
        self, address: str, document_id: str, entry: Pass, name: str, draw: random.Random | None = None
    ) -> None:
        super().__init__(address, document_id, entry)
        self.name = name
        self.done: list[tuple[str, str]] = []  # ("type" or "delete", word), in order
        self.closings: list[int] = []  # the close codes met
        self._saved: set[int] = set()  # of `done`, on earlier connections
        self._marks: list[range] = []  # for each document frame of this connection: which of `done` it carries
        self._outgoing_done: list[int] = []
        self._draw = draw or random.Random(name)  # noqa: S311 - any words do
        self._is_here = False
        self._keeping: asyncio.Task[None] | None = None

    # --- Coming and coming back ---------------------------------------------------------------------------------------
    async def connect(self) -> None:
        self._saved = self.saved_numbers()
        self._marks.clear()
        self._outgoing_done.clear()
        self.was_greeted = False
        await super().connect()
        self._is_here = True

    async def come_back(self, may_come: asyncio.Event | None = None) -> None:
        """Keep a connection: try again as soon as one is lost, once it is allowed, until a refusal that stock clients
        take for final (4400 to 4499)."""
        while True:
            if may_come is not None:
                await may_come.wait()
            try:
                await self.connect()
            except (OSError, websockets.WebSocketException, TimeoutError):
                await asyncio.sleep(0.01)  # there is nothing to wait on but the port
                continue
            await self.until(lambda: self.closed is not None, patience=None)
            assert self.closed is not None
            self._is_here = False
            self.closings.append(self.closed[0])
            self._changed.set()
            if self._reading is not None:
                await self._reading
            if 4400 <= self.closed[0] < 4500:
                return
            if self.closed[0] == NOT_SAVED:
                await asyncio.sleep(RETRY_SECONDS)

    def keep_connected(self, may_come: asyncio.Event | None = None) -> None:
        self._keeping = asyncio.create_task(self.come_back(may_come))

    async def leave(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait((self._keeping,))
        if self._is_here:
            await self.disconnect()

    async def until_in_step(self) -> None:
        """Until this person is connected, holds what the server holds, and all that they did is saved: a server that
        was started again has asked them for it again."""
        everything = range(len(self.done))
        await self.until(
            lambda: (
                (
                    self.is_here
                    and self.is_synced
                    and (self.was_greeted or not self.done)
                    and self.saved_count == self.sent_count
                    and self.saved_numbers().issuperset(everything)
                )
                or self.is_out
            )
        )
        assert not self.is_out, self.closings

    @property
    def is_out(self) -> bool:
        """Whether the server refused for good."""
        return 4400 <= (self.closings or [0])[-1] < 4500

    @property
    def is_here(self) -> bool:
        return self._is_here and self.closed is None

    # --- Typing -------------------------------------------------------------------------------------------------------
    async def type_word(self, *, at_start: bool = False) -> str:
        """Type the next word, connected or not."""
        word = f"{self.name}{len(self.done)}"
        self.done.append(("type", word))
        self.text.insert(0 if at_start else len(self.text), f"{word} ")
        await self.flush()
        return word

    async def delete_word(self, word: str) -> None:
        start = str(self.text).split(" ").index(word)
        self.done.append(("delete", word))
        begin = sum(len(each) + 1 for each in str(self.text).split(" ")[:start])
        del self.text[begin : begin + len(word) + 1]
        await self.flush()

    async def type_on(self) -> None:
        """Type for ever while connected: mostly words at the end, some at the beginning, now and then one less."""
        while True:
            await self.until(lambda: self.is_here and self.sent_count - self.saved_count < UNSAVED_WORDS, None)
            own = [each for each in words(self) if author(each) == self.name]
            what = self._draw.random()
            if what < 0.1 and own:
                await self.delete_word(self._draw.choice(own))
            else:
                await self.type_word(at_start=what > 0.9)
            await asyncio.sleep(self._draw.uniform(0, PAUSE))

    async def type_until_refused(self) -> None:
        """Type, a word at a time, until the server says that it cannot keep it."""
        while NOT_SAVED not in self.closings:
            await self.type_word()
            await self.until(lambda: self.saved_count == self.sent_count or NOT_SAVED in self.closings)

    async def until_refused_again(self) -> None:
        """Until this person came back, sent it all again, and heard once more that it cannot be kept."""
        count = len(self.closings)
        await self.until(lambda: len(self.closings) > count)

    async def flush(self) -> None:
        outgoing, self._outgoing = self._outgoing, []
        numbers, self._outgoing_done = self._outgoing_done, []
        if self._is_here:
            for update, number in zip(outgoing, numbers, strict=True):
                await self._send_marked(protocol.update_frame(update), range(number, number + 1))

    async def send(self, frame: bytes | str) -> None:
        if frame[:2] == b"\x00\x01":  # all that the server lacks
            await self._send_marked(frame, range(len(self.done)))
        else:
            await super().send(frame)

    async def _send_marked(self, frame: bytes | str, mark: range) -> None:
        self._marks.append(mark)
        await super().send(frame)

    def _changed_here(self, event: Any) -> None:
        super()._changed_here(event)
        if not self._is_applying:
            self._outgoing_done.append(len(self.done) - 1)

    # --- What is known ------------------------------------------------------------------------------------------------
    def saved_numbers(self) -> set[int]:
        """Which of `done` the server said are saved."""
        return self._saved.union(*self._marks[: self.saved_count])

    @property
    def typed(self) -> set[str]:
        return {word for what, word in self.done if what == "type"}

    @property
    def deleted(self) -> set[str]:
        return {word for what, word in self.done if what == "delete"}


def words(client: Client) -> list[str]:
    return str(client.text).split()


def author(word: str) -> str:
    return word.rstrip("0123456789")


@contextlib.asynccontextmanager
async def typing(typists: Iterable[Typist]) -> Any:
    """While the body runs, these people type."""
    tasks = [asyncio.create_task(typist.type_on()) for typist in typists]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    failures = [each for each in results if isinstance(each, Exception)]
    assert failures == []


def check_kept(served: Client, typists: Sequence[Typist]) -> int:
    """What a newcomer is served holds all that anybody had received, and all that was said to be saved.

    How many words people see of each other. Each update received is looked at once: it is forgotten here."""
    kept = words(served)
    assert [word for word, count in Counter(kept).items() if count > 1] == [], "arrived twice"
    assert set(kept) <= set().union(*(typist.typed for typist in typists)), "typed by nobody"
    deleted = set().union(*(typist.deleted for typist in typists))
    seen = 0
    for typist in typists:
        others = {word for word in words(typist) if author(word) != typist.name}
        seen += len(others)
        assert others - deleted <= set(kept), f"{typist.name} had received what is lost"
        both = set(kept) & set(words(typist))
        assert [word for word in words(typist) if word in both] == [word for word in kept if word in both], "order"
        for number in typist.saved_numbers():
            what, word = typist.done[number]
            assert word in deleted or word in kept, f"{word} was said to be saved"
            assert what == "type" or word not in kept, f"deleting {word} was said to be saved"
    _check_updates(served, typists)
    return seen


def _check_updates(served: Client, typists: Sequence[Typist]) -> None:
    """Every update received is in what is served: text added and text deleted, struct by struct."""
    doc: Doc[Any] = Doc()
    doc.apply_update(served.doc.get_update())
    before = doc.get_state(), str(doc.get("text", type=Text))
    for typist in typists:
        received, typist.received = typist.received, []
        for update in received:
            doc.apply_update(update)
    assert (doc.get_state(), str(doc.get("text", type=Text))) == before, "an update that was received is lost"


@contextlib.asynccontextmanager
async def connected(*typists: Typist, may_come: asyncio.Event | None = None) -> Any:
    """While the body runs, these people keep their page open; it begins once all are in step and saved."""
    try:
        for typist in typists:
            typist.keep_connected(may_come)
        for typist in typists:
            await typist.until_in_step()
        yield
    finally:
        for typist in typists:
            await typist.leave()


async def check_all_arrived(typists: Sequence[Typist]) -> None:
    """Wait until everybody holds all that was typed and not deleted, each word once, in the same order."""
    expected = set().union(*(typist.typed for typist in typists)) - set().union(*(each.deleted for each in typists))
    for typist in typists:
        await typist.until(lambda typist=typist: set(words(typist)) == expected)  # type: ignore[misc]
    assert [word for word, count in Counter(words(typists[0])).items() if count > 1] == []
    assert len({str(typist.text) for typist in typists}) == 1
