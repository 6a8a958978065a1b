"""Serving on a port that is taken already: in the only process, or in each worker."""

import asyncio
import socket
from collections.abc import Callable

import uvicorn

from concerte.common.logs import report_failures_of_threads
from concerte.config.server import server_config


class Server(uvicorn.Server):
    """Says when it really listens. opened: called on the event loop."""

    def __init__(self, config: uvicorn.Config, opened: Callable[["Server"], None]) -> None:
        super().__init__(config)
        self._opened = opened

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._opened(self)


def serve(listening: socket.socket, opened: Callable[[Server], None]) -> None:
    """Until it is asked to end."""
    report_failures_of_threads()
    config = server_config()
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(Server(config, opened).serve(sockets=[listening]))
