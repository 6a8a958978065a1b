"""Collect the frames again."""

from tests.documents.seeds import collect

collect()
