"""The scene of the journeys of decisions: a body of the exercise, with a seat in each college, put in a site’s data; a
council of the association, which gives opinions; and the days that go by before it does.

Run as a program, with CONCERTE_DATA naming the folder of a site that is running."""

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BODY = "comite-exercice"
COUNCIL = "Conseil des communes d’exercice"
SEATS = {"service-essai-etat": "pilot", "association-essai-communes": "representative"}


def lay(data: Path) -> None:
    """The body that decides."""
    _run(data, "decide")


def lay_council(data: Path) -> None:
    """The body whose secretariat the association keeps: its representative coordinates it."""
    _run(data, "council")


def let_days_pass(data: Path, number: int, days: int) -> None:
    """What was submitted today was submitted so many days ago, and its opinions were asked for as much sooner."""
    _run(data, "days", str(number), str(days))


def _run(data: Path, *words: str) -> None:
    """In a process of its own: the settings are those of the site."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "DJANGO_SETTINGS_MODULE": "concerte.config.settings",
        "CONCERTE_DATA": str(data),
        "CONCERTE_EXAMPLE": "true",
    }
    subprocess.run(
        [sys.executable, "-m", "tests.browser.deciding_scene", *words],
        cwd=ROOT,
        env=environment,
        check=True,
        timeout=60,
    )


def main(what: str, *values: str) -> None:
    import django  # noqa: PLC0415

    django.setup()
    {"decide": _decide, "council": _council, "days": _days}[what](*values)


def _decide() -> None:
    from concerte.accounts.models import User  # noqa: PLC0415
    from concerte.governance.decisions_example import load_example_rules  # noqa: PLC0415
    from concerte.governance.models import Body, Mandate, Seat  # noqa: PLC0415
    from concerte.partners.models import Circle, Organisation  # noqa: PLC0415

    organisations = Organisation.objects.in_bulk(SEATS, field_name="slug")
    body = Body.objects.create(
        slug=BODY,
        name="Comité d’exercice",
        level=Body.Level.STEERING,
        secretariat=organisations["service-essai-etat"],
    )
    body.circles.add(Circle.objects.get(slug="exercice"))
    for slug, role in SEATS.items():
        organisation = organisations[slug]
        seat = Seat.objects.create(
            body=body, organisation=organisation, college=organisation.college, starts_on=date(2026, 1, 1)
        )
        person = User.objects.get(email=_address(role))
        Mandate.objects.create(seat=seat, person=person, title="Membre", starts_on=date(2026, 1, 1))
    load_example_rules(body, acting_user=None)


def _council() -> None:
    from concerte.accounts.models import User  # noqa: PLC0415
    from concerte.governance.models import Body  # noqa: PLC0415
    from concerte.partners.models import Circle, Membership, Organisation  # noqa: PLC0415

    association = Organisation.objects.get(slug="association-essai-communes")
    body = Body.objects.create(slug="conseil", name=COUNCIL, level=Body.Level.CONSULTATIVE, secretariat=association)
    body.circles.add(Circle.objects.get(slug="exercice"))
    Membership.objects.create(
        person=User.objects.get(email=_address("representative")),
        organisation=association,
        role=Membership.Role.COORDINATION,
        starts_on=date(2026, 1, 1),
    )


def _days(number: str, days: str) -> None:
    from concerte.governance.models import Consultation  # noqa: PLC0415

    submitted, gone = Consultation.objects.get(number=number), timedelta(days=int(days))
    submitted.submitted_at -= gone
    submitted.due_on -= gone
    submitted.save(update_fields=["submitted_at", "due_on"])


def _address(role: str) -> str:
    from concerte.accounts.example import find_role  # noqa: PLC0415

    found = find_role(role)
    assert found is not None
    return found.address


if __name__ == "__main__":
    main(*sys.argv[1:])
