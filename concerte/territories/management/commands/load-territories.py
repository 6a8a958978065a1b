"""`concerte load-territories`: the communes, EPCI, départements and régions of the package, in the database."""

import time
from typing import Any

from django.core.management import BaseCommand

from concerte.territories.services import load_territories


class Command(BaseCommand):
    help = "Charge les communes, EPCI, départements et régions fournis ; recommencé, ne change que ce qui a changé."

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        count = load_territories(told=self._tell)
        self.stdout.write(f"  {count} territoires, en {time.monotonic() - begun:.1f} s.")

    def _tell(self, done: int) -> None:
        if done % 10_000 == 0:
            self.stdout.write(f"  {done} territoires…")
            self.stdout.flush()
