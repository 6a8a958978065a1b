"""Signing in and out, and the page of each person."""

from http import HTTPStatus
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.constants import LoginStageKey
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY, clear_login
from allauth.account.stages import LoginStage, LoginStageController
from allauth.account.utils import perform_login
from allauth.account.views import ConfirmLoginCodeView, LogoutView, RequestLoginCodeView
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from concerte.accounts import example
from concerte.accounts.forms import RequestCodeForm
from concerte.accounts.models import User
from concerte.accounts.refusals import refuse_code, refuse_too_many
from concerte.accounts.requests import AuthenticatedRequest
from concerte.accounts.sections import sections_for
from concerte.accounts.waiting import groups_for, in_order

GROUPED_FROM = 20  # things that wait: below, one list is quicker to read


class _FormAgain:
    """Shows a form again with a status that says why."""

    def _show(self, form: Form, status: HTTPStatus) -> HttpResponse:
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=status)  # type: ignore[attr-defined]
        return response


@method_decorator(never_cache, name="dispatch")
class SignInView(_FormAgain, RequestLoginCodeView):  # type: ignore[misc]  # the library has no types
    """Ask for a code. The answer is the same whether the address has an account or not, and takes as long: an unknown
    address gets an e-mail too, which says so to its owner only."""

    form_class = RequestCodeForm
    template_name = "accounts/sign_in.html"

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: LoginStage) -> None:
        """Show the page even while a code is awaited: whoever comes back here wants another one."""

    def form_valid(self, form: RequestCodeForm) -> HttpResponse:
        address = form.cleaned_data["email"]
        if not ratelimit.consume(self.request, action="request_login_code", key=address):
            return refuse_too_many(self.request)
        person = User.objects.filter(email=address, is_active=True).first()
        try:
            LoginCodeVerificationProcess.initiate(request=self.request, user=person, email=address)
            if person is None:
                get_adapter().send_mail("unknown_account", address, {})
        except (SMTPException, OSError):
            clear_login(self.request)
            form.add_error(None, _("Le courriel n’a pas pu partir. Réessayez dans quelques minutes."))
            return self._show(form, HTTPStatus.SERVICE_UNAVAILABLE)
        return redirect(self.get_success_url())

    def form_invalid(self, form: Form) -> HttpResponse:
        return self._show(form, HTTPStatus.BAD_REQUEST)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        roles = example.ROLES if example.is_offered(self.request) else ()
        trail = [{"label": _("Se connecter"), "href": ""}]
        return {**super().get_context_data(**kwargs), "example_roles": roles, "trail": trail}


@method_decorator(never_cache, name="dispatch")
class ConfirmCodeView(_FormAgain, ConfirmLoginCodeView):  # type: ignore[misc]  # the library has no types
    """Give the code. Attempts are counted by the library, for this code, and by address of the network."""

    template_name = "accounts/confirm_code.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            if request.method == "POST" and not ratelimit.consume(request, action="confirm_login_code"):
                return refuse_too_many(request)
            asked_before = LOGIN_SESSION_KEY in request.session
            if not _awaits_code(request):
                return refuse_code(request, "expired") if asked_before or request.POST else redirect("account_login")
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "person": self._process.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        trail = [{"label": _("Se connecter"), "href": reverse("account_login")}, {"label": _("Code reçu"), "href": ""}]
        minutes = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60
        return {**super().get_context_data(**kwargs), "trail": trail, "minutes": minutes}

    def form_invalid(self, form: Form) -> HttpResponse:
        if not self._process.record_invalid_attempt():
            return refuse_code(self.request, "too-many-attempts")
        left = self._process.max_attempts - self._process.state["failed_attempts"]
        form.add_error(
            "code", ngettext("Il reste %(count)s essai.", "Il reste %(count)s essais.", left) % {"count": left}
        )
        return self._show(form, HTTPStatus.BAD_REQUEST)


def _awaits_code(request: HttpRequest) -> bool:
    stage = LoginStageController.enter(request, LoginStageKey.LOGIN_BY_CODE.value)
    return stage is not None and LoginCodeVerificationProcess.resume(stage) is not None


class SignOutView(LogoutView):  # type: ignore[misc]  # the library has no types
    """Sign out, on POST; a GET only asks."""

    template_name = "accounts/sign_out.html"

    def logout(self) -> None:
        super().logout()
        messages.success(self.request, _("Votre session est fermée."))


@never_cache
def example_sign_in(request: HttpRequest) -> HttpResponse:
    """Take an example role. Does not exist outside example mode, nor from another machine."""
    if not example.is_offered(request):
        raise Http404
    if request.method != "POST":
        return redirect("account_login")
    role = example.find_role(request.POST.get("role", ""))
    if role is None:
        raise Http404
    person = User.objects.filter(email=role.address).first()
    if person is None:
        messages.error(
            request, _("Les rôles d’exemple ne sont pas encore chargés\u00a0: lancez «\u00a0concerte example\u00a0».")
        )
        return redirect("account_login")
    logout(request)
    response: HttpResponse = perform_login(request, person)
    return response


@never_cache
@login_required
def my_space(request: AuthenticatedRequest) -> HttpResponse:
    """What waits, in one list; room by room when it is long."""
    groups = groups_for(request.user)
    items = in_order(item for group in groups for item in group.items)
    context = {
        "items": items,
        "groups": groups if len(items) >= GROUPED_FROM else [],
        "sections": sections_for(request.user),
        "trail": [{"label": _("Mon espace"), "href": ""}],
    }
    return render(request, "accounts/my_space.html", context)
