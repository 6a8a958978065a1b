"""Classes of size: those of communes in French public statistics; every other level is a class by itself."""

from bisect import bisect_right
from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """The levels of territories. The values are written in keys and in exports."""

    COMMUNE = "commune", _("commune")
    EPCI = "epci", _("intercommunalité (EPCI)")
    DEPARTEMENT = "departement", _("département")
    REGION = "region", _("région")


class Stratum(models.TextChoices):
    """From the smallest commune to the region, in this order. The values are written in exports."""

    UNDER_500 = "commune-0", _("communes de moins de 500 habitants")
    UNDER_2000 = "commune-500", _("communes de 500 à 1 999 habitants")
    UNDER_3500 = "commune-2000", _("communes de 2 000 à 3 499 habitants")
    UNDER_10000 = "commune-3500", _("communes de 3 500 à 9 999 habitants")
    UNDER_20000 = "commune-10000", _("communes de 10 000 à 19 999 habitants")
    UNDER_50000 = "commune-20000", _("communes de 20 000 à 49 999 habitants")
    UNDER_100000 = "commune-50000", _("communes de 50 000 à 99 999 habitants")
    LARGEST = "commune-100000", _("communes de 100 000 habitants et plus")
    EPCI = "epci", _("intercommunalités (EPCI)")
    DEPARTEMENT = "departement", _("départements")
    REGION = "region", _("régions")


OF_COMMUNES = tuple(stratum for stratum in Stratum if stratum.value.startswith("commune-"))
# Inhabitants from which each class of communes begins.
LOWER_BOUNDS = tuple(int(stratum.value.removeprefix("commune-")) for stratum in OF_COMMUNES)


def stratum_of(level: str, population: int | None) -> Stratum | None:
    """The class a territory falls in. population: inhabitants, of communes only; None when it is unknown, and the
    class is then unknown too. Raises ValueError: an unknown level, less than no inhabitants."""
    if Level(level) is not Level.COMMUNE:
        return Stratum(level)
    if population is None:
        return None
    if population < 0:
        raise ValueError(f"a population cannot be {population}")
    return OF_COMMUNES[bisect_right(LOWER_BOUNDS, population) - 1]


def in_order(values: Iterable[str]) -> list[Stratum]:
    """The classes among these values, each once, from the smallest; what is none of them is passed over."""
    wanted = set(values)
    return [stratum for stratum in Stratum if stratum.value in wanted]
