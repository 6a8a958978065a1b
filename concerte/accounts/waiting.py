"""What waits for a person. Upper rooms say it, the page “Mon espace” shows it.

A room registers its provider once, in `AppConfig.ready()`; this room then needs to know none of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from concerte.accounts.models import User


@dataclass(frozen=True)
class WaitingItem:
    """One thing to do. title, detail: what is read. address: where it is done. since: when it began, if known.

    key: names this very request for ever ("governance.vote:12:dinum"), so that it is told once by e-mail; '' for what
    is always there and is never told."""

    title: str
    detail: str
    address: str
    since: datetime | None = None
    key: str = ""


Provider = Callable[[User], Iterable[WaitingItem]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Have `provider` asked on every display. Registering it again changes nothing."""
    if provider not in _providers:
        _providers.append(provider)


def unregister(provider: Provider) -> None:
    if provider in _providers:
        _providers.remove(provider)


def items_for(person: User) -> list[WaitingItem]:
    """Everything that waits for this person, what has waited longest first, undated items last."""
    items = [item for provider in _providers for item in provider(person)]
    return sorted(items, key=lambda item: (item.since is None, item.since.timestamp() if item.since else 0.0))
