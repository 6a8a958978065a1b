"""Everything that changes exchanges, needs, themes, groups and ideas: the door of the room."""

# Needs, themes
# Exchanges, groups, ideas
from concerte.concertation.services.exchanges import (
    add_follow_up,
    close_follow_up,
    correct_exchange,
    raise_need_from,
    record_exchange,
)
from concerte.concertation.services.exchanges_accesses import (
    keep_exchange_accesses_of_circle_true,
    keep_exchange_accesses_of_person_true,
    keep_exchange_accesses_true,
)
from concerte.concertation.services.exchanges_confirming import (
    answer_visibility,
    ask_visibility,
    confirm_exchange,
)
from concerte.concertation.services.exchanges_rights import keep_concertation_true
from concerte.concertation.services.groups import (
    add_group_file,
    create_group,
    decide_publication,
    describe_group,
    empty_seat,
    end_group,
    fill_seat,
    withdraw_group_file,
)
from concerte.concertation.services.groups_accesses import (
    keep_group_accesses_of_circle_true,
    keep_group_accesses_of_person_true,
    keep_group_accesses_true,
)
from concerte.concertation.services.groups_meetings import cancel_group_meeting, plan_group_meeting
from concerte.concertation.services.groups_members import (
    answer_invitation,
    answer_request,
    ask_to_join,
    invite_to_group,
    leave_group,
)
from concerte.concertation.services.ideas import (
    appreciate_idea,
    comment_idea,
    correct_idea,
    inspire,
    propose_idea,
    withdraw_comment,
)
from concerte.concertation.services.ideas_answering import Part, is_in_the_draft, merge_ideas, move_idea, split_idea
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
    "Part",
    "add_follow_up",
    "add_group_file",
    "answer_invitation",
    "answer_request",
    "answer_visibility",
    "appreciate_idea",
    "ask_to_join",
    "ask_visibility",
    "cancel_group_meeting",
    "close_follow_up",
    "close_round",
    "comment_idea",
    "confirm_exchange",
    "correct_exchange",
    "correct_idea",
    "create_group",
    "create_theme",
    "decide_publication",
    "describe_group",
    "describe_theme",
    "empty_seat",
    "end_group",
    "fill_seat",
    "group_exchange",
    "group_needs",
    "inspire",
    "invite_to_group",
    "is_in_the_draft",
    "join_need",
    "keep_concertation_true",
    "keep_exchange_accesses_of_circle_true",
    "keep_exchange_accesses_of_person_true",
    "keep_exchange_accesses_true",
    "keep_group_accesses_of_circle_true",
    "keep_group_accesses_of_person_true",
    "keep_group_accesses_true",
    "leave_group",
    "leave_need",
    "merge_ideas",
    "merge_needs",
    "merge_themes",
    "move_idea",
    "open_round",
    "plan_group_meeting",
    "propose_idea",
    "raise_need",
    "raise_need_from",
    "record_exchange",
    "show_need_to",
    "split_idea",
    "split_theme",
    "spread_points",
    "ungroup_exchange",
    "ungroup_needs",
    "update_need",
    "withdraw_comment",
    "withdraw_group_file",
    "withdraw_need",
    "withdraw_theme",
]
