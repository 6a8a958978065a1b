"""How django-allauth behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from concerte.accounts.models import User
from concerte.accounts.refusals import refuse_code


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library has no types
    """Sign-in by code, for people whose organisation was given an account: nobody signs up alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Where one may go after signing in: an address of this site, without a host. Stricter than the library, which
        takes any host of ALLOWED_HOSTS, on any port."""
        return bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one of our plain texts. template_prefix: the library's; its last part names ours."""
        name = template_prefix.rsplit("/", 1)[-1]
        known = {
            **context,
            "email": email,
            "address": settings.BASE_URL,
            "contact": settings.CONTACT,
            "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60,
        }
        subject = render_to_string(f"accounts/email/{name}_subject.txt", known)
        message = render_to_string(f"accounts/email/{name}_message.txt", known)
        send_mail(" ".join(subject.split()), message.strip() + "\n", None, [email])

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing by flash message: the pages say it themselves, and a message would show who has an account."""

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return refuse_code(request, "inactive")
