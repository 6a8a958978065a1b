"""Colleges, organisations, memberships: who speaks for which organisation, as what."""
