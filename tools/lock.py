"""`make lock`: compiles pyproject.toml into requirements/*.txt, with hashes and without any download address."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GROUPS = {"serve": ("build",), "test": ("build", "test")}


def main() -> None:
    for name, groups in GROUPS.items():
        command = [
            sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "-o", f"requirements/{name}.txt",
            "--universal", "--python-version", "3.11", "--generate-hashes",
            "--no-annotate", "--no-header", "--no-emit-index-url", "--quiet",
        ]  # fmt: skip
        for group in groups:
            command += ["--group", group]
        subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
