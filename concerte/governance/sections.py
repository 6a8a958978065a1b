"""Parts of the pages of a body and of a meeting that other capabilities of the room, and rooms above, add: decisions,
disagreements. Each registers its provider once, in `AppConfig.ready()`; whoever draws the page needs to know none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from concerte.governance.models import Body, Meeting
from concerte.lineage.references import Viewer


@dataclass(frozen=True)
class Section:
    """template: drawn with `context` as its variable `section`."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


BodyProvider = Callable[[Body, Viewer], Section | None]
MeetingProvider = Callable[[Meeting, Viewer], Section | None]
_of_bodies: list[BodyProvider] = []
_of_meetings: list[MeetingProvider] = []


def add_to_bodies(provider: BodyProvider) -> None:
    """Have `provider(body, viewer)` asked for each page of a body. Registering it again changes nothing."""
    if provider not in _of_bodies:
        _of_bodies.append(provider)


def add_to_meetings(provider: MeetingProvider) -> None:
    """Have `provider(meeting, viewer)` asked for each page of a meeting. Registering it again changes nothing."""
    if provider not in _of_meetings:
        _of_meetings.append(provider)


def remove(provider: BodyProvider | MeetingProvider) -> None:
    for providers in (_of_bodies, _of_meetings):
        if provider in providers:
            providers.remove(provider)  # type: ignore[arg-type]  # it is in this very list


def of_body(body: Body, viewer: Viewer) -> list[Section]:
    return [section for provider in _of_bodies if (section := provider(body, viewer)) is not None]


def of_meeting(meeting: Meeting, viewer: Viewer) -> list[Section]:
    return [section for provider in _of_meetings if (section := provider(meeting, viewer)) is not None]
