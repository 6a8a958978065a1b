"""Many processes on one port: started, watched over, restarted, and replaced one at a time.

The parent takes the port once and serves nobody. Each worker inherits the listening socket: a connection that waits is
taken by whichever worker is free, and none is refused while another worker starts or ends. Workers are programs of
their own, not forks: SIGHUP after an update brings the new code.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Callable

from concerte.cli.daily import follow_the_calendar_every_day
from concerte.cli.notices import tell_what_waits_every_minute
from concerte.cli.worker import PULSE_SECONDS
from concerte.config.server import SHUTDOWN_SECONDS
from concerte.documents.limits import STOP_SECONDS
from concerte.documents.metrics import forget_process

logger = logging.getLogger(__name__)

START_SECONDS = 60.0  # a worker that does not answer by then is killed
SILENCE_SECONDS = 30.0  # so is one that gave no sign of life for so long
STEADY_SECONDS = 10.0  # who lived less died young
PAUSE_SECONDS_MAX = 30.0  # before the next try of what dies young again and again: 0.5, 1, 2, 4…
TRIES_AT_ONCE = 1  # in a row, without a pause, of what dies before it answers: it cannot start
TRIES_AT_ONCE_OF_WHAT_ANSWERED = 5  # of what had answered: it can, and people wait for it
END_SECONDS = SHUTDOWN_SECONDS + STOP_SECONDS + 5  # a worker that does not end by itself is killed


class Worker:
    """One process that serves, and the pipe of its signs of life."""

    def __init__(self, number: int, process: Process, pulse: int) -> None:
        self.number = number
        self.process = process
        self.ready = asyncio.Event()
        self.ended = asyncio.ensure_future(process.wait())
        self.is_asked_to_end = False
        self._loop = asyncio.get_running_loop()
        self._pulse = pulse
        self._started_at = self._heard_at = self._loop.time()
        self._loop.add_reader(pulse, self._hear)

    @classmethod
    async def start(cls, number: int, listening: socket.socket) -> "Worker":
        pulse, beat = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "concerte.cli.worker", str(listening.fileno()), str(beat)),
                pass_fds=(listening.fileno(), beat),
                process_group=0,  # what a terminal tells the whole group is told by us, in good order
            )
        except BaseException:
            os.close(pulse)
            raise
        finally:
            os.close(beat)
        return cls(number, process, pulse)

    @property
    def pid(self) -> int:
        return self.process.pid

    def lived(self) -> float:
        return self._loop.time() - self._started_at

    def is_silent(self) -> bool:
        return self._loop.time() - self._heard_at > (SILENCE_SECONDS if self.ready.is_set() else START_SECONDS)

    def _hear(self) -> None:
        if os.read(self._pulse, 4096):
            self._heard_at = self._loop.time()
            self.ready.set()
        else:  # it closed its end: it is about to be gone
            self._loop.remove_reader(self._pulse)

    def end(self) -> None:
        """Ask it to commit what it holds and to send its people elsewhere."""
        if not self.is_asked_to_end and self.process.returncode is None:
            self.is_asked_to_end = True
            self.process.terminate()

    def kill(self) -> None:
        if self.process.returncode is None:
            self.process.kill()

    def close(self) -> None:
        self._loop.remove_reader(self._pulse)
        os.close(self._pulse)


class Supervisor:
    """Keeps `count` workers on a port. answered: called once, when the first of them serves."""

    def __init__(self, count: int, listening: socket.socket, answered: Callable[[], None]) -> None:
        self._count = count
        self._listening = listening
        self._answered: Callable[[], None] | None = answered
        self._workers: dict[int, Worker] = {}  # number: the one in service
        self._alive: set[Worker] = set()  # those, and those that replace them or end
        self._failures = dict.fromkeys(range(1, count + 1), 0)  # young deaths, in a row
        self._watching: set[asyncio.Task[None]] = set()
        self._must_stop = asyncio.Event()
        self._must_renew = asyncio.Event()

    async def run(self) -> None:
        """Until SIGTERM or SIGINT; SIGHUP replaces all workers, one at a time."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._stop)
        loop.add_signal_handler(signal.SIGINT, self._stop)
        loop.add_signal_handler(signal.SIGHUP, self._must_renew.set)
        rounds = (follow_the_calendar_every_day(), tell_what_waits_every_minute(), self._renew_when_asked())
        beside = [asyncio.create_task(each) for each in rounds]
        try:
            for number in self._failures:
                self._workers[number] = await self._start(number)
            await self._must_stop.wait()
        finally:
            self._must_stop.set()
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await self._end_all()

    def _stop(self) -> None:
        """Asked twice: at once."""
        if self._must_stop.is_set():
            for worker in self._alive:
                worker.kill()
        self._must_stop.set()

    async def _end_all(self) -> None:
        deadline = asyncio.get_running_loop().time() + END_SECONDS
        while self._watching:
            for worker in self._alive:
                worker.end()
                if asyncio.get_running_loop().time() > deadline:
                    worker.kill()
            await asyncio.wait(self._watching, timeout=PULSE_SECONDS)

    async def _end(self, worker: Worker) -> None:
        worker.end()
        await asyncio.wait((worker.ended,), timeout=END_SECONDS)
        if not worker.ended.done():
            logger.error("worker %d (process %d) does not end: killed", worker.number, worker.pid)
            worker.kill()
            await worker.ended

    # --- Watching over ------------------------------------------------------------------------------------------------
    async def _start(self, number: int) -> Worker:
        worker = await Worker.start(number, self._listening)
        self._alive.add(worker)
        task = asyncio.create_task(self._watch(worker))
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)
        return worker

    async def _watch(self, worker: Worker) -> None:
        """Until it ends; then start another in its place, unless one is there already."""
        greeting = asyncio.create_task(self._greet(worker))
        while not worker.ended.done():
            await asyncio.wait((worker.ended,), timeout=PULSE_SECONDS)
            if worker.is_silent() and not worker.ended.done():
                logger.error("worker %d (process %d) gives no sign of life: killed", worker.number, worker.pid)
                worker.kill()
                await worker.ended
        greeting.cancel()
        self._alive.discard(worker)
        worker.close()
        forget_process(worker.pid)
        if self._is_in_service(worker):
            await self._replace_the_dead(worker)

    async def _greet(self, worker: Worker) -> None:
        await worker.ready.wait()
        logger.info("worker %d answers (process %d)", worker.number, worker.pid)
        answered, self._answered = self._answered, None
        if answered is not None:
            answered()

    def _is_in_service(self, worker: Worker) -> bool:
        return self._workers.get(worker.number) is worker and not self._must_stop.is_set()

    async def _replace_the_dead(self, worker: Worker) -> None:
        pause = self._pause_after(worker)
        if pause:
            await self._pause(pause)
        while self._is_in_service(worker):
            try:
                started = await self._start(worker.number)
            except OSError:  # no memory, no process left: later perhaps
                logger.exception("worker %d cannot be started", worker.number)
                await self._pause(PAUSE_SECONDS_MAX)
                continue
            if not self._is_in_service(worker):  # it was renewed meanwhile
                started.end()
                return
            self._workers[worker.number] = started

    def _pause_after(self, worker: Worker) -> float:
        """Count a death, and say it. Seconds before the next try.

        Somebody waits for each worker, for all their words when no other is left: a pause is for what dies again and
        again, soonest for what never answers."""
        number, status, has_answered = worker.number, worker.process.returncode, worker.ready.is_set()
        if has_answered and worker.lived() >= STEADY_SECONDS:
            self._failures[number] = 0
        else:
            self._failures[number] += 1
        failures = self._failures[number]
        pause = pause_before(failures, has_answered=has_answered)
        if not pause:
            logger.warning("worker %d (process %d) died, status %s: started again", number, worker.pid, status)
            return pause
        words = "worker %d died at start %d times in a row, status %s: next try in %.1f s"
        if has_answered:
            words = "worker %d died soon after it answered, %d times in a row, status %s: next try in %.1f s"
        logger.error(words, number, failures, status, pause)
        return pause

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._must_stop.wait(), seconds)

    # --- Replacing ----------------------------------------------------------------------------------------------------
    async def _renew_when_asked(self) -> None:
        while True:
            await self._must_renew.wait()
            self._must_renew.clear()
            try:
                await self._renew()
            except OSError:
                logger.exception("no new worker can be started")

    async def _renew(self) -> None:
        """Replace each worker: the old one ends once the new one answers. What cannot start replaces nothing."""
        for number in sorted(self._workers):
            worker = await self._start(number)
            ready = asyncio.create_task(worker.ready.wait())
            await asyncio.wait((ready, worker.ended), return_when=asyncio.FIRST_COMPLETED)
            ready.cancel()
            if not worker.ready.is_set() or worker.ended.done():
                logger.error("the new worker %d does not start: the others stay as they are", number)
                return
            old, self._workers[number] = self._workers[number], worker
            self._failures[number] = 0
            await self._end(old)
        logger.info("all workers were replaced")


def pause_before(failures: int, *, has_answered: bool) -> float:
    """Seconds before the next try. failures: young deaths in a row; has_answered: whether the last one served."""
    at_once = TRIES_AT_ONCE_OF_WHAT_ANSWERED if has_answered else TRIES_AT_ONCE
    excess = min(failures - at_once - 1, 100)  # a night of failures is more than a float can be doubled
    return 0.0 if excess < 0 else min(0.5 * 2.0**excess, PAUSE_SECONDS_MAX)
