"""Parts of the page “Mon espace” that upper rooms add: memberships, and what later rooms bring."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from concerte.accounts.models import User


@dataclass(frozen=True)
class Section:
    """template: drawn with `context` as its variable `section`, below what waits."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


Provider = Callable[[User], Section | None]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Have `provider` asked on every display; it answers nothing when it has nothing to show this person."""
    if provider not in _providers:
        _providers.append(provider)


def unregister(provider: Provider) -> None:
    if provider in _providers:
        _providers.remove(provider)


def sections_for(person: User) -> list[Section]:
    return [section for provider in _providers if (section := provider(person)) is not None]
