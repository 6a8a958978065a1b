"""`concerte sign-in-code EMAIL`: a code told by an operator to someone whose mail does not arrive."""

# the name of the file is the name of the command
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.urls import reverse

from concerte.accounts.errors import CodeRefused
from concerte.accounts.services import find_person, make_operator_code

MAX_MINUTES = 24 * 60


class Command(BaseCommand):
    help = "Donne un code de connexion à dire de vive voix, quand un courriel n’arrive pas. Il sert une seule fois."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="adresse électronique du compte")
        parser.add_argument("--minutes", type=int, default=15, help="durée de validité (15 par défaut)")

    def handle(self, *args: Any, **options: Any) -> None:
        minutes = options["minutes"]
        if not 1 <= minutes <= MAX_MINUTES:
            raise CommandError(f"La durée va de 1 à {MAX_MINUTES} minutes.")
        person = find_person(options["email"])
        if person is None:
            raise CommandError(f"Aucun compte pour l’adresse «\u00a0{options['email']}\u00a0».")
        try:
            code = make_operator_code(person, minutes)
        except CodeRefused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(
            f"Code de connexion de {person.name} ({person.email})\u00a0: {code}\n"
            f"Il sert une fois, dans les {minutes} minutes. La personne donne d’abord son adresse\n"
            f"sur {settings.BASE_URL}{reverse('account_login')}, puis ce code à la place de celui du courriel."
        )
