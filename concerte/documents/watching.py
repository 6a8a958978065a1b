"""Tells the open sockets when a session ends or an account is closed: rooms below this one cannot call us."""

from functools import partial
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.signals import post_delete, post_save

from concerte.accounts.models import User
from concerte.documents.fanout import News, announce, session_digest


def _session_ended(instance: Session, **_: Any) -> None:
    transaction.on_commit(partial(announce, News("session", subject=session_digest(instance.session_key))))


def _person_changed(instance: User, **_: Any) -> None:
    if not instance.is_active:
        transaction.on_commit(partial(announce, News("person")))


def watch() -> None:
    """Only news leave from here, no rule is applied: whoever misses them is caught by the regular check."""
    post_delete.connect(_session_ended, Session, dispatch_uid="documents.session_ended")
    post_save.connect(_person_changed, User, dispatch_uid="documents.person_changed")
