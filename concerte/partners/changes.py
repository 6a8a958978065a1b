"""Telling upper rooms that the memberships of someone changed, so that they keep rights over documents true."""

from collections.abc import Callable
from functools import partial

from django.db import transaction

Callback = Callable[[int], None]  # the id of the person
_callbacks: list[Callback] = []


def register(callback: Callback) -> None:
    """Have `callback(person_id)` called once the change is committed. Registering it again changes nothing."""
    if callback not in _callbacks:
        _callbacks.append(callback)


def unregister(callback: Callback) -> None:
    if callback in _callbacks:
        _callbacks.remove(callback)


def announce(person_id: int) -> None:
    """Tell everyone, after the commit. A callback that fails makes the request fail: untrue rights must be seen."""
    for callback in tuple(_callbacks):
        transaction.on_commit(partial(callback, person_id))
