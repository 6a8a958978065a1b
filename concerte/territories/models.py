"""Communes, EPCI, départements and régions, in one table: whatever the level, a territory is named, counted and
pointed at in the same way. Loaded from public files, never typed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from concerte.territories.querysets import TerritoryQuerySet
from concerte.territories.strata import Level, Stratum, stratum_of

__all__ = ["Level", "Stratum", "Territory"]


class Territory(models.Model):
    """One territory. Its key is text and lasts: "commune-2A004", "epci-200000172", "departement-01", "region-01"."""

    class Zone(models.TextChoices):
        METRO = "metro", _("France métropolitaine")
        DROM = "drom", _("département ou région d’outre-mer")
        COM = "com", _("collectivité d’outre-mer")

    key = models.CharField("clé", max_length=24, primary_key=True)
    level = models.CharField("niveau", max_length=12, choices=Level)
    code = models.CharField("code", max_length=9)  # INSEE; SIREN of an EPCI. Text: "01001", "2A004"
    name = models.CharField("nom", max_length=120)
    search_name = models.CharField("nom recherché", max_length=120, db_index=True)
    population = models.PositiveIntegerField("population municipale", null=True, blank=True)  # unknown is not zero
    zone = models.CharField("zone", max_length=6, choices=Zone)
    epci = models.ForeignKey("self", models.PROTECT, verbose_name="EPCI", null=True, blank=True, related_name="+")
    # Of an EPCI over several départements or régions: those where most of its inhabitants live.
    departement = models.ForeignKey(
        "self", models.PROTECT, verbose_name="département", null=True, blank=True, related_name="+"
    )
    region = models.ForeignKey("self", models.PROTECT, verbose_name="région", null=True, blank=True, related_name="+")

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "territoire"
        verbose_name_plural = "territoires"
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(fields=("code", "level"), name="territories_one_code_per_level"),)

    def __str__(self) -> str:
        return self.name

    @property
    def stratum(self) -> Stratum | None:
        """None for a commune whose population is unknown."""
        return stratum_of(self.level, self.population)

    @property
    def ancestor_keys(self) -> tuple[str, ...]:
        """The keys of the territories it lies in, the nearest first."""
        parents = (self.epci_id, self.departement_id, self.region_id)
        return tuple(parent for parent in parents if parent is not None)

    @property
    def whereabouts(self) -> str:
        """What tells it from its namesakes: its level, its code, its département when that was joined."""
        parts = [str(self.get_level_display()), self.code]
        if "departement" in self._state.fields_cache and self.departement is not None:
            parts.append(self.departement.name)
        return ", ".join(parts)


def key_of(level: str, code: str) -> str:
    return f"{level}-{code}"
