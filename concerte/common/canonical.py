"""Canonical JSON and digests: the one place that knows how bytes are fixed."""

import hashlib
import json
import re
from typing import Any

import rfc8785

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def canonical_json(value: Any) -> bytes:
    """The canonical form of a JSON value, UTF-8 (RFC 8785, JSON Canonicalization Scheme).

    Raises ValueError for what has none: NaN, a whole number beyond 2^53, half a character, a cycle."""
    try:
        return rfc8785.dumps(value)
    except (UnicodeEncodeError, RecursionError) as error:
        raise ValueError("no canonical form") from error


def digest_of(value: Any) -> str:
    """`sha256:` and the 64 hexadecimal figures of the SHA-256 of the canonical form."""
    return "sha256:" + hashlib.sha256(canonical_json(value)).hexdigest()


def is_digest(value: object) -> bool:
    """Whether it is written as `digest_of` writes it."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def strict_json(text: bytes | str) -> Any:
    """JSON that says one thing only. Raises ValueError for a name twice in an object, NaN, bytes that are not UTF-8.

    The usual parser keeps the last of two members of the same name, another program keeps the first: the two would then
    check different texts under one digest."""
    decoded = text.decode("utf-8") if isinstance(text, bytes) else text
    try:
        return json.loads(decoded, object_pairs_hook=_object_without_doubles, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _object_without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("the same name twice in an object")
    return members


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"not JSON: {name}")
