"""`concerte serve`: from an empty folder to a page, in one process or in many."""

import asyncio
import errno
import hashlib
import os
import shutil
import socket
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from concerte.cli.alone import one_at_a_time
from concerte.cli.daily import follow_the_calendar, follow_the_calendar_every_day
from concerte.cli.notices import tell_what_waits_every_minute
from concerte.cli.reach import is_every_address, own_names
from concerte.cli.serving import Server, serve
from concerte.cli.workers import Supervisor
from concerte.programme.models import Programme
from concerte.territories.services import are_loaded

WHY_NOT = {
    errno.EADDRINUSE: "Le port {port} de {host} n’est pas libre. Choisissez-en un autre : PORT=8001",
    errno.EACCES: "Le port {port} est réservé au système. Choisissez-en un au-dessus de 1023 : PORT=8001",
    errno.EADDRNOTAVAIL: "L’adresse {host} n’est pas celle de cette machine. Pour elle seule : HOST=127.0.0.1",
}
OTHER = "Le port {port} de {host} ne s’ouvre pas : {why}"


class Command(BaseCommand):
    help = "Prépare la base et les fichiers, puis ouvre le site."
    requires_system_checks = ()  # a newcomer waits for each second; `concerte check` and the tests run them

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="adresse d’écoute (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port d’écoute (8000)")
        parser.add_argument(
            "--workers", type=int, default=settings.WORKERS, help="nombre de processus (CONCERTE_WORKERS, sinon 1)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, port, workers = options["host"], options["port"], options["workers"]
        refuse_what_workers_cannot_share(workers)
        listening = self.listen(host, port)
        try:
            settings.DATA.mkdir(parents=True, exist_ok=True)
            self.prepare_database()
            self.collect_static_files()
        except OSError as error:
            raise CommandError(f"Le dossier des données {settings.DATA} ne peut pas servir : {error}") from error
        except OperationalError as error:
            reason = str(error).partition("\n")[0]
            raise CommandError(f"La base de données ne répond pas (DATABASE_URL) : {reason}") from error
        announcement = f"\n✓ Concerté est ouvert : http://{shown(host)}:{port}"
        if is_every_address(host) and not os.environ.get("CONCERTE_ALLOWED_HOSTS"):
            names = answer_to_own_names()
            announcement += f"\n  Depuis une autre machine : http://{names[-1]}:{port}"
        if workers > 1:
            announcement += f" ({workers} processus)"
        if settings.EXAMPLE:
            announcement += "\n  Mode d’exemple : la page de connexion propose un bouton par rôle."
        if workers > 1:
            self.serve_in_many(workers, listening, announcement)
        else:
            self.serve_alone(listening, announcement)

    def serve_alone(self, listening: socket.socket, announcement: str) -> None:
        tasks: list[asyncio.Task[None]] = []

        def opened(_: Server) -> None:
            loop = asyncio.get_running_loop()
            tasks.extend(
                loop.create_task(each) for each in (follow_the_calendar_every_day(), tell_what_waits_every_minute())
            )
            print(announcement, flush=True)

        serve(listening, opened)

    def serve_in_many(self, workers: int, listening: socket.socket, announcement: str) -> None:
        """Watch over workers. The figures of all are put together in a folder that starts empty."""
        figures = settings.DATA / f"figures-{listening.getsockname()[1]}"
        shutil.rmtree(figures, ignore_errors=True)
        figures.mkdir()
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(figures)
        connections.close_all()
        try:
            asyncio.run(Supervisor(workers, listening, lambda: print(announcement, flush=True)).run())
        finally:
            shutil.rmtree(figures, ignore_errors=True)

    def prepare_database(self) -> None:
        with one_at_a_time():
            self.bring_database_up_to_date()
            if not are_loaded():
                call_command("load-territories", stdout=self.stdout)
            if settings.EXAMPLE and not Programme.objects.exists():
                self.stdout.write("• Programmes et rôles d’exemple…")
                call_command("example", people=True, stdout=self.stdout)
        follow_the_calendar()

    def listen(self, host: str, port: int) -> socket.socket:
        """Take the port first: it is the most likely thing to fail, and the cheapest to find out."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except OverflowError as error:
            raise CommandError(f"Un port va de 1 à 65535 : {port} n’en est pas un.") from error
        except socket.gaierror as error:
            raise CommandError(f"L’adresse {host} est inconnue. Pour cette machine seule : HOST=127.0.0.1") from error
        except OSError as error:
            raise CommandError(WHY_NOT.get(error.errno or 0, OTHER).format(host=host, port=port, why=error)) from error
        listening.set_inheritable(True)
        return listening

    def bring_database_up_to_date(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("• Base de données…")
            call_command("migrate", verbosity=0, interactive=False)

    def collect_static_files(self) -> None:
        """Copy, name by content and compress the static files, only when one of them changed."""
        stamp = Path(settings.STATIC_ROOT) / ".stamp"
        value = fingerprint_of_static_files()
        if stamp.exists() and stamp.read_text() == value:
            return
        self.stdout.write("• Feuilles de style et scripts…")
        sys.stdout.flush()
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(value)


def shown(host: str) -> str:
    """A host as it stands in an address that can be opened on this machine."""
    if is_every_address(host):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def answer_to_own_names() -> list[str]:
    """Whoever listens everywhere is asked under other names than the local one; workers are told by the environment."""
    names = own_names()
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, *names]
    os.environ["CONCERTE_ALLOWED_HOSTS"] = ",".join(settings.ALLOWED_HOSTS)
    return names


def refuse_what_workers_cannot_share(workers: int) -> None:
    """Raises CommandError: several processes need a database and a message store that are made for it."""
    if workers < 1:
        raise CommandError("Il faut au moins un processus : --workers 1")
    if workers > 1 and not (connection.vendor == "postgresql" and settings.REDIS_URL):
        raise CommandError(
            "Plusieurs processus demandent PostgreSQL (DATABASE_URL) et Valkey ou Redis (REDIS_URL) : "
            "réglez les deux, ou gardez un seul processus (--workers 1)."
        )


def fingerprint_of_static_files() -> str:
    """A digest of the names, sizes and dates of what collectstatic would copy."""
    seen = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(ignore_patterns=[]):
            facts = Path(storage.path(name)).stat()
            seen.update(f"{name}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return seen.hexdigest()
