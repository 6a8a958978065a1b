"""Every class a template uses is defined in our stylesheets: a mistyped name looks like nothing at all."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The administration is Django's own; e-mails have no stylesheet.
TEMPLATES = [
    path
    for path in sorted((ROOT / "concerte").rglob("templates/**/*.html"))
    if "admin" not in path.parts and "email" not in path.parts
]
DEPLOYER = "fr-"  # names left to the stylesheet of a deployer, beside ours
_COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_CLASSES = re.compile(r'\sclass="([^"]*)"')
_GAP = "\x00"


def used_classes(template: str) -> Iterator[str]:
    """The names in the class attributes; one that ends with a hyphen is completed when the page is drawn."""
    text = _TAG.sub(_GAP, _COMMENT.sub("", template))
    for value in _CLASSES.findall(text):
        for word in value.split():
            yield from (part for part in word.split(_GAP) if part)


def defined_classes() -> set[str]:
    found: set[str] = set()
    for path in sorted((ROOT / "frontend" / "styles").glob("*.css")):
        text = re.sub(r"/\*.*?\*/|url\([^)]*\)|\"[^\"]*\"", "", path.read_text(), flags=re.DOTALL)
        found.update(re.findall(r"\.(-?[_a-zA-Z][\w-]*)", text))
    return found


def is_defined(name: str, defined: set[str]) -> bool:
    if name.endswith("-"):
        return any(other.startswith(name) for other in defined)
    return name in defined


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_class_of_a_template_is_in_our_stylesheets(path):
    defined = defined_classes()

    unknown = {
        name
        for name in used_classes(path.read_text())
        if not name.startswith(DEPLOYER) and not is_defined(name, defined)
    }

    assert unknown == set()


def test_classes_are_found_among_the_tags_of_a_template():
    template = """<p class="tag tag-{% firstof kind "neutral" %} {% if big %}figure{% endif %}" id="x"></p>"""

    assert list(used_classes(template)) == ["tag", "tag-", "figure"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_holds_nothing_the_security_policy_refuses(path):
    text = _COMMENT.sub("", path.read_text())

    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"\son[a-z]+=", text)
    for opening in re.findall(r"<script[^>]*>", text):
        assert "src=" in opening or "nonce=" in opening or 'type="application/json"' in opening
