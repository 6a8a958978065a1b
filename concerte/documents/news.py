"""News: what one process tells the others of shared documents, and how it is written on the way.

The log is the truth; news only make it quick. They may be lost, doubled or late: whoever hears them loses nothing.
"""

import secrets
import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from uuid import UUID

from concerte.documents.state import Row

Kind = Literal["rows", "presence", "presence-wanted", "rights", "session", "person"]

FORMAT = 2  # processes that write news otherwise do not hear each other: the log brings the text meanwhile
PROCESS = secrets.token_hex(8)  # what this process signs its news with

_KINDS: tuple[Kind, ...] = ("rows", "presence", "presence-wanted", "rights", "session", "person")
_NUMBERS = {kind: number for number, kind in enumerate(_KINDS)}
_HEAD = struct.Struct("<B8s16s")  # kind, process, document (zeros: none)
_ROW = struct.Struct("<QI")  # line of the log, bytes of its update
_NO_DOCUMENT = bytes(16)

_document_id = lru_cache(10_000)(lambda written: UUID(bytes=written))


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened. rows: committed lines. signs: an awareness update. subject: the digest of a session."""

    kind: Kind
    document_id: UUID | None = None
    rows: tuple[Row, ...] = ()
    signs: bytes = b""
    subject: str = ""
    process: str = PROCESS

    def encode(self) -> bytes:
        document = self.document_id.bytes if self.document_id is not None else _NO_DOCUMENT
        parts = [_HEAD.pack(_NUMBERS[self.kind], bytes.fromhex(self.process), document)]
        if self.kind == "rows":
            for row in self.rows:
                parts += (_ROW.pack(row.id, len(row.update)), row.update)
        elif self.kind == "presence":
            parts.append(self.signs)
        else:
            parts.append(self.subject.encode())
        return b"".join(parts)

    @classmethod
    def decode(cls, message: bytes) -> "News":
        """Raises ValueError when it cannot be read."""
        try:
            number, process, document = _HEAD.unpack_from(message)
            kind = _KINDS[number]
        except (struct.error, IndexError) as error:
            raise ValueError("not a piece of news") from error
        return cls(
            kind,
            _document_id(document) if document != _NO_DOCUMENT else None,
            _rows(message) if kind == "rows" else (),
            message[_HEAD.size :] if kind == "presence" else b"",
            "" if kind in ("rows", "presence") else str(message[_HEAD.size :], "utf-8"),
            process.hex(),
        )


def _rows(message: bytes) -> tuple[Row, ...]:
    rows = []
    position, end = _HEAD.size, len(message)
    while position < end:
        if end - position < _ROW.size:
            raise ValueError("a line is cut short")
        line, size = _ROW.unpack_from(message, position)
        position += _ROW.size
        if end - position < size:
            raise ValueError("an update is cut short")
        rows.append(Row(line, message[position : position + size]))
        position += size
    return tuple(rows)
