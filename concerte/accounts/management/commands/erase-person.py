"""`concerte erase-person EMAIL`: erase the personal data of someone who asks for it."""

# the name of the file is the name of the command
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from concerte.accounts.errors import AccountRefused
from concerte.accounts.services import find_person, pseudonymise


class Command(BaseCommand):
    help = "Efface les données personnelles d’une personne\u00a0: elle devient un pseudonyme, ce qu’elle a fait reste."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="adresse électronique du compte")
        parser.add_argument("--yes", action="store_true", help="confirme\u00a0: c’est irréversible")

    def handle(self, *args: Any, **options: Any) -> None:
        person = find_person(options["email"])
        if person is None:
            raise CommandError(f"Aucun compte pour l’adresse «\u00a0{options['email']}\u00a0».")
        if not options["yes"]:
            raise CommandError(f"Rien n’est effacé. Pour effacer {person.name} ({person.email}), ajoutez --yes.")
        try:
            erased = pseudonymise(person, acting_user=None)
        except AccountRefused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"C’est fait\u00a0: cette personne s’appelle désormais «\u00a0{erased.name}\u00a0».")
