"""The facts of the room, by capability."""

# Needs, themes
# Exchanges, groups, ideas
from concerte.concertation.models.exchanges import (
    Exchange,
    ExchangeConfirmation,
    ExchangeParty,
    FollowUp,
    Visibility,
    VisibilityRequest,
)
from concerte.concertation.models.groups import (
    GroupFile,
    GroupMeeting,
    GroupMembership,
    GroupPilot,
    GroupSeat,
    WorkingGroup,
)
from concerte.concertation.models.ideas import (
    Idea,
    IdeaAppreciation,
    IdeaAuthor,
    IdeaComment,
    IdeaState,
    IdeaStep,
    IdeaVisibility,
)
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
    "Exchange",
    "ExchangeConfirmation",
    "ExchangeParty",
    "FollowUp",
    "GroupFile",
    "GroupMeeting",
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
    "Need",
    "NeedStem",
    "NeedSupport",
    "NeedVisibility",
    "NeedWord",
    "PriorityRound",
    "Theme",
    "Urgency",
    "Visibility",
    "VisibilityRequest",
    "WorkingGroup",
]
