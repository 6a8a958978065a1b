"""The time zones meetings are held in: that of the mainland, those of the overseas territories."""

from datetime import date, datetime, time

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concerte.common import clocks
from concerte.governance.errors import MeetingRefused

ZONES: dict[str, str | Promise] = {
    "Europe/Paris": gettext_lazy("Hexagone et Corse"),
    "America/Martinique": gettext_lazy("Martinique"),
    "America/Guadeloupe": gettext_lazy("Guadeloupe"),
    "America/Cayenne": gettext_lazy("Guyane"),
    "Indian/Reunion": gettext_lazy("La Réunion"),
    "Indian/Mayotte": gettext_lazy("Mayotte"),
    "Pacific/Noumea": gettext_lazy("Nouvelle-Calédonie"),
    "Pacific/Tahiti": gettext_lazy("Polynésie française"),
    "Pacific/Wallis": gettext_lazy("Wallis-et-Futuna"),
    "America/Miquelon": gettext_lazy("Saint-Pierre-et-Miquelon"),
    "America/St_Barthelemy": gettext_lazy("Saint-Barthélemy"),
    "America/Marigot": gettext_lazy("Saint-Martin"),
}


def zone_label(name: str) -> str:
    """Where the clocks are, in words; the name itself for a zone that is not offered."""
    return str(ZONES.get(name, name))


def instant_of(day: date, clock: time, zone: str) -> datetime:
    """The instant a clock of the place shows that hour. In autumn, an hour shown twice is the first of the two.

    Raises MeetingRefused("no-such-time") for an hour the clocks jump over in spring."""
    try:
        return clocks.instant_of(day, clock, zone)
    except ValueError as error:
        message = _("Cette heure n’existe pas ce jour-là\u00a0: les montres avancent.")
        raise MeetingRefused(message, code="no-such-time") from error
