"""Selecting rows, by capability."""
