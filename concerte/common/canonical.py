"""Canonical JSON and digests: the one place that knows how bytes are fixed."""

import hashlib
from typing import Any

import rfc8785


def canonical_json(value: Any) -> bytes:
    """The canonical form of a JSON value, UTF-8 (RFC 8785, JSON Canonicalization Scheme)."""
    return rfc8785.dumps(value)


def digest_of(value: Any) -> str:
    """`sha256:` and the 64 hexadecimal figures of the SHA-256 of the canonical form."""
    return "sha256:" + hashlib.sha256(canonical_json(value)).hexdigest()
