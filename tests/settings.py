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
