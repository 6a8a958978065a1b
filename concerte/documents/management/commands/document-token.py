"""`concerte document-token`: a bearer token for tools and tests that open a document without a browser."""

# the name of the file is the name of the command

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.documents.errors import DocumentRefused
from concerte.documents.models import Document
from concerte.documents.services import issue_token


class Command(BaseCommand):
    help = "Affiche un jeton qui ouvre un document à une personne, pour un temps, sans navigateur."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("document", type=UUID, help="Identifiant du document.")
        parser.add_argument("email", help="Adresse de la personne ; le jeton a les droits qu’elle a.")
        parser.add_argument("--minutes", type=int, default=60, help="Durée de validité (60 par défaut).")

    def handle(self, *args: Any, **options: Any) -> None:
        document = Document.objects.filter(pk=options["document"]).first()
        if document is None:
            raise CommandError(_("Ce document n’existe pas."))
        person = User.objects.filter(email=options["email"].strip().lower()).first()
        if person is None:
            raise CommandError(_("Personne n’a cette adresse."))
        try:
            token = issue_token(document, person, options["minutes"])
        except DocumentRefused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(token)
