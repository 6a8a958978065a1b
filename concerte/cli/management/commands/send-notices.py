"""`concerte send-notices`: one round of messages, for a cron where no `concerte serve` runs."""

# the name of the file is the name of the command
from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from concerte.cli.notices import Rounds


class Command(BaseCommand):
    help = (
        "Envoie les courriels de rappel dont l’heure est venue et réessaie ceux qui n’ont pas pu partir. Le serveur le "
        "fait de lui-même chaque minute ; lancée en même temps, cette commande n’envoie rien deux fois."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = Rounds().tell(timezone.now())
        self.stdout.write(f"Courriels partis\u00a0: {count}")
