"""The standing thread that writes the log for the sockets: what came while it committed goes into its next commit."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from django.db import OperationalError, connection

from concerte.documents import limits
from concerte.documents.log import DocumentLog, Outcome, Write

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Job:
    writes: Sequence[Write]
    size: int
    deliver: "Deliver"


Deliver = Callable[["list[Outcome] | Exception"], None]


class LogWriter:
    """The standing thread that commits what the rooms hand it, with a connection of its own.

    deliver is called in this thread, once per job, after the commit or its failure."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="documents-log", daemon=True)
        self._log = DocumentLog()

    def start(self) -> None:
        self._thread.start()

    def submit(self, writes: Sequence[Write], deliver: Deliver) -> None:
        self._jobs.put(_Job(writes, sum(len(write.update.content) for write in writes), deliver))

    def stop(self) -> None:
        """Commit what is queued, then end. Blocks at most limits.STOP_SECONDS."""
        self._jobs.put(None)
        self._thread.join(limits.STOP_SECONDS)

    def _run(self) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                jobs = [job]
                is_last = self._gather(jobs)
                self._commit(jobs)
                if is_last:
                    break
        finally:
            connection.close()

    def _gather(self, jobs: list[_Job]) -> bool:
        """Add all that waits, within limits. Whether the end was met."""
        count, size = len(jobs[0].writes), jobs[0].size
        while count < limits.BATCH_WRITES and size < limits.BATCH_BYTES:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return False
            if job is None:
                return True
            jobs.append(job)
            count += len(job.writes)
            size += job.size
        return False

    def _commit(self, jobs: Sequence[_Job]) -> None:
        writes = [write for job in jobs for write in job.writes]
        try:
            outcomes = self._log.append(writes)
        except Exception as error:  # whatever the database or its driver raises, the thread must go on
            self._log.forget()
            connection.close()
            if len(jobs) > 1 and not isinstance(error, OperationalError):
                # One of them may be the reason: the others must not pay for it. A database that is gone is not asked
                # again for each: every answer takes seconds.
                for job in jobs:
                    self._commit([job])
                return
            logger.exception("%d updates not saved", len(writes))
            for job in jobs:
                job.deliver(error)
            return
        start = 0
        for job in jobs:
            job.deliver(outcomes[start : start + len(job.writes)])
            start += len(job.writes)
