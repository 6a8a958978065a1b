"""The house keeps its order: what import-linter cannot see."""

import gzip
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from django.apps import apps

from concerte.config.environment import VARIABLES

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LAYERS: list[str] = PYPROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
FLOOR = {room.strip(" ()"): len(LAYERS) - rank for rank, layer in enumerate(LAYERS) for room in layer.split("|")}


def tracked(*patterns: str) -> list[Path]:
    """Files of the project as git knows them, new ones included; the whole tree where there is no git."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def room_of(label: str) -> str | None:
    config = apps.get_app_config(label)
    return config.name.split(".")[1] if config.name.startswith("concerte.") else None


def test_foreign_keys_point_downwards_only_those_given_as_strings_included():
    upwards = []
    for model in apps.get_models():
        room = room_of(model._meta.app_label)
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if room is None or not field.concrete or target is None or isinstance(target, str):
                continue
            target_room = room_of(target._meta.app_label)
            if target_room is not None and target_room != room and FLOOR[target_room] >= FLOOR[room]:
                upwards.append(f"{model.__name__}.{field.name} → {target.__name__}")

    assert upwards == []


def test_no_source_file_is_too_long_to_be_read_in_one_go():
    sources = [path for path in tracked("*.py", "*.ts", "*.css", "*.html") if "migrations" not in path.parts]

    too_long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in sources
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 520
    }

    assert sources
    assert too_long == {}


def test_no_lock_file_names_a_download_address():
    locks = [*tracked("requirements/*.txt"), *tracked("*package-lock.json")]

    # `funding` and `homepage` lines are information; an address to download from ends in an archive.
    named = [
        f"{path.name}: {line.strip()}"
        for path in locks
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"https?://\S+\.(?:tgz|whl|tar\.gz|zip)|--(?:extra-)?index-url|\"resolved\"", line)
    ]

    assert len(locks) >= 4
    assert named == []


def test_every_dependency_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    blocks = re.findall(r"^(?:dependencies|build|test) = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)

    silent = [line for block in blocks for line in block.splitlines() if not re.search(r"#\s+\S.{10,}", line)]

    assert len(blocks) == 3
    assert silent == []


def test_every_python_dependency_of_the_product_is_used():
    imported_as = {
        "psycopg[binary,pool]": None,  # by Django, from DATABASE_URL
        "uvicorn[standard]": "uvicorn",
        "redis[hiredis]": "redis",
        "prometheus-client": "prometheus_client",
        "environs[django]": "environs",
        "dj-database-url": "dj_database_url",
        "whitenoise[brotli]": "whitenoise",
        "django-csp": "csp",
        "django-permissions-policy": "django_permissions_policy",
        "django-allauth": "allauth",
        "pyyaml": "yaml",
        "pystemmer": "Stemmer",
    }
    declared = PYPROJECT["project"]["dependencies"]
    names = [re.split(r"[=<>~!]", line)[0] for line in declared]
    code = "\n".join(path.read_text(encoding="utf-8") for path in tracked("concerte/*.py"))

    unused = [
        name
        for name in names
        if (module := imported_as.get(name, name)) and not re.search(rf"\b{re.escape(module)}\b", code)
    ]

    assert unused == []


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)
def test_every_setting_is_documented(variable):
    guide = (ROOT / "docs" / "exploiter.md").read_text(encoding="utf-8")

    assert f"| `{variable.name}` |" in guide
    assert variable.purpose in guide


def test_the_settings_read_no_variable_that_is_not_listed():
    source = (ROOT / "concerte" / "config" / "settings.py").read_text(encoding="utf-8")

    read = set(re.findall(r"\"((?:CONCERTE_[A-Z_]+|[A-Z]+_URL))\"", source))

    assert read - {"STATIC_URL"} == {variable.name for variable in VARIABLES}


def test_nothing_is_left_to_do_in_comments():
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    here = Path(__file__)

    left = [
        path.name
        for path in tracked("*.py", "*.ts", "*.css", "*.html")
        if path != here and marks.search(path.read_text(encoding="utf-8"))
    ]

    assert left == []


def test_the_editor_bundle_stays_within_its_budget():
    bundle = ROOT / "concerte" / "common" / "static" / "concerte" / "dist" / "editor.js"

    assert len(gzip.compress(bundle.read_bytes(), 9)) <= 250_000
