"""Addresses of what the public sees. Slugs and codes are in them for ever."""

from django.urls import path

from concerte.publication import site_pages, views

app_name = "publication"
urlpatterns = [
    path("", views.home, name="home"),
    path("programmes", views.programmes, name="programmes"),
    path("programmes.json", views.programmes_data, name="programmes_data"),
    path("programmes/<slug:slug>", views.programme, name="programme"),
    path("programmes/<slug:slug>.json", views.programme_data, name="programme_data"),
    path("programmes/<slug:slug>/axes/<slug:axis_id>", views.axis, name="axis"),
    path("programmes/<slug:slug>/editions", views.editions, name="editions"),
    path("programmes/<slug:slug>/editions/<int:number>", views.edition, name="edition"),
    path("programmes/<slug:slug>/editions/<int:number>.json", views.edition_data, name="edition_data"),
    path("programmes/<slug:slug>/editions/<int:number>/differences", views.differences, name="differences"),
    path("programmes/<slug:slug>/coulisses", views.backstage, name="backstage"),
    path("programmes/<slug:slug>/coulisses.json", views.backstage_data, name="backstage_data"),
    path("actions/<slug:code>", views.action, name="action"),
    path("actions/<slug:code>.json", views.action_data, name="action_data"),
    path("plan-du-site", site_pages.site_map, name="site_map"),
    path("accessibilite", site_pages.accessibility, name="accessibility"),
    path("mentions-legales", site_pages.legal_notice, name="legal_notice"),
    path("donnees-personnelles", site_pages.personal_data, name="personal_data"),
    path("cookies", site_pages.cookies, name="cookies"),
    path("statistiques", site_pages.statistics, name="statistics"),
    path("statistiques.json", site_pages.statistics_data, name="statistics_data"),
]
