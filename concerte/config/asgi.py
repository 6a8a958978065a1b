"""The ASGI application: pages by Django, shared documents by our endpoint, on one port."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concerte.config.settings")
application = get_asgi_application()
