"""Addresses of the room, under those of the programme."""

from django.urls import path

from concerte.concertation.views import (
    exchanges,
    groups,
    groups_meetings,
    groups_members,
    ideas,
    ideas_answering,
    needs,
    needs_acting,
    themes,
    themes_acting,
    themes_rounds,
)

app_name = "concertation"
_EXCHANGES = "programmes/<slug:slug>/echanges"
_EXCHANGE = f"{_EXCHANGES}/<int:exchange_id>"
_GROUPS = "programmes/<slug:slug>/groupes"
_GROUP = f"{_GROUPS}/<int:group_id>"
_IDEAS = "programmes/<slug:slug>/idees"
_IDEA = f"{_IDEAS}/<int:idea_id>"
urlpatterns = [
    # Needs
    path("programmes/<slug:slug>/besoins", needs.needs, name="needs"),
    path("programmes/<slug:slug>/besoins.json", needs.needs_data, name="needs_data"),
    path("programmes/<slug:slug>/besoins/nouveau", needs_acting.new_need, name="new_need"),
    path("programmes/<slug:slug>/besoins/proches", needs.resembling_needs, name="resembling_needs"),
    path("programmes/<slug:slug>/besoins/<int:need_id>", needs.need, name="need"),
    path("programmes/<slug:slug>/besoins/<int:need_id>.json", needs.need_data, name="need_data"),
    path("programmes/<slug:slug>/besoins/<int:need_id>/modifier", needs_acting.edit_need, name="edit_need"),
    path("programmes/<slug:slug>/besoins/<int:need_id>/rejoindre", needs_acting.join, name="join_need"),
    path("programmes/<slug:slug>/besoins/<int:need_id>/quitter", needs_acting.leave, name="leave_need"),
    path("programmes/<slug:slug>/besoins/<int:need_id>/montrer", needs_acting.widen, name="show_need"),
    path("programmes/<slug:slug>/besoins/<int:need_id>/retrait", needs_acting.withdraw, name="withdraw_need"),
    path("programmes/<slug:slug>/besoins/<int:need_id>/reunir", needs_acting.merge, name="merge_needs"),
    # Themes and priorities
    path("programmes/<slug:slug>/themes", themes.themes, name="themes"),
    path("programmes/<slug:slug>/themes.json", themes.themes_data, name="themes_data"),
    path("programmes/<slug:slug>/themes/nouveau", themes_acting.new_theme, name="new_theme"),
    path("programmes/<slug:slug>/themes/rangement", themes_acting.arrange, name="arrange_needs"),
    path("programmes/<slug:slug>/themes/<int:theme_id>", themes.theme, name="theme"),
    path("programmes/<slug:slug>/themes/<int:theme_id>.json", themes.one_theme_data, name="theme_data"),
    path("programmes/<slug:slug>/themes/<int:theme_id>/modifier", themes_acting.edit_theme, name="edit_theme"),
    path("programmes/<slug:slug>/themes/<int:theme_id>/reunir", themes_acting.merge, name="merge_theme"),
    path("programmes/<slug:slug>/themes/<int:theme_id>/diviser", themes_acting.split, name="split_theme"),
    path("programmes/<slug:slug>/themes/<int:theme_id>/retrait", themes_acting.withdraw, name="withdraw_theme"),
    path(
        "programmes/<slug:slug>/themes/<int:theme_id>/echanges", themes_acting.arrange_exchange, name="arrange_exchange"
    ),
    path("programmes/<slug:slug>/themes/priorites/nouveau", themes_rounds.new_round, name="new_round"),
    path("programmes/<slug:slug>/themes/priorites/<int:number>", themes_rounds.priority_round, name="priority_round"),
    path("programmes/<slug:slug>/themes/priorites/<int:number>/points", themes_rounds.points, name="spread_points"),
    path("programmes/<slug:slug>/themes/priorites/<int:number>/cloture", themes_rounds.end_round, name="close_round"),
    # Exchanges, groups, ideas
    path(_EXCHANGES, exchanges.exchanges, name="exchanges"),
    path(f"{_EXCHANGES}.json", exchanges.exchanges_data, name="exchanges_data"),
    path(f"{_EXCHANGES}/nouveau", exchanges.new_exchange, name="new_exchange"),
    path(_EXCHANGE, exchanges.exchange, name="exchange"),
    path(f"{_EXCHANGE}.json", exchanges.one_exchange_data, name="exchange_data"),
    path(f"{_EXCHANGE}/corriger", exchanges.correct, name="correct_exchange"),
    path(f"{_EXCHANGE}/confirmer", exchanges.confirm, name="confirm_exchange"),
    path(f"{_EXCHANGE}/suites", exchanges.new_follow_up, name="new_follow_up"),
    path(f"{_EXCHANGE}/suites/<int:follow_up_id>/clore", exchanges.close, name="close_follow_up"),
    path(f"{_EXCHANGE}/visibilite", exchanges.visibility, name="exchange_visibility"),
    path(_GROUPS, groups.groups, name="groups"),
    path(f"{_GROUPS}.json", groups.groups_data, name="groups_data"),
    path(f"{_GROUPS}/nouveau", groups.new_group, name="new_group"),
    path(_GROUP, groups.group, name="group"),
    path(f"{_GROUP}.json", groups.one_group_data, name="group_data"),
    path(f"{_GROUP}/decrire", groups.describe, name="describe_group"),
    path(f"{_GROUP}/sieges/<int:seat_id>", groups.seat, name="fill_seat"),
    path(f"{_GROUP}/copilotes/<int:pilot_id>/fin", groups.leave_seat, name="empty_seat"),
    path(f"{_GROUP}/publication", groups.publication, name="group_publication"),
    path(f"{_GROUP}/fin", groups.end, name="end_group"),
    path(f"{_GROUP}/inviter", groups_members.invite, name="invite"),
    path(f"{_GROUP}/entrer", groups_members.join, name="join_group"),
    path(f"{_GROUP}/membres/<int:membership_id>/reponse", groups_members.answer, name="answer_membership"),
    path(f"{_GROUP}/membres/<int:membership_id>/fin", groups_members.leave, name="leave_group"),
    path(f"{_GROUP}/reunions/nouvelle", groups_meetings.plan, name="plan_group_meeting"),
    path(f"{_GROUP}/reunions/<int:meeting_id>/annulation", groups_meetings.cancel, name="cancel_group_meeting"),
    path(f"{_GROUP}/reunions/<int:meeting_id>.ics", groups_meetings.calendar, name="group_meeting_calendar"),
    path(f"{_GROUP}/fichiers", groups_members.add_file, name="add_file"),
    path(f"{_GROUP}/fichiers/<int:file_id>", groups_members.file, name="group_file"),
    path(f"{_GROUP}/fichiers/<int:file_id>/retrait", groups_members.withdraw_file, name="withdraw_file"),
    path(_IDEAS, ideas.ideas, name="ideas"),
    path(f"{_IDEAS}.json", ideas.ideas_data, name="ideas_data"),
    path(f"{_IDEAS}/nouvelle", ideas.new_idea, name="new_idea"),
    path(_IDEA, ideas.idea, name="idea"),
    path(f"{_IDEA}.json", ideas.one_idea_data, name="idea_data"),
    path(f"{_IDEA}/origine", ideas.link_origin, name="inspire"),
    path(f"{_IDEA}/commentaires", ideas.comment, name="comment_idea"),
    path(f"{_IDEA}/commentaires/<int:comment_id>/retrait", ideas_answering.withdraw, name="withdraw_comment"),
    path(f"{_IDEA}/appreciation", ideas.appreciate, name="appreciate_idea"),
    path(f"{_IDEA}/reponse", ideas_answering.move, name="move_idea"),
    path(f"{_IDEA}/corriger", ideas_answering.correct, name="correct_idea"),
    path(f"{_IDEA}/reunir", ideas_answering.merge, name="merge_ideas"),
    path(f"{_IDEA}/diviser", ideas_answering.split, name="split_idea"),
]
