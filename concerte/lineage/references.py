"""Pointing at things that live in any room, higher ones included: a kind and an identifier, plain values.

Each room registers, in `AppConfig.ready()`, the kinds it owns: how such a thing is named, where it is read, and who may
see it. Whoever holds references asks here to have them shown, all at once."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.functional import Promise

from concerte.accounts.models import User

Viewer = User | AnonymousUser


@dataclass(frozen=True, order=True)
class Reference:
    """kind: "room.model", as in the journal ("concertation.idea"). id: the key of the thing, as text."""

    kind: str
    id: str

    @classmethod
    def to(cls, thing: models.Model) -> "Reference":
        return cls(thing._meta.label_lower, str(thing.pk))

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A thing as somebody may see it. label: its name. address: of its page, '' when it has none. detail: a few words
    beside the name (a state, an organisation). on: the day it dates from, if one makes sense."""

    label: str
    address: str = ""
    detail: str = ""
    on: date | None = None


# The ids asked for, and for whom: those that person may see, by id. One or a few queries, however many are asked.
Resolver = Callable[[Collection[str], Viewer], Mapping[str, Shown]]


@dataclass(frozen=True)
class Kind:
    """label, plural: what such a thing is called on screen ("idée", "idées")."""

    name: str
    label: str | Promise
    plural: str | Promise
    resolver: Resolver


_kinds: dict[str, Kind] = {}


def register(name: str, *, label: str | Promise, plural: str | Promise, resolver: Resolver) -> None:
    """Say how things of a kind are shown. Registering it again replaces what was said."""
    _kinds[name] = Kind(name, label, plural, resolver)


def unregister(name: str) -> None:
    _kinds.pop(name, None)


def is_known(name: str) -> bool:
    return name in _kinds


def kind_label(name: str) -> str:
    """What such a thing is called; the name itself for a kind nobody registered."""
    return str(_kinds[name].label) if name in _kinds else name


def kind_plural(name: str) -> str:
    return str(_kinds[name].plural) if name in _kinds else name


def show(references: Iterable[Reference], viewer: Viewer) -> dict[Reference, Shown]:
    """Those of the references that this person may see, as they are shown to them. One call for each kind."""
    asked: dict[str, set[str]] = {}
    for reference in references:
        asked.setdefault(reference.kind, set()).add(reference.id)
    return {
        Reference(kind, found): shown
        for kind, ids in sorted(asked.items())
        if kind in _kinds
        for found, shown in _kinds[kind].resolver(ids, viewer).items()
    }
