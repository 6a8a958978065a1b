"""Forms about themes and priorities."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from concerte.concertation.models.needs import Need
from concerte.concertation.models.themes import DEFAULT_POINTS, MAX_POINTS, PriorityRound, Theme


class ThemeForm(forms.Form):
    title = forms.CharField(label=_("Titre"), max_length=200)
    description = forms.CharField(
        label=_("Description"),
        max_length=6000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Ce que ces besoins ont en commun, et ce qui n’en fait pas partie."),
    )
    visibility = forms.ChoiceField(
        label=_("Qui peut voir ce thème\u202f?"),
        choices=Theme.Visibility.choices,
        initial=Theme.Visibility.COLLEGES,
        widget=forms.RadioSelect,
        help_text=_("Chaque besoin garde sa propre visibilité."),
    )


class MergeThemeForm(forms.Form):
    into = forms.ModelChoiceField(label=_("Réunir dans"), queryset=Theme.objects.none(), empty_label=None)
    because = forms.CharField(label=_("Motif"), max_length=300, help_text=_("Il reste affiché."))

    def __init__(self, *args: Any, theme: Theme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Theme]", self.fields["into"])
        field.queryset = Theme.objects.open().filter(circle=theme.circle_id).exclude(pk=theme.pk)


class PartForm(forms.Form):
    """The name of the theme that a part of another becomes."""

    title = forms.CharField(label=_("Titre du nouveau thème"), max_length=200)
    description = forms.CharField(
        label=_("Description"), max_length=6000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class GroupForm(forms.Form):
    """Needs chosen in a list, and the theme they go to; several thousand needs are never offered at once."""

    theme = forms.ModelChoiceField(label=_("Ranger dans"), queryset=Theme.objects.none(), empty_label=_("choisir…"))

    def __init__(self, *args: Any, circle_id: int, but: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Theme]", self.fields["theme"])
        field.queryset = Theme.objects.open().filter(circle=circle_id).exclude(pk=but)


def chosen_needs(values: Sequence[str], needs: Any) -> list[Need]:
    """The needs whose boxes were ticked, among those given; what is no key is passed over."""
    keys = {int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19}
    return list(needs.filter(pk__in=keys))


class RoundForm(forms.Form):
    points = forms.IntegerField(
        label=_("Points par organisation"), min_value=1, max_value=MAX_POINTS, initial=DEFAULT_POINTS
    )
    question = forms.CharField(
        label=_("Question posée"),
        max_length=300,
        required=False,
        help_text=_("Par exemple\u00a0: que traiter d’abord au prochain semestre\u202f?"),
    )


class PointsForm(forms.Form):
    """One number per theme; together, at most what an organisation has."""

    def __init__(
        self, *args: Any, opened: PriorityRound, themes: Sequence[Theme], placed: Mapping[int, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.opened = opened
        for theme in themes:
            self.fields[f"theme-{theme.pk}"] = forms.IntegerField(
                label=theme.title,
                required=False,
                min_value=0,
                max_value=opened.points,
                initial=placed.get(theme.pk, 0),
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "fr-input points-input"}),
            )

    @property
    def points(self) -> dict[int, int]:
        """By key of theme, once the form is valid."""
        return {int(name.removeprefix("theme-")): value or 0 for name, value in self.cleaned_data.items()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        total = sum(value or 0 for value in cleaned.values())
        if total > self.opened.points:
            raise ValidationError(
                _now("%(total)d points répartis, pour %(points)d au plus\u00a0: retirez-en %(over)d.")
                % {"total": total, "points": self.opened.points, "over": total - self.opened.points}
            )
        return cleaned
