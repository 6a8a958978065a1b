"""`concerte apply-membership-dates`: what the calendar changed, once a day.

A membership may begin or end on a day to come. Who is asked "may they?" reads the dates; rights that are kept as rows
(documents, administration) have to be told. Told twice, they change nothing.
"""

# the name of the file is the name of the command

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from concerte.partners.services import apply_membership_dates


class Command(BaseCommand):
    help = "Met à jour les droits des personnes dont un rattachement commence ou s’achève (à lancer chaque jour)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=7, help="jours passés à revoir (7 par défaut)")

    def handle(self, *args: Any, **options: Any) -> None:
        people = apply_membership_dates(days=max(1, options["days"]))
        self.stdout.write(f"{len(people)} personne(s) revue(s).")
