"""A form field for dates at the precision they are known."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concerte.common.partial_dates import PartialDate


class PartialDateField(forms.CharField):
    """A date at the precision known."""

    default_error_messages = {"partial": _("Écrivez 2026, 2026-S1, 2026-06 ou 2026-06-30.")}

    def __init__(self, **kwargs: Any) -> None:
        hint = _("Une année (2026), un semestre (2026-S1), un mois (2026-06) ou un jour (2026-06-30).")
        super().__init__(**{"max_length": 10, "help_text": hint, **kwargs})

    def validate(self, value: str) -> None:
        super().validate(value)
        if not value:
            return
        try:
            PartialDate.parse(value)
        except ValueError:
            raise forms.ValidationError(self.error_messages["partial"], code="partial") from None
