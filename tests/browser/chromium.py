"""Which Chromium the tests and the screenshots drive: an installed one first, else the one `make` unpacked."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
INSTALLED = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser")
UNPACKED = ROOT / ".venv" / "chromium"
# As root (containers, CI) Chromium refuses its own sandbox; what it shows here is only our own pages.
# Without the rest it calls home at each start.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
]


@dataclass(frozen=True)
class Chromium:
    """executable: the program. environment: what it needs around it."""

    executable: str
    environment: dict[str, str | float | bool]


def find_chromium() -> Chromium:
    """Raises FileNotFoundError when there is none."""
    for name in INSTALLED:
        if path := shutil.which(name):
            return Chromium(path, dict(os.environ))
    program = UNPACKED / "chromium"
    if not program.exists():
        raise FileNotFoundError("No Chromium: run `make prepare` first.")
    needed = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    environment = dict(os.environ)
    if "not found" in needed:  # a bare machine: the package carries the system libraries too
        environment["LD_LIBRARY_PATH"] = str(UNPACKED / "al2023" / "lib")
        environment.setdefault("FONTCONFIG_PATH", str(UNPACKED / "fonts"))
    return Chromium(str(program), dict(environment))
