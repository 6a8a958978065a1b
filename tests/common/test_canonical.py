"""Canonical JSON and digests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerte.common.canonical import canonical_json, digest_of, is_digest, strict_json

values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.text()),
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(st.text(max_size=4), below, max_size=3)),
    max_leaves=10,
)


def test_names_are_sorted_and_nothing_is_spaced():
    assert canonical_json({"b": [1, 2], "a": "é"}) == '{"a":"é","b":[1,2]}'.encode()


def test_the_digest_is_the_sha256_of_these_bytes():
    # printf '%s' '{}' | sha256sum
    assert digest_of({}) == "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@given(values)
def test_canonical_json_reads_back_as_itself(value):
    text = canonical_json(value)

    assert strict_json(text) == value
    assert canonical_json(strict_json(text)) == text
    assert is_digest(digest_of(value))


@pytest.mark.parametrize(
    "value", [float("nan"), 2**60, "\ud800", {"\ud800": 1}, object()], ids=["nan", "big", "half", "half-name", "object"]
)
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(ValueError):  # noqa: PT011  the library has several
        canonical_json(value)


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":2}', "[NaN]", b"\xff", "[" * 100_000, "{", ""],
    ids=["twice", "nan", "bytes", "deep", "cut", "none"],
)
def test_json_that_could_be_read_in_two_ways_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011  UnicodeDecodeError and JSONDecodeError are ValueErrors
        strict_json(text)


@pytest.mark.parametrize("value", ["sha256:12", "md5:" + "0" * 64, "sha256:" + "A" * 64, None, "0" * 64])
def test_other_texts_are_no_digest(value):
    assert not is_digest(value)
