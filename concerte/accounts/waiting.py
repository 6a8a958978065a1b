"""What waits for a person. Upper rooms say it, the page “Mon espace” shows it.

A room registers its provider once, in `AppConfig.ready()`; this room then needs to know none of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from concerte.accounts.models import User


@dataclass(frozen=True)
class WaitingItem:
    """One thing to do. title, detail: what is read. address: where it is done. since: when it began, if known.

    key: names this very request for ever ("governance.vote:12:dinum"), so that it is told once by e-mail; '' for what
    is always there and is never told. has_letter: a letter of its own tells it (`letters.py`), no reminder does."""

    title: str
    detail: str
    address: str
    since: datetime | None = None
    key: str = ""
    has_letter: bool = False


Provider = Callable[[User], Iterable[WaitingItem]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Have `provider` asked on every display. Registering it again changes nothing."""
    if provider not in _providers:
        _providers.append(provider)


def unregister(provider: Provider) -> None:
    if provider in _providers:
        _providers.remove(provider)


@dataclass(frozen=True)
class Group:
    """What one room has for a person. name: for addresses; label: what is read."""

    name: str
    label: str
    items: tuple[WaitingItem, ...]


def groups_for(person: User) -> list[Group]:
    """Everything that waits for this person, room by room, in the order of the alphabet."""
    found: dict[str, list[WaitingItem]] = {}
    for provider in _providers:
        found.setdefault(_room_of(provider), []).extend(provider(person))
    groups = (Group(name, _label(name), tuple(in_order(items))) for name, items in found.items() if items)
    return sorted(groups, key=lambda group: group.label)


def items_for(person: User) -> list[WaitingItem]:
    """Everything that waits for this person, what has waited longest first, undated items last."""
    return in_order(item for provider in _providers for item in provider(person))


def in_order(items: Iterable[WaitingItem]) -> list[WaitingItem]:
    """What has waited longest first, undated items last."""
    return sorted(items, key=lambda item: (item.since is None, item.since.timestamp() if item.since else 0.0))


def _room_of(provider: Provider) -> str:
    config = apps.get_containing_app_config(provider.__module__)
    return config.label if config is not None else ""


def _label(room: str) -> str:
    return capfirst(str(apps.get_app_config(room).verbose_name)) if room else _("Autres")
