"""A small mail server for tests: takes what it is given, or refuses, or is down."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class Sink:
    """Listens on a port of this machine. received: the messages it has taken. refused: addresses it answers 550 to."""

    def __init__(self, port: int = 0) -> None:
        self.port = port
        self.received: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.hangs_up_after_taking = False  # takes a message, and is gone before it says so
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(10)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stopped = asyncio.Event()
        conversations: set[asyncio.Task[None]] = set()

        def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            conversations.add(self._loop.create_task(self._talk(reader, writer)))

        server = await asyncio.start_server(greet, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopped.wait()
        server.close()
        for conversation in conversations:
            conversation.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        say("220 essai")
        try:
            while line := (await reader.readline()).decode().strip():
                verb = line[:4].upper()
                if verb == "RCPT" and line.split("<")[1].split(">")[0] in self.refused:
                    say("550 no such user")
                elif verb == "DATA":
                    say("354 go on")
                    text = await reader.readuntil(b"\r\n.\r\n")
                    self.received.append(
                        message_from_bytes(text[:-3].replace(b"\r\n..", b"\r\n."), policy=policy.default)
                    )
                    if self.hangs_up_after_taking:
                        break
                    say("250 taken")
                elif verb == "QUIT":
                    say("221 bye")
                    break
                else:
                    say("250 ok")
        finally:
            writer.close()


@contextmanager
def mail_server(port: int = 0) -> Iterator[Sink]:
    sink = Sink(port)
    sink.start()
    try:
        yield sink
    finally:
        sink.stop()
