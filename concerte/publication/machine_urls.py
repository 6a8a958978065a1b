"""Addresses for machines, the same in every language."""

from django.contrib.sitemaps.views import sitemap
from django.urls import path

from concerte.publication.machines import robots, security
from concerte.publication.sitemaps import SITEMAPS

urlpatterns = [
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path(".well-known/security.txt", security, name="security"),
]
