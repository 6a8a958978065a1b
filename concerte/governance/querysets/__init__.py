"""Selecting what a person may see, by capability."""
