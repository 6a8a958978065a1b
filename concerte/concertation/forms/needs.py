"""Forms about needs."""

from collections.abc import Collection, Sequence
from typing import Any, cast

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from concerte.concertation.models.needs import OPENNESS, Need, NeedVisibility, Urgency
from concerte.partners.models import Organisation
from concerte.territories.models import Stratum


def organisation_field(label: Any) -> "forms.ModelChoiceField[Organisation]":
    return forms.ModelChoiceField(label=label, queryset=Organisation.objects.none(), empty_label=None)


def offer(form: forms.Form, organisations: Collection[Organisation]) -> None:
    """Let the form be sent in the name of one of these; the only one is chosen already, and not asked."""
    field = cast("forms.ModelChoiceField[Organisation]", form.fields["organisation"])
    field.queryset = Organisation.objects.filter(pk__in=[each.pk for each in organisations]).order_by("name", "pk")
    if len(organisations) == 1:
        field.initial = next(iter(organisations))
        field.widget = forms.HiddenInput()


class NeedWordsForm(forms.Form):
    """What is said of a need."""

    title = forms.CharField(
        label=_("Titre"), max_length=200, help_text=_("En une ligne, comme vous le diriez à une collègue.")
    )
    difficulty = forms.CharField(
        label=_("Quelle est la difficulté\u202f?"),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Ce qui bloque, coûte ou manque aujourd’hui, plutôt que la solution."),
    )
    concerned = forms.CharField(
        label=_("Qui est concerné\u202f?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Agents, élus, habitants, entreprises…"),
    )
    strata = forms.MultipleChoiceField(
        label=_("Types et tailles de collectivités"),
        choices=Stratum.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Ne cochez rien si vous ne savez pas."),
    )
    urgency = forms.ChoiceField(
        label=_("Quand ce besoin se fait-il sentir\u202f?"), choices=Urgency.choices, widget=forms.RadioSelect
    )


class NeedForm(NeedWordsForm):
    visibility = forms.ChoiceField(
        label=_("Qui peut voir ce besoin\u202f?"),
        choices=NeedVisibility.choices,
        initial=NeedVisibility.COLLEGES,
        widget=forms.RadioSelect,
        help_text=_("Vous pourrez l’ouvrir à plus de monde ensuite, jamais à moins."),
    )
    organisation = organisation_field(_("Au nom de"))

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, organisations)


class NeedVisibilityForm(forms.Form):
    """More open than now, never less."""

    visibility = forms.ChoiceField(label=_("Montrer aussi à"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, need: Need, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["visibility"])
        wider = OPENNESS[OPENNESS.index(need.visibility) + 1 :]
        field.choices = [(value, NeedVisibility(value).label) for value in wider]


class JoinForm(forms.Form):
    """« Nous aussi »."""

    organisation = organisation_field(_("Au nom de"))
    words = forms.CharField(
        label=_("En quoi, chez vous\u202f?"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, organisations)


class LeaveForm(forms.Form):
    organisation = organisation_field(_("Au nom de"))
    because = forms.CharField(label=_("Motif"), max_length=300, help_text=_("Il reste conservé."))

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, organisations)


class ReasonForm(forms.Form):
    because = forms.CharField(label=_("Motif"), max_length=300, help_text=_("Il reste affiché."))


class MergeNeedsForm(ReasonForm):
    """Which of the needs offered say the same."""

    duplicates = forms.ModelMultipleChoiceField(
        label=_("Besoins qui disent la même chose"),
        queryset=Need.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("duplicates", "because")

    def __init__(self, *args: Any, offered: Sequence[Need], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelMultipleChoiceField[Need]", self.fields["duplicates"])
        field.queryset = Need.objects.filter(pk__in=[need.pk for need in offered])
        field.choices = [(need.pk, f"{need.title} ({need.organisation})") for need in offered]


class NeedFilterForm(forms.Form):
    """What narrows a list of needs; anything that means nothing is passed over."""

    class Grouped(models.TextChoices):
        ALL = "", _("tous")
        NO = "a-ranger", _("à ranger dans un thème")
        YES = "ranges", _("rangés dans un thème")

    q = forms.CharField(
        label=_("Mots"), max_length=200, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    urgency = forms.ChoiceField(label=_("Urgence"), choices=[("", _("toutes")), *Urgency.choices], required=False)
    stratum = forms.ChoiceField(label=_("Collectivités"), choices=[("", _("toutes")), *Stratum.choices], required=False)
    grouped = forms.ChoiceField(label=_("Thème"), choices=Grouped.choices, required=False)

    def wanted(self) -> dict[str, str]:
        """The filters that are set and make sense, by name."""
        if not self.is_bound:
            return {}
        self.is_valid()  # what is wrong is left out of cleaned_data
        return {name: value for name, value in self.cleaned_data.items() if value}
