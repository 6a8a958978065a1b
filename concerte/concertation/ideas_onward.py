"""What may be done next with an idea, in rooms above: they register it, the page of the idea shows it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from concerte.concertation.models import Idea
from concerte.lineage.references import Viewer


@dataclass(frozen=True)
class Onward:
    """A step this person may take with this idea. label: of the button. detail: what it does, in a sentence."""

    label: str
    address: str
    detail: str


Provider = Callable[[Idea, Viewer], Iterable[Onward]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Have `provider` asked for each display of an idea. Registering it again changes nothing."""
    if provider not in _providers:
        _providers.append(provider)


def unregister(provider: Provider) -> None:
    if provider in _providers:
        _providers.remove(provider)


def onward_from(idea: Idea, viewer: Viewer) -> list[Onward]:
    return [step for provider in _providers for step in provider(idea, viewer)]
