"""What a newcomer reads first."""

import subprocess
import sys

import pytest

from tests.servers import PATIENCE


def run(*arguments, cwd=None):
    command = [sys.executable, "-m", "concerte.cli.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False, timeout=PATIENCE)


@pytest.mark.parametrize("arguments", [[], ["help"], ["--help"], ["-h"]])
def test_help_names_the_commands_a_newcomer_needs(arguments):
    answer = run(*arguments)

    assert answer.returncode == 0
    for command in ("serve", "example", "sign-in-code", "document-token", "send-notices", "verify"):
        assert command in answer.stdout


def test_every_django_command_can_still_be_asked_for():
    answer = run("help", "--commands")

    assert answer.returncode == 0
    assert {"migrate", "serve", "example", "verify", "sign-in-code"} <= set(answer.stdout.split())


def test_an_unknown_command_is_refused_in_one_line():
    answer = run("nimportequoi")

    assert answer.returncode == 1
    assert "nimportequoi" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    assert "concerte --help" in answer.stderr


@pytest.mark.parametrize("command", ["serve", "example", "sign-in-code", "document-token", "verify"])
def test_the_help_of_a_command_says_what_is_ours_in_french_and_writes_nothing(tmp_path, command):
    answer = run(command, "--help", cwd=tmp_path)

    assert answer.returncode == 0
    assert answer.stdout.startswith(f"Utilisation : concerte {command}")
    assert "--pythonpath" not in answer.stdout
    assert "show this help" not in answer.stdout
    assert not list(tmp_path.iterdir())


def test_the_help_of_a_command_of_django_is_left_to_it():
    answer = run("migrate", "--help")

    assert answer.returncode == 0
    assert "--settings" in answer.stdout
