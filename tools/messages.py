"""Translation catalogues without gettext's programs: `update` (extract, merge), `compile`, `check` (nothing missing).

French is the language of the source strings; its catalogue exists so that plurals follow French rules
(0 takes the singular).
"""

import ast
import io
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "concerte" / "locale"
LANGUAGES = ("fr", "en")
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
KEYWORDS = {
    "gettext": None, "gettext_lazy": None, "_": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
}  # fmt: skip
CALL = re.compile(r"\b(?P<name>gettext|ngettext|pgettext|_)\(")
STRING = re.compile(r"""\s*,?\s*u?(?P<text>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")""", re.DOTALL)

Found = tuple[str, int, str | tuple[str, ...], str | None]  # file, line, message(s), context


def in_python(path: Path) -> Iterator[Found]:
    with path.open("rb") as file:
        for line, name, messages, _comments in extract_python(file, list(KEYWORDS), (), {}):
            texts = (messages,) if isinstance(messages, str) else tuple(messages)
            if texts and isinstance(texts[0], str):
                yield from _found(path, line, name, tuple(t for t in texts if isinstance(t, str)))


def in_template(path: Path) -> Iterator[Found]:
    from django.utils.translation.template import templatize

    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for call in CALL.finditer(source):
        texts, position = [], call.end()
        while literal := STRING.match(source, position):
            texts.append(ast.literal_eval(literal["text"].replace("\n", "\\n")))
            position = literal.end()
        if texts:
            yield from _found(path, source.count("\n", 0, call.start()) + 1, call["name"], tuple(texts))


def _found(path: Path, line: int, name: str, texts: tuple[str, ...]) -> Iterator[Found]:
    file = path.relative_to(ROOT).as_posix()
    if name.startswith("ngettext") and len(texts) >= 2:
        yield file, line, texts[:2], None
    elif name.startswith("pgettext") and len(texts) >= 2:
        yield file, line, texts[1], texts[0]
    elif texts[0]:
        yield file, line, texts[0], None


def extracted() -> Catalog:
    catalog = Catalog(charset="utf-8", header_comment="# Catalogue de Concerté.")
    package = ROOT / "concerte"
    for path in sorted(package.rglob("*.py")):
        for file, line, message, context in in_python(path):
            catalog.add(message, locations=[(file, line)], context=context)
    for suffix in ("*.html", "*.txt"):
        for path in sorted(package.rglob(suffix)):
            if "templates" in path.parts:
                for file, line, message, context in in_template(path):
                    catalog.add(message, locations=[(file, line)], context=context)
    return catalog


def path_of(language: str, ending: str = "po") -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"django.{ending}"


def stored(language: str) -> Catalog:
    if not path_of(language).exists():
        return Catalog(locale=language)
    return read_po(io.BytesIO(path_of(language).read_bytes()), locale=language)


def update() -> None:
    for language in LANGUAGES:
        catalog = stored(language)
        catalog.update(extracted(), no_fuzzy_matching=True)  # its messages become the catalogue's own: one each
        catalog.project, catalog.version, catalog.fuzzy = "Concerté", "1", False
        catalog.header_comment = "# Catalogue de Concerté. Mis à jour par `make messages`."
        catalog.creation_date = catalog.revision_date = SOME_DAY  # a date of today would change the file at each run
        catalog.obsolete.clear()
        for message in catalog:
            message.locations = sorted({(file, 0) for file, _line in message.locations})  # lines move too often
            if language == "fr" and message.id:
                message.string = message.id
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        with path_of(language).open("wb") as file:
            write_po(file, catalog, width=120, include_lineno=False, omit_header=False, sort_output=True)
    compile_all()


def compile_all() -> None:
    for language in LANGUAGES:
        with path_of(language, "mo").open("wb") as file:
            write_mo(file, stored(language))


def problems() -> list[str]:
    """What a person would read in the wrong language."""
    template = extracted()
    found = []
    for language in LANGUAGES:
        catalog = stored(language)
        for message in template:
            if not message.id:
                continue
            translated = catalog.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
            texts = translated.string if translated else ""
            if not translated or not (all(texts) if isinstance(texts, tuple) else texts):
                found.append(f"{language} : {message.id!r} ({message.locations[0][0]})")
            elif any(set(re.findall(r"%\(\w+\)[sd]", str(texts))) ^ set(re.findall(r"%\(\w+\)[sd]", str(message.id)))):
                found.append(f"{language} : variables differ in {message.id!r}")
    return found


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    sys.path.insert(0, str(ROOT))
    command = sys.argv[1] if len(sys.argv) > 1 else "check"
    if command == "update":
        update()
    elif command == "compile":
        compile_all()
        return 0
    missing = problems()
    for line in missing[:40]:
        print(line)
    if missing:
        print(f"{len(missing)} messages à traduire : make messages, puis compléter concerte/locale/en.")
    return 1 if missing and command == "check" else 0


if __name__ == "__main__":
    sys.exit(main())
