"""Writes a log of updates into the SQLite store of pycrdt-websocket, with the store's own code.

Typed by a client they would be written one by one, in tasks that pile up: the server ends before they do. Here a
hundred at a time are merged; what is read back when the document opens (a checkpoint, then what came after) is the
same. Usage: pycrdt_load.py FOLDER PATH LOG."""

import asyncio
import struct
import sys
from pathlib import Path

from pycrdt import merge_updates
from pycrdt.store import SQLiteYStore

AT_ONCE = 100


class Store(SQLiteYStore):
    db_path = ""


def read(content: bytes) -> list[bytes]:
    updates, at = [], 0
    while at < len(content):
        (length,) = struct.unpack_from("<I", content, at)
        updates.append(content[at + 4 : at + 4 + length])
        at += 4 + length
    return updates


async def load(path: str, updates: list[bytes]) -> None:
    async with Store(path=path) as store:
        for start in range(0, len(updates), AT_ONCE):
            await store.write(merge_updates(*updates[start : start + AT_ONCE]))


if __name__ == "__main__":
    folder, path, log = sys.argv[1:]
    Store.db_path = str(Path(folder) / "documents.sqlite")
    asyncio.run(load(path, read(Path(log).read_bytes())))
