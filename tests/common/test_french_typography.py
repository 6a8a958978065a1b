"""French wants its spaces before : ; ! ? and inside « », of a kind that does not break the line."""

import re

import pytest

from tools import messages

# A plain space before a high mark or a closing quote, or after an opening one; the number sign apart from its number.
MISPLACED = re.compile(r" [:;!?»](?=\W|$)|«(?![\u00a0\u202f])|n° ")
# The narrow space stands before ; ! ? and the wide one before the colon.
EXCHANGED = re.compile(r"\u202f:|\u00a0[;!?]")


def source_strings() -> list[tuple[str, str]]:
    """Every string that is read, with the file it comes from."""
    return [
        (text, message.locations[0][0])
        for message in messages.extracted()
        for text in (message.id if isinstance(message.id, tuple) else (message.id,))
        if text
    ]


def test_the_strings_are_found() -> None:
    assert len(source_strings()) > 500


@pytest.mark.parametrize("pattern", [MISPLACED, EXCHANGED], ids=["misplaced", "exchanged"])
def test_every_french_string_has_its_no_break_spaces(pattern: re.Pattern[str]) -> None:
    assert [(text, file) for text, file in source_strings() if pattern.search(text)] == []


@pytest.mark.parametrize("text", ["Fin : dit", "Fin ; dit", "Quoi ?", "« mot\u00a0»", "«\u00a0mot »", "édition n° 2"])
def test_a_plain_space_is_seen(text: str) -> None:
    assert MISPLACED.search(text)
