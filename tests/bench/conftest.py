"""The load generator and the relay, compiled once for these tests."""

import shutil
import subprocess
from pathlib import Path

import pytest

from bench import place


def compiled(folder: Path, source: str) -> Path:
    compiler = next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), None)
    if compiler is None:
        pytest.skip("no C compiler here; make bench brings one")
    program = folder / source.removesuffix(".c")
    command = [compiler, "-O1", "-std=gnu11", "-D_GNU_SOURCE", "-o", program, place.NATIVE / source]
    subprocess.run(command, check=True)
    return program


@pytest.fixture(scope="session")
def generator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(tmp_path_factory.mktemp("native"), "load.c")


@pytest.fixture(scope="session")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(tmp_path_factory.mktemp("native"), "relay.c")
