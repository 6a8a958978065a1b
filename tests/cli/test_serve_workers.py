"""Several processes on one port: kept alive, replaced one at a time, ended together. Real processes, on SQLite."""

import asyncio
import logging
import os
import re
import select
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from concerte.cli import workers
from concerte.cli.workers import (
    PAUSE_SECONDS_MAX,
    START_SECONDS,
    Supervisor,
    pause_before,
)
from tests.servers import ROOT, is_running

PATIENCE = 2 * START_SECONDS  # a guard against hanging: two workers may start one after the other

SUPERVISE = """
import asyncio, os, socket, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from concerte.cli.workers import Supervisor
listening = socket.create_server(("127.0.0.1", 0))
asyncio.run(Supervisor(2, listening, lambda: print("answered", flush=True)).run())
"""


class Log(logging.Handler):
    """What the supervisor says, as it says it."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._said = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.text += record.getMessage() + "\n"
        self._said.set()

    async def until(self, condition: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._said.clear()
                await self._said.wait()

    def pids(self) -> list[int]:
        """Of the workers that answered, in the order in which they did."""
        return [int(pid) for pid in re.findall(r"answers \(process (\d+)\)", self.text)]


@pytest.fixture
def at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where workers find their data."""
    monkeypatch.setenv("CONCERTE_DATA", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'concerte.sqlite3'}")
    monkeypatch.delenv("REDIS_URL", raising=False)
    (tmp_path / "static").mkdir()
    return tmp_path


@pytest.fixture
async def log() -> AsyncIterator[Log]:
    log = Log()
    logger = logging.getLogger(workers.__name__)
    logger.addHandler(log)
    logger.setLevel(logging.INFO)
    yield log
    logger.removeHandler(log)


@pytest.fixture
async def supervisor(at_work: Path, log: Log) -> AsyncIterator[Supervisor]:
    """Two workers on a port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        supervisor = Supervisor(2, listening, lambda: None)
        running = asyncio.create_task(supervisor.run())
        yield supervisor
        supervisor._stop()
        await running
    assert not any(is_running(pid) for pid in log.pids())


@pytest.mark.parametrize(("count", "redis_url"), [(2, ""), (2, "redis://127.0.0.1:1"), (0, ""), (-1, "")])
def test_several_processes_are_refused_without_what_they_share(settings: Any, count: int, redis_url: str) -> None:
    settings.REDIS_URL = redis_url

    with pytest.raises(CommandError, match="PostgreSQL.*Valkey" if count > 1 else "au moins un processus"):
        call_command("serve", workers=count)


async def test_a_worker_that_dies_is_started_again_and_the_other_stays(supervisor: Supervisor, log: Log) -> None:
    await log.until(lambda: len(log.pids()) == 2)
    first, second = log.pids()
    os.kill(first, signal.SIGKILL)
    await log.until(lambda: len(log.pids()) == 3)

    assert is_running(second)
    assert is_running(log.pids()[2])
    assert f"(process {first}) died, status -9" in log.text


async def test_workers_killed_as_soon_as_they_answer_are_started_again_at_once(
    supervisor: Supervisor, log: Log
) -> None:
    """What had answered can start: nobody waits for a pause, be it the only worker left."""
    for count in (2, 3, 4):
        await log.until(lambda count=count: len(log.pids()) == count)
        os.kill(log.pids()[-1], signal.SIGKILL)
    await log.until(lambda: len(log.pids()) == 5)

    assert "next try" not in log.text


@given(st.integers(0, 5_000), st.booleans())
def test_what_dies_young_again_and_again_waits_longer_each_time(failures: int, has_answered: bool) -> None:
    pause, next_pause = (pause_before(failures + more, has_answered=has_answered) for more in (0, 1))

    assert 0 <= pause <= next_pause <= PAUSE_SECONDS_MAX
    assert pause_before(failures, has_answered=True) <= pause_before(failures, has_answered=False)


def test_even_what_answers_is_not_started_for_ever_without_a_pause() -> None:
    pauses = [pause_before(failures, has_answered=True) for failures in range(1, 15)]

    assert pauses == [0.0] * 5 + [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


@pytest.fixture
def nothing_starts(at_work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "nonsense://")


async def test_what_dies_at_start_is_tried_less_and_less_often(
    nothing_starts: None, supervisor: Supervisor, log: Log
) -> None:
    await log.until(lambda: "4 times in a row" in log.text)

    assert "died at start 2 times in a row, status 1: next try in 0.5 s" in log.text
    assert "died at start 3 times in a row, status 1: next try in 1.0 s" in log.text
    assert "died at start 4 times in a row, status 1: next try in 2.0 s" in log.text
    assert log.pids() == []


async def test_all_workers_are_replaced_when_asked(supervisor: Supervisor, log: Log) -> None:
    await log.until(lambda: len(log.pids()) == 2)
    os.kill(os.getpid(), signal.SIGHUP)
    await log.until(lambda: "all workers were replaced" in log.text)

    assert [is_running(pid) for pid in log.pids()] == [False, False, True, True]


async def test_new_workers_that_cannot_start_replace_nobody(
    supervisor: Supervisor, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    await log.until(lambda: len(log.pids()) == 2)
    monkeypatch.setenv("DATABASE_URL", "nonsense://")
    os.kill(os.getpid(), signal.SIGHUP)
    await log.until(lambda: "does not start" in log.text)

    assert [is_running(pid) for pid in log.pids()] == [True, True]


async def test_new_workers_that_answer_and_die_at_once_replace_nobody(
    supervisor: Supervisor, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    await log.until(lambda: len(log.pids()) == 2)
    first, second = log.pids()
    start = supervisor._start

    async def start_and_die(number: int) -> workers.Worker:
        worker = await start(number)
        worker.ready.set()
        worker.kill()
        await worker.ended
        return worker

    monkeypatch.setattr(supervisor, "_start", start_and_die)
    os.kill(os.getpid(), signal.SIGHUP)
    await log.until(lambda: "does not start" in log.text)

    assert {worker.pid for worker in supervisor._workers.values()} == {first, second}
    assert is_running(first)
    assert is_running(second)


async def test_a_worker_that_dies_while_it_is_replaced_leaves_no_more_than_were_asked_for(
    supervisor: Supervisor, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The replacement of the dead comes after the renewed one: it is one too many."""
    await log.until(lambda: len(log.pids()) == 2)
    dead = supervisor._workers[1]
    renewed = await supervisor._start(1)
    start = supervisor._start
    surplus: asyncio.Future[workers.Worker] = asyncio.get_running_loop().create_future()

    async def start_while_renewed(number: int) -> workers.Worker:
        worker = await start(number)
        supervisor._workers[number] = renewed
        surplus.set_result(worker)
        return worker

    monkeypatch.setattr(supervisor, "_start", start_while_renewed)
    dead.kill()
    async with asyncio.timeout(PATIENCE):
        await (await surplus).ended

    assert supervisor._workers[1] is renewed


async def test_a_worker_that_gives_no_sign_of_life_is_killed_and_replaced(
    supervisor: Supervisor, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    await log.until(lambda: len(log.pids()) == 2)
    monkeypatch.setattr(workers, "SILENCE_SECONDS", 3.0)
    stuck = log.pids()[0]
    os.kill(stuck, signal.SIGSTOP)
    await log.until(lambda: len(log.pids()) == 3)

    assert f"(process {stuck}) gives no sign of life" in log.text
    assert not is_running(stuck)


async def test_a_worker_that_does_not_end_is_killed(
    supervisor: Supervisor, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "END_SECONDS", 1.0)
    await log.until(lambda: len(log.pids()) == 2)
    os.kill(log.pids()[0], signal.SIGSTOP)
    supervisor._stop()


@pytest.fixture
def supervising(at_work: Path) -> Iterator[subprocess.Popen[str]]:
    """Two workers under a process to end."""
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISE], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "answered\n"
        yield process
        process.kill()


def workers_of(process: "subprocess.Popen[str]") -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_end_it_ends_with_all_its_workers(supervising: "subprocess.Popen[str]", number: int) -> None:
    pids = workers_of(supervising)
    supervising.send_signal(number)

    assert supervising.wait(PATIENCE) == 0
    assert len(pids) == 2
    assert not any(is_running(pid) for pid in pids)
    assert supervising.stderr is not None
    assert "Traceback" not in supervising.stderr.read()


def test_workers_end_when_nobody_watches_over_them_any_more(supervising: "subprocess.Popen[str]") -> None:
    ends = [os.pidfd_open(pid) for pid in workers_of(supervising)]
    supervising.kill()
    ended = [select.select([end], [], [], PATIENCE)[0] for end in ends]  # readable once the process has ended
    for end in ends:
        os.close(end)

    assert ended == [[end] for end in ends]
    assert len(ends) == 2
