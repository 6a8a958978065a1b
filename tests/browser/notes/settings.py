"""The settings of the product, with the page of notes."""

from pathlib import Path

from concerte.config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.browser.notes.urls"
TEMPLATES[0]["DIRS"] = [Path(__file__).parent / "templates"]  # noqa: F405
