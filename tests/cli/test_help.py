"""What a newcomer reads first."""

import subprocess
import sys

import pytest


def run(*arguments, cwd=None):
    command = [sys.executable, "-m", "concerte.cli.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False, timeout=60)


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
