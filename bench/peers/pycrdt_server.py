"""pycrdt-websocket with its SQLite store, served by uvicorn, as its documentation shows.

The library leaves it to who uses it to read a room's store when the room starts; two people who come at once must not
both do so, nor two rooms both make the table. Usage: pycrdt_server.py PORT FOLDER."""

import asyncio
import contextlib
import sys
from collections import defaultdict
from pathlib import Path

import uvicorn
from pycrdt.store import SQLiteYStore, YDocNotFound
from pycrdt.websocket import ASGIServer, WebsocketServer, YRoom
from pycrdt.websocket.websocket_server import exception_logger


class Store(SQLiteYStore):
    db_path = ""


class Server(WebsocketServer):
    def __init__(self) -> None:
        super().__init__(exception_handler=exception_logger)
        self.opening: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get_room(self, name: str) -> YRoom:
        async with self.opening[name]:
            if name not in self.rooms:
                store = Store(path=name)
                room = YRoom(ready=False, ystore=store, log=self.log)
                await self.start_room(room)
                await store.started.wait()
                with contextlib.suppress(YDocNotFound):
                    await store.apply_updates(room.ydoc)
                room.ready = True
                await room.ydoc_observed.wait()
                self.rooms[name] = room
            return self.rooms[name]


async def make_table() -> None:
    async with Store(path="-") as store:
        await store.db_initialized.wait()


def main() -> None:
    port, folder = sys.argv[1:]
    Store.db_path = str(Path(folder) / "documents.sqlite")
    asyncio.run(make_table())
    server = Server()
    endpoint = ASGIServer(server)

    async def application(scope, receive, send):
        if scope["type"] == "lifespan":
            async with server:
                await endpoint(scope, receive, send)
        else:
            await endpoint(scope, receive, send)

    uvicorn.run(application, host="127.0.0.1", port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
