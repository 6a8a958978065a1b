"""Durable before visible: what the rooms take in is committed together, and only then shown.

All that came in during one turn of the event loop goes into one transaction, whatever the number of documents; while
it is being committed, the next batch gathers. After a batch was shown, the next one waits a little: when few people
write hardly anybody waits, and in a crowd each frame carries more. Writing to hundreds is part of that wait; it is
counted in frames and not in time spent, which would explode when the processor is lent to somebody else.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from concerte.documents import limits, metrics
from concerte.documents.connection import Connection
from concerte.documents.errors import SocketRefused
from concerte.documents.log import Outcome, Write
from concerte.documents.updates import Update
from concerte.documents.writer import Result

if TYPE_CHECKING:
    from concerte.documents.room import Room

Settled = tuple["Submission", Outcome | Exception]  # None: it was empty, or stands in the line of an earlier one
Commit = Callable[[Sequence[Write], Callable[[Result], None]], Result | None]


class Submission(Write):
    """An update somebody sent, on its way to the log."""

    __slots__ = ("arrived_at", "connection", "room")

    def __init__(self, room: "Room", connection: Connection, update: Update, *, is_answer: bool) -> None:
        self.document_id = room.document_id
        self.update = update
        self.person_id = connection.entry.person_id
        self.needs_right = True
        self.is_answer = is_answer
        self.room = room
        self.connection = connection
        self.arrived_at = connection.heard_at  # seconds, on the clock of the loop


class Flusher:
    """Gathers the submissions of all rooms. Lives on the event loop; `commit` calls back on it."""

    def __init__(self, commit: Commit) -> None:
        """commit: has writes committed, in order. What became of them, or None: it then calls back on the loop."""
        self._commit = commit
        self._loop = asyncio.get_running_loop()
        self._gathered: list[Submission] = []
        self._gathered_bytes = 0
        self._is_committing = False
        self.is_overdue = False  # the database does not answer: nothing more is gathered for it
        self._not_before = 0.0
        self._turn: asyncio.Handle | None = None

    @property
    def is_busy(self) -> bool:
        return bool(self._gathered) or self._is_committing

    @property
    def waiting_count(self) -> int:
        return len(self._gathered)

    def add(self, submission: Submission) -> None:
        self._gathered.append(submission)
        self._gathered_bytes += len(submission.update.content)
        if self._turn is None and not self._is_committing:
            self._schedule()

    def drop(self, connection: Connection) -> None:
        """Forget what a connection sent after what was refused: it counts on it."""
        dropped = [each for each in self._gathered if each.connection is connection]
        if dropped:
            self._gathered = [each for each in self._gathered if each.connection is not connection]
            for submission in dropped:
                submission.room.forget(submission)

    def _schedule(self) -> None:
        delay = self._not_before - self._loop.time()
        # Not in this very call: what other sockets brought in the same turn of the loop goes along.
        self._turn = self._loop.call_later(delay, self._flush) if delay > 0 else self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._turn = None
        batch = self._take_batch()
        if not batch:
            return
        writes = [each for each in batch if each.update.inserted or not each.is_empty]
        self._is_committing = True

        def deliver(result: Result) -> None:
            overdue.cancel()
            self._committed(batch, result)

        result = self._commit(writes, deliver) if writes else []
        if result is None:
            overdue = self._loop.call_later(limits.COMMIT_SECONDS, self._overdue, batch)
        else:
            self._committed(batch, result)

    def _take_batch(self) -> list[Submission]:
        """All that is gathered, or as much as one transaction may hold."""
        batch, self._gathered = self._gathered, []
        size, self._gathered_bytes = self._gathered_bytes, 0
        if len(batch) <= limits.BATCH_WRITES and size <= limits.BATCH_BYTES:
            return batch
        count = size = 0
        while count < min(len(batch), limits.BATCH_WRITES) and size <= limits.BATCH_BYTES:
            size += len(batch[count].update.content)
            count += 1
        self._gathered = batch[count:]
        self._gathered_bytes = sum(len(each.update.content) for each in self._gathered)
        return batch[:count]

    def _overdue(self, batch: Sequence[Submission]) -> None:
        """The database hangs: say so to who wrote. Should the commit hold after all, it is shown; they come back."""
        self.is_overdue = True
        for submission in [*batch, *self._gathered]:
            submission.connection.close(SocketRefused("not-saved"))
            self.drop(submission.connection)

    def _committed(self, batch: Sequence[Submission], result: Result) -> None:
        """Hand each room what became of its submissions, in their order."""
        self._is_committing = self.is_overdue = False
        outcomes: Iterable[Outcome | Exception] = result
        if len(result) < len(batch):  # an empty update: nothing to commit, but to count in its turn
            following = iter(result)
            outcomes = [None if each.is_empty else next(following) for each in batch]
        by_room: dict[Room, list[Settled]] = {}
        for settled in zip(batch, outcomes, strict=True):
            room = settled[0].room
            if room in by_room:
                by_room[room].append(settled)
            else:
                by_room[room] = [settled]
        frames = deliveries = 0
        now = self._loop.time()
        for room, all_settled in by_room.items():
            written = room.settle(all_settled, now)
            frames += written
            deliveries += written * len(all_settled)
        now = self._loop.time()
        self._not_before = now + pause_after(frames)
        # The time is counted for the first that came: nobody waited longer.
        metrics.delivered(deliveries, len(batch), now - batch[0].arrived_at)
        if len(batch) >= limits.NAP_UPDATES and self._turn is None:
            self._turn = self._loop.call_soon(self._rest)
        elif self._gathered and self._turn is None:
            self._schedule()

    def _rest(self) -> None:
        """Wait for the next batch without being woken by each frame of it. The threads of the pages have the processor
        meanwhile; what else the event loop does waits so long."""
        self._turn = None
        left = self._not_before - self._loop.time()
        if left > 0:
            time.sleep(min(left, limits.NAP_SECONDS))
            self._turn = self._loop.call_soon(self._rest)
        elif self._gathered:
            self._flush()


def pause_after(frames: int) -> float:
    """Seconds before the next batch may begin. Writing frames to hundreds is a wait in itself, and counts as such."""
    return max(limits.FLUSH_SECONDS - frames * limits.FRAME_SECONDS, limits.FLUSH_SECONDS_MIN)
