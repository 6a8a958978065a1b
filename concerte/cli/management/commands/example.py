"""`concerte example`: the real programmes, and an exercise to try the whole journey on."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from concerte.cli.exercise import fill_exercise
from concerte.common.errors import DomainError
from concerte.concertation.example import load_themes
from concerte.governance.example import load_bodies, load_example_body
from concerte.partners.example import create_example_people
from concerte.programme.importing import EXAMPLES, load_programme
from concerte.programme.models import Programme

# Who plays which role: organisations of the two real programmes, and the made-up ones of the exercise.
ORGANISATIONS_BY_ROLE = {
    "coordination": ["dinum", "dinsic", "service-essai-etat"],
    "pilot": ["dinum", "dinsic", "service-essai-etat"],
    "representative": ["amf", "association-essai-communes"],
    "contributor": ["amf", "association-essai-communes"],
    "reader": ["france-urbaine", "federation-essai-departements"],
    "administrator": ["dinum"],
}


class Command(BaseCommand):
    help = "Charge DCANT 2018-2020, TNT 2021-2024 et un programme d’exercice ; ce qui est déjà là n’est pas touché."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--people",
            action="store_true",
            help="crée aussi une personne par rôle d’exemple (mode d’exemple seulement)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["people"] and not settings.EXAMPLE:
            raise CommandError("Les rôles d’exemple n’existent qu’en mode d’exemple (CONCERTE_EXAMPLE=true).")
        for path in EXAMPLES:
            try:
                programme = load_programme(path, acting_user=None)
                origin = programme.origin
                load_bodies(programme.circle, origin.get("bodies", ()), sources=origin.get("sources", ()))
                load_themes(programme.circle, origin.get("themes_requested", ()), sources=origin.get("sources", ()))
            except DomainError as refusal:
                raise CommandError(refusal.message) from refusal
            self.stdout.write(f"  {programme.title}")
        if options["people"]:
            people = create_example_people(ORGANISATIONS_BY_ROLE, acting_user=None)
            exercise = Programme.objects.select_related("circle").get(slug="exercice")
            body = load_example_body(exercise.circle, people)
            if body is not None:
                fill_exercise(exercise, body, people)
