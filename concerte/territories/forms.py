"""Picking one territory among thirty-six thousand: a search field, then radio buttons. No script is needed."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from concerte.territories.models import Territory
from concerte.territories.querysets import MAX_ASKED

MAX_FOUND = 20


class TerritorySearchForm(forms.Form):
    """Sent by GET: what is looked for."""

    asked = forms.CharField(
        label=_("Nom ou code du territoire"),
        max_length=MAX_ASKED,
        required=False,
        help_text=_(
            "Commune, intercommunalité, département ou région\u00a0: « saint etienne », « 2A004 », « Bretagne »."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    @property
    def words(self) -> str:
        """What is looked for; '' when nothing is, or when it cannot be read."""
        return cast("str", self.cleaned_data["asked"]) if self.is_bound and self.is_valid() else ""


class TerritoryForm(forms.Form):
    """One of the territories that were found, or none. found_too_many: some are not offered."""

    territory = forms.ModelChoiceField(
        label=_("Territoire"), queryset=Territory.objects.all(), required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, asked: str, current: Territory | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = list(Territory.objects.called(asked).select_related("departement")[: MAX_FOUND + 1])
        self.found_too_many = len(found) > MAX_FOUND
        self.found = found[:MAX_FOUND]
        offered = [each for each in self.found if each != current]
        field = cast("forms.ModelChoiceField[Territory]", self.fields["territory"])
        field.initial = current.pk if current is not None else ""
        kept = [(current.pk, label_of(current))] if current is not None else []
        # What is offered is what was found; what is sent may be any territory there is.
        field.choices = [*kept, *((each.pk, label_of(each)) for each in offered), ("", _("Aucun territoire"))]


def label_of(territory: Territory) -> str:
    return f"{territory.name} ({territory.whereabouts})"
