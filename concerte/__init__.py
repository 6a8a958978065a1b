"""Concerté: writing, deciding, publishing and carrying out one programme together."""

__version__ = "0.1.0"
