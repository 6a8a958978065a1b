"""The request of someone who is signed in, for annotations behind `login_required`."""

from django.http import HttpRequest

from concerte.accounts.models import User


class AuthenticatedRequest(HttpRequest):
    user: User
