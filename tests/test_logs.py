"""The last line of defence of the logs: what a message or an exception may not say."""

import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import dj_database_url
import pytest
import yaml
from asgiref.sync import async_to_sync
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.db import DatabaseError, OperationalError
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from concerte.common import logs
from concerte.common.errors import DomainError
from concerte.common.mail import ConsoleAndFileBackend

SENTENCE = "Le maire promet une piscine"
ADDRESS = "claire.dupont+essai@mairie.exemple"
INSERT = "INSERT INTO people VALUES (%s, %s, %s)"
FORMS = (logs.PlainFormatter(), logs.JsonFormatter())

form = pytest.mark.parametrize("form", FORMS, ids=["plain", "json"])


def logged(form: logging.Formatter, message: object, *arguments: object, error: BaseException | None = None) -> str:
    """What stands in the log for this call."""
    exc_info = (type(error), error, error.__traceback__) if error else None
    return form.format(logging.LogRecord("concerte.essai", logging.ERROR, __file__, 1, message, arguments, exc_info))


def caught(function: Callable[[], object]) -> BaseException:
    try:
        function()
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


# --- Messages -------------------------------------------------------------------------------------------------------
@given(before=st.text(max_size=50), address=st.emails(), after=st.text(max_size=50))
def test_no_address_passes_whatever_stands_around_it(before: str, address: str, after: str) -> None:
    assert address not in logs.masked(f"{before} {address} {after}")


@given(st.text())
def test_a_message_stays_on_one_line(text: str) -> None:
    assert not set("\r\n") & set(logs.masked(text))


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("GET /ws/documents/6f1c?token=Zm9vYmFy&saved=1", "Zm9vYmFy"),
        ("Authorization: Bearer abc.DEF-123_4", "abc.DEF-123_4"),
        ("{'Cookie': 'sessionid=abcdefghijklmnopqrstuvwxyz012345; langue=fr'}", "abcdefghijklmnopqrstuvwxyz012345"),
        ("session abcdefghijklmnopqrstuvwxyz012345 ended", "abcdefghijklmnopqrstuvwxyz012345"),
        ("csrftoken=0123456789abcdefABCDEF0123456789", "0123456789abcdefABCDEF0123456789"),
        ("token wL3vN9pQxR7sT1uV5wX9yZ3aB7cD1eF5gH9iJ3kL7mN", "wL3vN9pQxR7sT1uV5wX9yZ3aB7cD1eF5gH9iJ3kL7mN"),
        ("drawn: wL3vN9pQxR7sT1uV5wX9yZ3aB7cD1eF5gH9iJ3kL7mN.", "wL3vN9pQxR7sT1uV5wX9yZ3aB7cD1eF5gH9iJ3kL7mN"),
        ("postgresql://concerte:motdepasse@base/concerte", "motdepasse"),
        ("the code 123-456-789 was wrong", "123-456-789"),
        ("mail to claire%40mairie.exemple", "claire"),
        ('to "claire dupont"@mairie.exemple', "claire"),
        (r"got b'Le maire promet' instead", "maire"),
        (r"DETAIL row (1, \x4c65206d61697265)", "4c65206d61697265"),
    ],
)
def test_what_opens_a_door_or_holds_a_text_is_masked(text: str, secret: str) -> None:
    assert secret not in logs.masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "document=6f1c9c9e-3a5f-4f0c-9a0e-0d8c3f1b2a77 frame refused: malformed",
        "edition sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "news not sent: ConnectionError",
        "Invalid token in the file",
        "log line 1234567890123456 cannot be read; left out",
    ],
)
def test_what_operators_need_stays(text: str) -> None:
    assert logs.masked(text) == text


@pytest.mark.parametrize("piece", ["a", "A1a-", "b'", '"', "bearer ", "a@", "://", "token=", "\\x", "token" + " " * 30])
def test_a_hostile_message_costs_little(piece: str) -> None:
    started = time.process_time()

    logs.masked(piece * 1_000_000)

    assert time.process_time() - started < 0.5


@form
@pytest.mark.parametrize("argument", [SENTENCE.encode(), bytearray(SENTENCE.encode()), memoryview(SENTENCE.encode())])
def test_bytes_are_told_by_their_size(form: logging.Formatter, argument: Any) -> None:
    told = logged(form, "frame %s", argument)

    assert "piscine" not in told
    assert "<27 bytes>" in told


@form
@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        ("frame %(frame)s", ({"frame": SENTENCE.encode()},)),
        ("failed: %s", (ValueError(SENTENCE),)),
        (ValueError(SENTENCE), ()),
        ("does not fit %d", (SENTENCE,)),
        ("one %s two %s", (SENTENCE,)),
        (f"to {ADDRESS}", ()),
        ("to %s", (ADDRESS,)),
        ("to %r", ({"email": ADDRESS},)),
    ],
)
def test_nothing_passes_through_the_arguments(form: logging.Formatter, message: object, arguments: Any) -> None:
    told = logged(form, message, *arguments)

    assert "piscine" not in told
    assert "dupont" not in told


# --- Exceptions -----------------------------------------------------------------------------------------------------
def decode() -> None:
    (SENTENCE.encode() + b"\xff").decode()


def chain() -> None:
    try:
        raise ValueError(SENTENCE)
    except ValueError as error:
        raise RuntimeError(SENTENCE) from error


def group() -> None:
    raise ExceptionGroup(SENTENCE, [ValueError(SENTENCE), KeyError(ADDRESS)])


def with_notes() -> None:
    error = ValueError("x")
    error.add_note(SENTENCE)
    raise error


FAILURES: dict[str, Callable[[], object]] = {
    "value": lambda: int(SENTENCE),
    "key": lambda: {}[SENTENCE],
    "decoding": decode,
    "json": lambda: json.loads(f'{{"texte": {SENTENCE}}}'),
    "yaml": lambda: yaml.safe_load(f"texte: [{SENTENCE}"),
    "chain": chain,
    "group": group,
    "notes": with_notes,
    "assertion": lambda: pytest.fail(SENTENCE),
}


@form
@pytest.mark.parametrize("name", FAILURES)
def test_an_exception_tells_its_type_and_place_not_what_was_written(form: logging.Formatter, name: str) -> None:
    error = caught(FAILURES[name])

    told = logged(form, "failed", error=error)

    assert "piscine" not in told
    assert "dupont" not in told
    assert type(error).__name__ in told
    assert "test_logs.py" in told


@form
def test_errors_of_code_keep_the_message_that_explains_them(form: logging.Formatter) -> None:
    error = caught(lambda: None.writer)  # type: ignore[attr-defined]

    assert "no attribute 'writer'" in logged(form, "failed", error=error)


def test_a_refusal_is_told_by_its_code() -> None:
    assert logs.described(DomainError(SENTENCE, code="too-big")) == "DomainError: too-big"


def test_a_missing_file_is_told_without_its_path() -> None:
    told = logs.described(FileNotFoundError(2, "No such file or directory", f"/home/{ADDRESS}"))

    assert told == "FileNotFoundError: No such file or directory"


@pytest.fixture
def failing(db: None, postgresql_url: str) -> Any:
    """What a page or a service meets: an error of PostgreSQL, as Django hands it on."""
    values = {
        "CONN_HEALTH_CHECKS": False,
        "AUTOCOMMIT": True,
        "TIME_ZONE": None,
        **dj_database_url.parse(postgresql_url),
    }
    database = DatabaseWrapper(values, "essai")
    with database.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE people (email text UNIQUE, age integer CHECK (age > 0), said bytea)")
        cursor.execute(INSERT, [ADDRESS, 1, b""])
        yield lambda statement, *values: caught(lambda: cursor.execute(statement, list(values)))
    database.close()


@form
@pytest.mark.parametrize(
    ("statement", "values", "kept"),
    [
        (INSERT, (ADDRESS, 2, b""), "duplicate key"),
        (INSERT, (SENTENCE, -1, SENTENCE.encode()), "violates check constraint"),
        ("SELECT %s::text::integer", (SENTENCE,), "22P02"),
        ("SELECT * FROM nowhere", (), '"nowhere" does not exist'),
        (f'SELECT "{SENTENCE}"', (), "does not exist"),
    ],
    ids=["unique", "check", "value", "table", "column"],
)
def test_an_error_of_postgresql_keeps_its_reason_and_drops_the_values(
    form: logging.Formatter, failing: Any, statement: str, values: Any, kept: str
) -> None:
    error = failing(statement, *values)
    assert isinstance(error, DatabaseError)

    told = logged(form, "not saved", error=error)

    assert "piscine" not in told
    assert "dupont" not in told
    assert kept in told.replace('\\"', '"')


def test_an_error_of_sqlite_keeps_its_reason() -> None:
    assert logs.described(OperationalError("database is locked")) == "OperationalError: database is locked"


# --- The record -----------------------------------------------------------------------------------------------------
def test_json_gives_one_object_per_line() -> None:
    error = caught(FAILURES["chain"])

    told = logged(logs.JsonFormatter(), "one\ntwo %s", "é", error=error)

    assert "\n" not in told
    facts = json.loads(told)
    assert facts["message"] == "one\\ntwo é"
    assert facts["level"] == "ERROR"
    assert facts["logger"] == "concerte.essai"
    assert facts["time"].endswith("+00:00")
    assert facts["exception"] == "RuntimeError"
    assert any("in chain" in line for line in facts["trace"])


def test_asyncio_does_not_show_the_objects_it_speaks_of() -> None:
    record = logging.LogRecord("asyncio", logging.ERROR, "", 1, f"never retrieved\nfuture: {SENTENCE}", (), None)

    assert logs.PlainFormatter().format(record).endswith("asyncio never retrieved")


def test_an_unknown_form_is_refused_with_the_two_that_exist() -> None:
    with pytest.raises(ImproperlyConfigured, match="« plain » ou « json »"):
        logs.formatter("xml")


def test_a_thread_that_ends_is_told_through_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr("sys.unraisablehook", None)
    logs.report_failures_of_threads()

    thread = threading.Thread(target=lambda: int(SENTENCE), name="essai")
    thread.start()
    thread.join()

    (record,) = [each for each in caplog.records if each.name == "concerte.threads"]
    told = logs.PlainFormatter().format(record)
    assert "thread essai ended" in told
    assert "ValueError" in told
    assert "piscine" not in told


# --- Requests -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given_name", "is_kept"),
    [("0b6e1c7a-req-1", True), ("court", False), (f"de-{ADDRESS}", False), ("x" * 65, False), ("a\tb-12345678", False)],
)
def test_a_request_has_a_name_that_of_the_proxy_if_it_is_plain(client: Client, given_name: str, is_kept: bool) -> None:
    response = client.get("/robots.txt", headers={"X-Request-Id": given_name})

    assert (response["X-Request-Id"] == given_name) is is_kept
    assert len(response["X-Request-Id"]) >= 8


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_what_is_logged_of_a_request_carries_its_name(
    client: Client, async_client: Any, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    get = client.get if kind == "sync" else async_to_sync(async_client.get)

    get("/rapport-csp", headers={"X-Request-Id": "demande-1234"})

    (record,) = [each for each in caplog.records if each.name == "django.request"]
    assert "[demande-1234] Method Not Allowed" in logs.PlainFormatter().format(record)
    assert json.loads(logs.JsonFormatter().format(record))["request_id"] == "demande-1234"


def test_mail_without_a_server_goes_to_the_console_not_to_the_logs(
    capfd: pytest.CaptureFixture[str], settings: Any, tmp_path: Any
) -> None:
    settings.EMAIL_FILE_PATH = tmp_path
    message = EmailMessage("Code", "123-456-789", "de@exemple.invalid", [ADDRESS])

    ConsoleAndFileBackend().send_messages([message])

    out, err = capfd.readouterr()
    assert ADDRESS in out
    assert err == ""
