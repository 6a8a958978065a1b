"""The files of the package as plain rows, without touching the database."""

import csv
import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from concerte.territories.names import searchable
from concerte.territories.strata import Level

DATA = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True)
class Row:
    """A territory as the table holds it; links are keys. population: None when the file does not know."""

    key: str
    level: str
    code: str
    name: str
    search_name: str
    population: int | None
    zone: str
    epci_id: str | None
    departement_id: str | None
    region_id: str | None


def read_territories(folder: Path = DATA) -> Iterator[Row]:
    """Every territory, those that others lie in first. Raises ValueError: a population that is no number."""
    zones: dict[str, str] = {}
    for level, file in (
        (Level.REGION, "regions.csv"),
        (Level.DEPARTEMENT, "departements.csv"),
        (Level.EPCI, "epci.csv.gz"),
        (Level.COMMUNE, "communes.csv.gz"),
    ):
        for line in _lines(folder / file):
            row = read_line(level, line, zones)
            if level is Level.DEPARTEMENT:
                zones[row.code] = row.zone
            yield row


def read_line(level: Level, line: Mapping[str, str], zones: Mapping[str, str]) -> Row:
    """zones: of the départements by code; an EPCI has the zone of its own."""
    code = line["siren"] if level is Level.EPCI else line["code"]
    name = line["nom"].replace("'", "’")
    return Row(
        key=f"{level}-{code}",
        level=str(level),
        code=code,
        name=name,
        search_name=searchable(name),
        population=int(line["population"]) if line["population"] else None,
        zone=line["zone"] if "zone" in line else zones[line["departement"]],
        epci_id=_link(Level.EPCI, line.get("epci", "")),
        departement_id=_link(Level.DEPARTEMENT, line.get("departement", "")),
        region_id=_link(Level.REGION, line.get("region", "")),
    )


def _link(level: Level, code: str) -> str | None:
    return f"{level}-{code}" if code else None


def _lines(path: Path) -> Iterator[dict[str, str]]:
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    yield from csv.DictReader(text.splitlines())
