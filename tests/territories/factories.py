"""Territories, by situation."""

import factory

from concerte.territories.models import Level, Territory
from concerte.territories.names import searchable


class TerritoryFactory(factory.django.DjangoModelFactory[Territory]):
    """A commune of 1,000 inhabitants. epci, departement, region: another level, that lies in nothing."""

    class Meta:
        model = Territory

    class Params:
        epci_level = factory.Trait(level=Level.EPCI, population=30_000)
        departement_level = factory.Trait(level=Level.DEPARTEMENT, population=500_000)
        region_level = factory.Trait(level=Level.REGION, population=3_000_000)

    level = Level.COMMUNE
    code = factory.Sequence(lambda rank: f"{rank:05d}")
    key = factory.LazyAttribute(lambda made: f"{made.level}-{made.code}")
    name = factory.Sequence(lambda rank: f"Villeneuve-{rank}")
    search_name = factory.LazyAttribute(lambda made: searchable(made.name))
    population = 1_000
    zone = Territory.Zone.METRO
