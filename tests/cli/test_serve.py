"""Opening the site: what can go wrong is said in one line."""

import os
import socket
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.servers import PATIENCE


def serve(data, *arguments, **changes):
    environment = {**os.environ, "CONCERTE_DATA": str(data), "CONCERTE_EXAMPLE": "false", **changes}
    for name in {"DJANGO_SETTINGS_MODULE", "CONCERTE_SECRET_KEY"} - changes.keys():
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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "99999"], "Un port va de 1 à 65535"),
        (["--host", "nulle.part.invalid"], "L’adresse nulle.part.invalid est inconnue"),
        (["--host", "192.0.2.1"], "L’adresse 192.0.2.1 n’est pas celle de cette machine"),
    ],
)
def test_an_address_that_cannot_be_taken_is_said_in_one_line(tmp_path, arguments, said):
    answer = serve(tmp_path / "data", *arguments)

    assert answer.returncode == 1
    assert said in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


@pytest.mark.parametrize("secret", ["", "un-secret-donné"])
def test_a_data_folder_that_cannot_be_one_is_said_in_one_line(tmp_path, secret):
    (tmp_path / "fichier").touch()

    answer = serve(tmp_path / "fichier" / "data", "--port", "0", CONCERTE_SECRET_KEY=secret)

    assert answer.returncode == 1
    assert str(tmp_path / "fichier") in answer.stderr
    assert "dossier des données" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"CONCERTE_DEBUG": "peut-être"}, "CONCERTE_DEBUG"),
        ({"CONCERTE_WORKERS": "deux"}, "CONCERTE_WORKERS"),
        ({"DATABASE_URL": "autre://base"}, "autre://"),
        ({"DATABASE_URL": "postgresql://127.0.0.1:1/base?connect_timeout=2"}, "La base de données ne répond pas"),
    ],
)
def test_a_setting_that_does_not_hold_is_said_in_one_line(tmp_path, setting, said):
    answer = serve(tmp_path / "data", "--port", "0", **setting)

    assert answer.returncode == 1
    assert said in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


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
