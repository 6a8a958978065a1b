"""Who comes in: a session cookie from our own pages, or a bearer token for one document. Runs in a thread."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

from concerte.documents.errors import EntryRefused
from concerte.documents.models import Access, Document, DocumentToken


@dataclass(frozen=True, slots=True)
class Request:
    """What a socket brings. headers: lower case names, latin-1 values. query: as in the address."""

    document_id: UUID
    headers: Mapping[str, str]
    query: str

    @property
    def wants_saved_frames(self) -> bool:
        return parse_qs(self.query).get("saved") == ["1"]

    @property
    def token(self) -> str:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return token.strip()
        return parse_qs(self.query).get("token", [""])[0]


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody who may come in, and what that rests on: a session or a token."""

    person_id: int
    level: int
    session_key: str = ""
    token_id: int = 0


def enter(request: Request) -> Entry:
    """Who it is and what they may. Raises EntryRefused: "foreign-origin", "not-signed-in", "token-ended",
    "unknown-document", "no-right"."""
    if request.token:
        person_id, token_id, session_key = *_read_token(request), ""
    else:
        if not _is_own_origin(request.headers):
            raise EntryRefused("foreign-origin")
        person_id, session_key, token_id = *_read_session(request.headers.get("cookie", "")), 0
    if not Document.objects.filter(pk=request.document_id).exists():
        raise EntryRefused("unknown-document")
    right = Access.objects.in_force().filter(document_id=request.document_id, person_id=person_id).first()
    if right is None:
        raise EntryRefused("no-right")
    return Entry(person_id, right.level, session_key, token_id)


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _read_token(request: Request) -> tuple[int, int]:
    token = (
        DocumentToken.objects.valid_at(timezone.now())
        .filter(digest=token_digest(request.token), document_id=request.document_id, person__is_active=True)
        .first()
    )
    if token is None:
        raise EntryRefused("token-ended")
    return token.person_id, token.pk


def _is_own_origin(headers: Mapping[str, str]) -> bool:
    """Browsers send cookies whatever page opens the socket, but always say which: only ours may use them."""
    origin = urlsplit(headers.get("origin", ""))
    if not origin.netloc or origin.scheme not in ("http", "https"):
        return False
    if f"{origin.scheme}://{origin.netloc}" == settings.BASE_URL:
        return True
    domain, _ = split_domain_port(origin.netloc)
    return origin.netloc == headers.get("host", "") and validate_host(domain, settings.ALLOWED_HOSTS)


def _read_session(cookie: str) -> tuple[int, str]:
    try:
        morsel = SimpleCookie(cookie).get(settings.SESSION_COOKIE_NAME)
    except CookieError as error:
        raise EntryRefused("not-signed-in") from error
    if morsel is None:
        raise EntryRefused("not-signed-in")
    request = HttpRequest()
    request.session = SessionStore(morsel.value)
    person = get_user(request)
    if person.pk is None or not person.is_active or not request.session.session_key:
        raise EntryRefused("not-signed-in")
    return person.pk, request.session.session_key
