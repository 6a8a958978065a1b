"""The `concerte` command: what a newcomer needs first, and every Django command behind it."""

import os
import secrets
import sys

HELP = """\
Concerté : écrire, décider, publier et suivre ensemble un programme partagé.

Utilisation : concerte COMMANDE [options]        (concerte COMMANDE --help : le détail de l’une d’elles)

Pour commencer
  serve                    prépare la base et ouvre le site (--host, --port, --workers)
  example                  charge les programmes d’exemple : DCANT 2018-2020, TNT 2021-2024 et un exercice

Au quotidien
  sign-in-code ADRESSE     donne un code de connexion à une personne qui ne reçoit pas son courriel
  document-token DOCUMENT ADRESSE
                           donne un jeton d’accès à un seul document, pour une personne et un temps
  send-notices             envoie les courriels de rappel (le serveur le fait chaque minute)
  verify FICHIER…          vérifie hors ligne une édition téléchargée, ou une suite d’éditions

Pour exploiter
  migrate                  met la base à jour (serve le fait aussi)
  createsuperuser          crée une personne qui administre la plateforme
  help --commands          toutes les commandes, celles de Django comprises

Les réglages sont des variables d’environnement : docs/exploiter.md en donne la liste."""

# These neither read nor write the data folder: they must work anywhere, and leave nothing behind.
WITHOUT_DATA = {"verify", "help", "--version"}


def main() -> None:
    """Run a command of Concerté or of Django. Ends with one clear line when a setting cannot be read."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concerte.config.settings")
    arguments = sys.argv[1:]
    if arguments in ([], ["help"], ["--help"], ["-h"]):
        print(HELP)
        return
    asks_for_help = not {"--help", "-h"}.isdisjoint(arguments[1:])
    if arguments[0] in WITHOUT_DATA or asks_for_help:
        os.environ.setdefault("CONCERTE_SECRET_KEY", secrets.token_urlsafe(32))
    import django
    from django.core.management import execute_from_command_line

    from concerte.cli import command_help

    _read_settings()
    django.setup()
    if asks_for_help and (text := command_help.help_of(arguments[0])):
        print(text, end="")
        return
    if not command_help.exists(arguments[0]):
        sys.exit(f"✗ Commande inconnue : {arguments[0]}. « concerte --help » montre celles qui existent.")
    execute_from_command_line(sys.argv)


def _read_settings() -> None:
    from django.conf import settings

    try:
        settings.configured or settings.INSTALLED_APPS  # noqa: B018  # the first look reads them all
    except OSError as error:
        sys.exit(f"✗ Le dossier des données (CONCERTE_DATA, DATA=) ne peut pas servir : {error}")
    except ValueError as error:
        sys.exit(f"✗ Un réglage ne se lit pas : {error} (docs/exploiter.md en donne la liste)")


if __name__ == "__main__":
    main()
