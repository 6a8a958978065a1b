"""The technical logs, and what never reaches them: texts people write, their e-mail addresses, what opens a door.

Nothing of that is logged on purpose. This is the last line of defence, for what a library puts in a message or an
exception: the formatter is the one place everything passes. Python's own logging is enough for it.
"""

import json
import logging
import re
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.template import TemplateDoesNotExist

from concerte.common.errors import DomainError

request_id: ContextVar[str] = ContextVar("request_id", default="")

MESSAGE_CHARACTERS = 4_000
_MASK = "•••"

# In this order: an address with a password in it looks like an e-mail address. Repetitions are bounded, or a long word
# would cost the square of its length.
_MASKS = (
    (re.compile(r"://[^\s/@]{0,256}@"), f"://{_MASK}@"),
    # All that an address may have before its @ (RFC 5322), slashes included: the path it stands in goes with it.
    (re.compile(r"(?:\"[^\"\n]{1,64}\"|[^\s@<>\"(),;:\[\]\\]{1,64})(?:@|%40)[^\s@<>\"'(),;:=?&/%]{1,253}"), _MASK),
    (re.compile(r"(?i)\b(bearer|basic|token)\s+(?=\S{0,512}[\d_-])[^\s\"',;]{8,}"), rf"\1 {_MASK}"),
    (
        re.compile(
            r"(?i)\b(token|sessionid|csrftoken|csrfmiddlewaretoken|password|secret)([\"']?\s*[=:]\s*)[^\s&;,)}]+"
        ),
        rf"\1\2{_MASK}",
    ),
    (re.compile(r"\bb(['\"])(?:\\.|(?!\1)[^\\])*(?:\1|$)"), _MASK),  # bytes, as Python shows them
    (re.compile(r"\\+x[0-9a-fA-F]{8,}"), _MASK),  # bytes, as PostgreSQL shows them
    (re.compile(r"\b\d{3}[- ]\d{3}[- ]\d{3}\b"), _MASK),  # a sign-in code
    (re.compile(r"\b(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{32}\b"), _MASK),  # the key of a session
    (re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{40,}"), _MASK),  # a token drawn at random
)

# Their messages speak of code, not of what people wrote. Of any other exception the type and the place are told.
_OF_CODE = (
    AttributeError,
    ImportError,
    ImproperlyConfigured,
    NameError,
    NotImplementedError,
    TemplateDoesNotExist,
    TypeError,
)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|«[^»]*»")
_NAME = re.compile(r"\"[a-z0-9_.]*\"")  # of a table, a column, a constraint


def masked(text: str) -> str:
    """The text on one line, without what looks like an e-mail address, a token, a key, a code or bytes."""
    text = text[:MESSAGE_CHARACTERS].replace("\r", "\\r").replace("\n", "\\n")
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return text


def described(error: BaseException) -> str:
    """What may be told of an exception: its type, and its message only where none carries what people wrote."""
    name = type(error).__name__
    if isinstance(error, DomainError):
        return f"{name}: {error.code}"
    if isinstance(error, DatabaseError):
        return f"{name}: {_of_database(error)}"
    if isinstance(error, OSError):
        return f"{name}: {masked(error.strerror or 'no reason given')}"
    if isinstance(error, _OF_CODE):
        return f"{name}: {masked(str(error))}"
    return name


def _of_database(error: BaseException) -> str:
    """The first line without what is quoted: the lines after it show values ("Key (email)=(…) already exists")."""
    state = getattr(error.__cause__, "sqlstate", None) or ""
    if state.startswith("22"):  # data exceptions are about a value
        return f"SQLSTATE {state}"
    lines = str(error).splitlines() or [""]
    return masked(_QUOTED.sub(lambda found: found[0] if _NAME.fullmatch(found[0]) else _MASK, lines[0]))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and what led to it, the oldest first."""
    seen: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in seen:
        seen.append(at)
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return reversed(seen)


def trace_of(error: BaseException) -> list[str]:
    """Where it happened, line by line; of values, only what `described` lets through."""
    lines: list[str] = []
    for each in _chain(error):
        frames = traceback.extract_tb(each.__traceback__)
        lines += [f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}' for frame in frames]
        lines.append(described(each))
        if isinstance(each, BaseExceptionGroup):
            lines += [f"  | {line}" for part in each.exceptions for line in trace_of(part)]
    return lines


def formatter(name: str) -> logging.Formatter:
    """The formatter the settings name: "plain" or "json"."""
    kinds = {"plain": PlainFormatter, "json": JsonFormatter}
    if name not in kinds:
        raise ImproperlyConfigured(f"CONCERTE_LOG_FORMAT vaut « plain » ou « json », pas « {name} ».")
    return kinds[name]()


class PlainFormatter(logging.Formatter):
    """One line to read, then the trace if something failed."""

    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.created))
        request = f" [{name}]" if (name := _request_of(record)) else ""
        line = f"{at},{int(record.msecs):03} {record.levelname} {record.name}{request} {_message(record)}"
        error = _error_of(record)
        return line if error is None else "\n".join([line, *trace_of(error)])


class JsonFormatter(logging.Formatter):
    """One JSON object per line. time: UTC, ISO 8601."""

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "request_id": _request_of(record) or None,
            "message": _message(record),
        }
        error = _error_of(record)
        if error is not None:
            facts |= {"exception": described(error), "trace": trace_of(error)}
        return json.dumps({name: value for name, value in facts.items() if value is not None}, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    message = record.msg
    if isinstance(message, BaseException):
        return described(message)
    try:
        text = str(message) % _safe(record.args) if record.args else str(message)
    except (TypeError, ValueError, KeyError):
        text = str(message)  # arguments that do not fit are told by nobody
    if record.name == "asyncio":
        text = text.partition("\n")[0]  # the lines after it show objects, exceptions among them
    return masked(text)


def _safe(arguments: Any) -> Any:
    if isinstance(arguments, Mapping):
        return {name: _safe_value(value) for name, value in arguments.items()}
    return tuple(_safe_value(value) for value in arguments)


def _safe_value(value: object) -> object:
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value)} bytes>"
    return described(value) if isinstance(value, BaseException) else value


def _error_of(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if record.exc_info else None


def _request_of(record: logging.LogRecord) -> str:
    request = getattr(record, "request", None)
    return request_id.get() or getattr(request, "request_id", "")


def report_failures_of_threads() -> None:
    """Send what ends a thread, or fails while an object is removed, through the log: Python writes it all out."""
    logger = logging.getLogger("concerte.threads")

    def ended(failure: threading.ExceptHookArgs) -> None:
        name = failure.thread.name if failure.thread else "?"
        logger.critical("thread %s ended", name, exc_info=failure.exc_value)

    def not_raised(failure: "sys.UnraisableHookArgs") -> None:
        logger.error("failed where nothing could be raised", exc_info=failure.exc_value)

    threading.excepthook = ended
    sys.unraisablehook = not_raised
