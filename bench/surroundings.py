"""The machine in words, the versions and the date: what a figure means nothing without."""

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import place
from bench.own import SOURCE


def describe() -> dict[str, Any]:
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": machine(),
        "load_before": [round(value, 2) for value in os.getloadavg()],
        "commit": commit(),
        "versions": {
            **interpreter(),
            **{name: version(name) for name in ("django", "pycrdt", "picows", "uvicorn")},
            **{f"{name} (peers)": found for name, found in place.versions().items()},
        },
    }


def interpreter() -> dict[str, str]:
    """Of our own server."""
    question = "import platform, sqlite3; print(platform.python_version(), sqlite3.sqlite_version)"
    answer = subprocess.run([place.OWN_PYTHON, "-c", question], capture_output=True, text=True, check=True).stdout
    return dict(zip(("Python", "SQLite"), answer.split(), strict=True))


def machine() -> str:
    cpu = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = re.search(r"^MemTotal:\s*(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    is_virtual = "hypervisor" in Path("/proc/cpuinfo").read_text()
    return (
        f"{os.cpu_count()} {'virtual ' if is_virtual else ''}cores of {cpu[1] if cpu else platform.machine()}, "
        f"{int(memory[1]) / 1048576 if memory else 0:.0f} GiB of memory, Linux {platform.release().split('-')[0]}"
    )


def commit() -> str:
    """Of the server that is measured; followed by + when files differ from it."""
    words = ["git", "-C", str(SOURCE)]
    found = subprocess.run([*words, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    changed = subprocess.run(
        [*words, "status", "--porcelain", "--", "concerte"], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() + ("+" if changed.stdout.strip() else "")
