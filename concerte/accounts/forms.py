"""Forms of sign-in, and of what one is told by e-mail."""

import unicodedata
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from concerte.accounts.addresses import normalised_address
from concerte.accounts.errors import CodeRefused
from concerte.accounts.models import Rhythm, User
from concerte.accounts.services import use_operator_code

MAX_CODE_CHARACTERS = 40  # the longest way to paste nine figures


class RequestCodeForm(forms.Form):
    email = forms.CharField(
        label=_("Adresse électronique"),
        help_text=_("Celle de votre organisation, par exemple prenom.nom@organisation.fr."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}),
        error_messages={"required": _("Indiquez votre adresse électronique.")},
    )

    def clean_email(self) -> str:
        try:
            return normalised_address(self.cleaned_data["email"])
        except ValidationError as error:
            raise ValidationError(
                _("Cette adresse n’est pas valable. Une adresse s’écrit comme prenom.nom@organisation.fr."),
                code="bad-address",
            ) from error


class ConfirmCodeForm(forms.Form):
    """code: what was sent by e-mail, empty when the address has no account. person: whose operator's codes are accepted
    besides it; nobody when the address has no account."""

    code = forms.CharField(
        label=_("Code reçu par courriel"),
        help_text=_("Neuf chiffres, avec ou sans les tirets."),
        max_length=MAX_CODE_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
        error_messages={"required": _("Indiquez le code.")},
    )

    def __init__(self, *args: Any, code: str = "", person: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = code
        self.person = person

    def clean_code(self) -> str:
        given = "".join(
            character
            for character in unicodedata.normalize("NFKC", self.cleaned_data["code"])
            if unicodedata.category(character) not in ("Cf", "Zs", "Pd")
        )
        if compare_user_code(actual=given, expected=self.expected):
            return given
        try:
            if self.person is not None and use_operator_code(self.person, given):
                return given
        except CodeRefused as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal
        raise ValidationError(
            _("Ce code n’est pas le bon. Si vous en avez demandé plusieurs, seul le plus récent fonctionne."),
            code="incorrect",
        )


class NoticesForm(forms.Form):
    """How often, in which language."""

    rhythm = forms.ChoiceField(
        label=_("M’écrire"),
        help_text=_("Chaque chose n’est dite qu’une fois. Quand rien n’attend, aucun courriel ne part."),
        choices=Rhythm.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez un rythme.")},
    )
    language = forms.ChoiceField(label=_("Langue des courriels"), choices=settings.LANGUAGES)
