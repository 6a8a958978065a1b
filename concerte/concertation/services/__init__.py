"""Everything that changes exchanges, needs, themes, groups and ideas: the door of the room."""

# Needs, themes
from concerte.concertation.services.needs import (
    join_need,
    leave_need,
    raise_need,
    show_need_to,
    update_need,
    withdraw_need,
)
from concerte.concertation.services.needs_merging import merge_needs
from concerte.concertation.services.themes import (
    create_theme,
    describe_theme,
    group_exchange,
    group_needs,
    ungroup_exchange,
    ungroup_needs,
)
from concerte.concertation.services.themes_reshaping import merge_themes, split_theme, withdraw_theme
from concerte.concertation.services.themes_rounds import close_round, open_round, spread_points

__all__ = [
    "close_round",
    "create_theme",
    "describe_theme",
    "group_exchange",
    "group_needs",
    "join_need",
    "leave_need",
    "merge_needs",
    "merge_themes",
    "open_round",
    "raise_need",
    "show_need_to",
    "split_theme",
    "spread_points",
    "ungroup_exchange",
    "ungroup_needs",
    "update_need",
    "withdraw_need",
    "withdraw_theme",
]
