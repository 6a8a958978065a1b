"""The facts of the room, by capability."""

# Needs, themes
from concerte.concertation.models.needs import (
    NEED_KIND,
    Need,
    NeedStem,
    NeedSupport,
    NeedVisibility,
    NeedWord,
    Urgency,
)
from concerte.concertation.models.themes import THEME_KIND, Allocation, PriorityRound, Theme

__all__ = [
    "NEED_KIND",
    "THEME_KIND",
    "Allocation",
    "Need",
    "NeedStem",
    "NeedSupport",
    "NeedVisibility",
    "NeedWord",
    "PriorityRound",
    "Theme",
    "Urgency",
]
