"""The standing thread that writes the log for the sockets: a hand-over costs less than a thread of a pool."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from queue import SimpleQueue

from django.db import OperationalError, connection

from concerte.documents import limits, metrics
from concerte.documents.log import DocumentLog, Outcome, Write

logger = logging.getLogger(__name__)

Result = list[Outcome | Exception]  # for each write, in order: its line, why it is refused, or why it is not saved
Deliver = Callable[[Result], None]


class LogWriter:
    """Commits what the flusher hands it, with a database connection of its own.

    deliver is called in this thread, once per job, after the commit or its failure."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[tuple[Sequence[Write], Deliver] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="documents-log", daemon=True)
        self._log = DocumentLog()

    def start(self) -> None:
        self._thread.start()

    def submit(self, writes: Sequence[Write], deliver: Deliver) -> None:
        self._jobs.put((writes, deliver))

    def stop(self) -> None:
        """Commit what is queued, then end. Blocks at most limits.STOP_SECONDS."""
        self._jobs.put(None)
        self._thread.join(limits.STOP_SECONDS)

    def _run(self) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                writes, deliver = job
                deliver(self._commit(writes))
        finally:
            connection.close()

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
        metrics.commit_took(time.perf_counter() - started)
        metrics.updates_committed(len(writes))
        return outcomes
