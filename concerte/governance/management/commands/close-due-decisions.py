"""`concerte close-due-decisions`: freezes the result of the votes whose time has passed."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concerte.governance.services import close_due_decisions


class Command(BaseCommand):
    help = _(
        "Clôt les décisions dont l’heure est passée et fige leur résultat. Tard ou deux fois, rien ne change : "
        "les pages montrent le résultat dès l’heure venue."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        closed = close_due_decisions()
        for decision in closed:
            outcome = _("adoptée") if decision.is_adopted else _("non adoptée")
            self.stdout.write(_("n° %(number)d : %(outcome)s") % {"number": decision.number, "outcome": outcome})
        sentence = ngettext("%(count)d décision close.", "%(count)d décisions closes.", len(closed))
        self.stdout.write(sentence % {"count": len(closed)})
