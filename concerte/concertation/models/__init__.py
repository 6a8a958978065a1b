"""The facts of the room, by capability."""

# Exchanges, groups, ideas
from concerte.concertation.models.exchanges import (
    Exchange,
    ExchangeConfirmation,
    ExchangeParty,
    FollowUp,
    Visibility,
    VisibilityRequest,
)
from concerte.concertation.models.groups import GroupFile, GroupMembership, GroupPilot, GroupSeat, WorkingGroup
from concerte.concertation.models.ideas import (
    Idea,
    IdeaAppreciation,
    IdeaAuthor,
    IdeaComment,
    IdeaState,
    IdeaStep,
    IdeaVisibility,
)

__all__ = [
    "Exchange",
    "ExchangeConfirmation",
    "ExchangeParty",
    "FollowUp",
    "GroupFile",
    "GroupMembership",
    "GroupPilot",
    "GroupSeat",
    "Idea",
    "IdeaAppreciation",
    "IdeaAuthor",
    "IdeaComment",
    "IdeaState",
    "IdeaStep",
    "IdeaVisibility",
    "Visibility",
    "VisibilityRequest",
    "WorkingGroup",
]
