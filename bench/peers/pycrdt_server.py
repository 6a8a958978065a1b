"""pycrdt-websocket with its SQLite store, served by uvicorn, as its documentation shows.

A room reads its store when it starts: the library leaves that to who uses it. Usage: pycrdt_server.py PORT FOLDER."""

import contextlib
import sys
from pathlib import Path

import uvicorn
from pycrdt.store import SQLiteYStore, YDocNotFound
from pycrdt.websocket import ASGIServer, WebsocketServer, YRoom
from pycrdt.websocket.websocket_server import exception_logger


class Store(SQLiteYStore):
    db_path = ""


class Server(WebsocketServer):
    async def get_room(self, name: str) -> YRoom:
        if name not in self.rooms:
            store = Store(path=name)
            room = self.rooms[name] = YRoom(ready=False, ystore=store, log=self.log)
            await self.start_room(room)
            await store.started.wait()
            with contextlib.suppress(YDocNotFound):
                await store.apply_updates(room.ydoc)
            room.ready = True
        room = self.rooms[name]
        await self.start_room(room)
        await room.ydoc_observed.wait()
        return room


def main() -> None:
    port, folder = sys.argv[1:]
    Store.db_path = str(Path(folder) / "documents.sqlite")
    server = Server(auto_clean_rooms=True, exception_handler=exception_logger)

    async def application(scope, receive, send):
        if scope["type"] == "lifespan":
            async with server:
                await ASGIServer(server)(scope, receive, send)
        else:
            await ASGIServer(server)(scope, receive, send)

    uvicorn.run(application, host="127.0.0.1", port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
