"""Exchanges, needs, themes, working groups, ideas: what comes before the text."""
