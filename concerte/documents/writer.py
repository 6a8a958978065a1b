"""The standing thread that writes the log for the sockets, and the way past it.

A hand-over costs less than a thread of a pool; but to wake a thread for one line, and the event loop for its answer,
costs more than the line. What needs no question and no waiting is committed on the event loop itself (`commit_here`),
as long as the disk is quick. All else is the thread's: first lines, changed rights, a database that somebody else is
writing in, a slow disk, errors, and what SQLite has to tidy up now and then.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from queue import SimpleQueue

from django.db import DatabaseError, OperationalError, connection

from concerte.documents import limits, metrics
from concerte.documents.log import DocumentLog, Outcome, Write

logger = logging.getLogger(__name__)

Result = list[Outcome | Exception]  # for each write, in order: its line, why it is refused, or why it is not saved
Deliver = Callable[[Result], None]


class LogWriter:
    """Commits what the flusher hands it, with a database connection of its own.

    One batch at a time: the connection and what the log remembers are the thread's while it has jobs, and those of
    the event loop while it has none."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[tuple[Sequence[Write], Deliver] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="documents-log", daemon=True)
        self._log = DocumentLog()
        self._asked = self._done = 0  # jobs; each is counted by one thread only
        self._usual_seconds = 0.0  # that a commit takes
        self._gathered_updates = 0  # since the write-ahead log was last copied
        self._gathered_pages = 0.0  # in it, about
        self._pages_of_an_update = 1.0  # the same for each update, as the last time

    def start(self) -> None:
        self._thread.start()

    def commit_here(self, writes: Sequence[Write]) -> Result | None:
        """Commit on the calling thread, that of `submit`. None, and nothing is written: to be submitted."""
        if self._asked != self._done or self._gathered_pages >= limits.CHECKPOINT_PAGES:
            return None
        if self._usual_seconds > limits.QUICK_COMMIT_SECONDS:
            return None
        started = time.perf_counter()
        outcomes = self._log.append_here(writes)
        if outcomes is None:
            return None
        self._committed(len(writes), started)
        return outcomes  # type: ignore[return-value]  # a list of fewer kinds, made for the caller

    def others_version(self) -> object | None:
        """A value that is another one as soon as anything but this writer has committed. None: not known, or the
        thread is writing. Called on the event loop."""
        return self._log.others_version() if self._asked == self._done else None

    def submit(self, writes: Sequence[Write], deliver: Deliver) -> None:
        """deliver is called in the thread, once, after the commit or its failure."""
        self._asked += 1
        self._jobs.put((writes, deliver))

    def stop(self) -> None:
        """Commit what is queued, then end. Blocks at most limits.STOP_SECONDS."""
        self._asked += 1
        self._jobs.put(None)
        self._thread.join(limits.STOP_SECONDS)

    def _run(self) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                writes, deliver = job
                self._log.take_back()
                deliver(self._commit(writes))
                self._tidy_up()
                self._log.lend()
                self._done += 1
        finally:
            connection.close()

    def _tidy_up(self) -> None:
        if self._gathered_pages >= limits.CHECKPOINT_PAGES:
            try:
                pages = self._log.checkpoint()
                self._pages_of_an_update = min(1.0, pages / max(1, self._gathered_updates))
            except DatabaseError as error:  # nothing is lost: it is done the next time
                logger.warning("no checkpoint: %s", type(error).__name__)
            self._gathered_updates, self._gathered_pages = 0, 0.0

    def _committed(self, count: int, started: float) -> None:
        seconds = time.perf_counter() - started
        self._usual_seconds += (seconds - self._usual_seconds) / 8
        self._gathered_updates += count
        self._gathered_pages += count * self._pages_of_an_update + 2  # the ends of two tables
        metrics.committed(count, seconds)

    def _commit(self, writes: Sequence[Write]) -> Result:
        started = time.perf_counter()
        try:
            outcomes: Result = list(self._log.append(writes))
        except Exception as error:  # whatever the database or its driver raises, the thread must go on
            self._log.forget()
            connection.close()
            document_ids = dict.fromkeys(write.document_id for write in writes)
            if len(document_ids) > 1 and not isinstance(error, OperationalError):
                # One document may be the reason: the others must not pay for it. A database that is gone is not asked
                # again for each: every answer takes seconds.
                parts = {
                    document_id: iter(self._commit([write for write in writes if write.document_id == document_id]))
                    for document_id in document_ids
                }
                return [next(parts[write.document_id]) for write in writes]
            if isinstance(error, OperationalError):
                logger.error("%d updates not saved: %s", len(writes), type(error).__name__)
            else:
                logger.exception("%d updates not saved", len(writes))
            metrics.commit_failed(len(writes))
            return [error] * len(writes)
        self._committed(len(writes), started)
        return outcomes
