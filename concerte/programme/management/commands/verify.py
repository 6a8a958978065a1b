"""`concerte verify`: checks downloaded editions offline, without the database."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concerte.programme.verification import MAX_FILE_BYTES, MAX_FILES, Report, verify


class Command(BaseCommand):
    help = _(
        "Vérifie hors ligne une édition téléchargée, ou une suite d’éditions données dans n’importe quel ordre : "
        "empreintes, règles de chaque collège, chaîne d’une édition à la suivante. "
        "Code de sortie : 0 si tout est juste, 1 si quelque chose ne va pas, 2 si un fichier n’est pas lisible."
    )
    requires_system_checks = ()  # they would open the database

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar=_("FICHIER"), help=_("fichier JSON d’une édition"))

    def handle(self, *_args: Any, files: list[str], **_options: Any) -> None:
        if len(files) > MAX_FILES:
            self.stderr.write(_("Trop de fichiers : %(count)d au plus.") % {"count": MAX_FILES})
            sys.exit(2)
        is_missing = [file for file in files if not Path(file).is_file()]
        for file in is_missing:
            self.stderr.write(_("✗ %(file)s : le fichier n’existe pas.") % {"file": file})
        report = verify(_read(file for file in files if file not in is_missing))
        self._show(report)
        sys.exit(2 if is_missing else report.exit_code)

    def _show(self, report: Report) -> None:
        for edition in report.editions:
            faults = report.faults_of(edition.file)
            sentence = _("%(mark)s %(title)s, édition n° %(number)d (%(semester)s) : %(file)s")
            values = {
                "mark": "✗" if faults else "✓",
                "title": edition.title,
                "number": edition.number,
                "semester": edition.semester,
                "file": edition.file,
            }
            self.stdout.write(sentence % values)
            self.stdout.write(_("    empreinte du texte : %(digest)s") % {"digest": edition.digest})
            self.stdout.write(_("    empreinte du procès-verbal : %(digest)s") % {"digest": edition.record_digest})
            if edition.approvals:
                self.stdout.write(_("    approuvée par : %(names)s") % {"names": ", ".join(edition.approvals)})
            for fault in faults:
                self.stdout.write(f"    ✗ {fault.message}")
        for fault in report.faults:
            if fault.is_unreadable:
                self.stderr.write(f"✗ {fault.file} : {fault.message}")
        for note in report.notes:
            self.stdout.write(f"• {note}")
        self.stdout.write(_conclusion(report))


def _read(files: Iterator[str]) -> Iterator[tuple[str, bytes]]:
    """Names and contents, no more of each than what could be an edition."""
    for file in files:
        with Path(file).open("rb") as stream:
            yield file, stream.read(MAX_FILE_BYTES + 1)


def _conclusion(report: Report) -> str:
    if report.faults:
        sentence = ngettext("%(count)d défaut trouvé.", "%(count)d défauts trouvés.", len(report.faults))
        return sentence % {"count": len(report.faults)}
    if not report.editions:
        return _("Rien n’a été vérifié.")
    sentence = ngettext(
        "%(count)d édition vérifiée : le texte, la décision et la chaîne sont cohérents. "
        "Comparez l’empreinte avec celle publiée pour savoir que c’est bien elle.",
        "%(count)d éditions vérifiées : les textes, les décisions et la chaîne sont cohérents. "
        "Comparez les empreintes avec celles publiées pour savoir que ce sont bien elles.",
        len(report.editions),
    )
    return sentence % {"count": len(report.editions)}
