"""The scene of the journeys of decisions: a body of the exercise, with a seat in each college, put in a site’s data.

Run as a program, with CONCERTE_DATA naming the folder of a site that is running."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BODY = "comite-exercice"
SEATS = {"service-essai-etat": "pilot", "association-essai-communes": "representative"}


def lay(data: Path) -> None:
    """In a process of its own: the settings are those of the site."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "DJANGO_SETTINGS_MODULE": "concerte.config.settings",
        "CONCERTE_DATA": str(data),
        "CONCERTE_EXAMPLE": "true",
    }
    subprocess.run(
        [sys.executable, "-m", "tests.browser.deciding_scene"], cwd=ROOT, env=environment, check=True, timeout=60
    )


def main() -> None:
    import django  # noqa: PLC0415

    django.setup()
    from concerte.accounts.example import ROLES  # noqa: PLC0415
    from concerte.accounts.models import User  # noqa: PLC0415
    from concerte.governance.decisions_example import load_example_rules  # noqa: PLC0415
    from concerte.governance.models import Body, Mandate, Seat  # noqa: PLC0415
    from concerte.partners.models import Circle, Organisation  # noqa: PLC0415

    addresses = {role.key: role.address for role in ROLES}
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
        person = User.objects.get(email=addresses[role])
        Mandate.objects.create(seat=seat, person=person, title="Membre", starts_on=date(2026, 1, 1))
    load_example_rules(body, acting_user=None)


if __name__ == "__main__":
    main()
