"""The settings of the product, with a throw-away data folder: tests see what a deployment sees."""

import os
import tempfile

os.environ.setdefault("CONCERTE_DATA", tempfile.mkdtemp(prefix="concerte-tests-"))
os.environ.setdefault("CONCERTE_SECRET_KEY", "only-for-tests")

from concerte.config.settings import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


class UndefinedVariable(str):
    """Fails the page that shows a variable its view never gave."""

    def __mod__(self, name: object) -> str:
        raise AssertionError(f"undefined template variable: {name}")

    def __contains__(self, text: str) -> bool:
        return text == "%s"


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable("%s")  # noqa: F405
