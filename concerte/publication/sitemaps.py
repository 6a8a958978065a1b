"""The public pages, for search engines."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from concerte.programme.models import Action, Edition, Programme


class _OurSitemap(Sitemap):  # type: ignore[type-arg]
    i18n = True
    alternates = True

    def get_domain(self, site: object = None) -> str:
        """The public address from the settings, whatever name the machine was asked by."""
        return urlsplit(settings.BASE_URL).netloc

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.BASE_URL).scheme


class ProgrammeSitemap(_OurSitemap):
    def items(self) -> list[tuple[str, list[str]]]:
        pages: list[tuple[str, list[str]]] = [("publication:home", []), ("publication:programmes", [])]
        for slug in Programme.objects.order_by("pk").values_list("slug", flat=True):
            pages += [("publication:programme", [slug]), ("publication:editions", [slug])]
        return pages

    def location(self, item: tuple[str, list[str]]) -> str:
        return reverse(item[0], args=item[1])


class ActionSitemap(_OurSitemap):
    def items(self) -> list[str]:
        return list(Action.objects.order_by("pk").values_list("code", flat=True))

    def location(self, item: str) -> str:
        return reverse("publication:action", args=[item])


class EditionSitemap(_OurSitemap):
    def items(self) -> list[Edition]:
        return list(Edition.objects.select_related("programme").defer("content", "record").order_by("pk"))

    def location(self, item: Edition) -> str:
        return reverse("publication:edition", args=[item.programme.slug, item.number])

    def lastmod(self, item: Edition) -> datetime:
        return item.published_at


SITEMAPS = {"programmes": ProgrammeSitemap, "actions": ActionSitemap, "editions": EditionSitemap}
