"""Addresses of the room, under those of the programme."""

from django.urls import path

from concerte.concertation.views import needs, needs_acting, themes, themes_acting, themes_rounds

app_name = "concertation"
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
]
