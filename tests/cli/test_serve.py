"""Opening the site: what can go wrong is said in one line."""

import os
import socket
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.servers import PATIENCE


def serve(data, *arguments):
    environment = {**os.environ, "CONCERTE_DATA": str(data), "CONCERTE_EXAMPLE": "false"}
    for name in ("DJANGO_SETTINGS_MODULE", "CONCERTE_SECRET_KEY"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "concerte.cli.main", "serve", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE)


def test_a_port_that_is_taken_is_said_plainly_and_nothing_is_written(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        answer = serve(tmp_path / "data", "--port", str(port))

    assert answer.returncode == 1
    assert f"Le port {port} de 127.0.0.1 n’est pas libre" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (tmp_path / "data" / "concerte.sqlite3").exists()


@pytest.mark.django_db
def test_example_people_are_refused_outside_of_the_example_mode(settings):
    settings.EXAMPLE = False

    with pytest.raises(CommandError, match="mode d’exemple"):
        call_command("example", people=True, stdout=StringIO())


def test_the_secret_is_drawn_once_and_readable_by_its_owner_only(tmp_path):
    for _ in range(2):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            serve(tmp_path / "data", "--port", str(taken.getsockname()[1]))

    secret = tmp_path / "data" / "secret-key"
    assert len(secret.read_text()) > 60
    assert secret.stat().st_mode & 0o777 == 0o600
