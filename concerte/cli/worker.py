"""The program of one worker of `concerte serve --workers N`. workers.py starts it."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concerte.cli.serving import Server

PULSE_SECONDS = 1.0  # between two signs of life


def work(listening: socket.socket, pulse: int) -> None:
    """Serve on a port that others listen on too. pulse: where signs of life are written, to who watches over us."""
    import concerte.config.asgi  # noqa: F401 - first: it loads the applications
    from concerte.cli.serving import serve

    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # it asks for new workers, and is for who watches over us
    os.set_blocking(pulse, False)
    tasks = []
    serve(listening, lambda server: tasks.append(asyncio.get_running_loop().create_task(_beat(server, pulse))))


async def _beat(server: "Server", pulse: int) -> None:
    """Give signs of life. End when nobody reads them any more: a port nobody watches over must not stay taken."""
    while True:
        try:
            with contextlib.suppress(BlockingIOError):
                os.write(pulse, b".")
        except OSError:
            server.should_exit = True
            return
        await asyncio.sleep(PULSE_SECONDS)


if __name__ == "__main__":
    work(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]))
