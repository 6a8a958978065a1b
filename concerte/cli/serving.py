"""Serving on a port that is taken already: in the only process, or in each worker."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from concerte.common.logs import report_failures_of_threads
from concerte.config.server import server_config

TICK_SECONDS = 1.0  # between two looks at whether to end, and two `Date` headers


class Server(uvicorn.Server):
    """Says when it really listens. opened: called on the event loop."""

    def __init__(self, config: uvicorn.Config, opened: Callable[["Server"], None]) -> None:
        super().__init__(config)
        self._opened = opened
        self._loop: asyncio.AbstractEventLoop | None = None
        self._must_end = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._opened(self)

    async def main_loop(self) -> None:
        """That of the library looks ten times a second, which costs as much as five people who type; a signal wakes
        this one."""
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._must_end.wait(), TICK_SECONDS)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._must_end.set)


def serve(listening: socket.socket, opened: Callable[[Server], None]) -> None:
    """Until it is asked to end."""
    report_failures_of_threads()
    config = server_config()
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(Server(config, opened).serve(sockets=[listening]))
