"""Forms of a consultation."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from concerte.documents.files import ACCEPTED
from concerte.governance.forms.disagreements import SpeakingForm, day_input
from concerte.governance.models import Body, Consultation, Opinion
from concerte.governance.services import Cost
from concerte.territories.strata import Stratum

MAX_EUROS = 2_000_000_000


@dataclass(frozen=True)
class CostRow:
    """One line of the table of costs: a class of size and its three fields."""

    label: str
    once: forms.BoundField
    yearly: forms.BoundField
    note: forms.BoundField


class SubmissionForm(SpeakingForm):
    """The text, whom it concerns, what it costs, who is asked. The costs are a table of their own in the page."""

    kind = forms.ChoiceField(label=_("Nature du texte"), choices=Consultation.Kind.choices)
    title = forms.CharField(label=_("Intitulé"), max_length=300)
    summary = forms.CharField(
        label=_("Ce que le texte change"),
        max_length=20_000,
        help_text=_("Pour les collectivités : ce qui devient obligatoire, possible ou interdit, et quand."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    upload = forms.FileField(
        label=_("Le texte lui-même"),
        required=False,
        help_text=_("PDF, ODT ou DOCX de préférence ; 20 Mo au plus."),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )
    strata = forms.MultipleChoiceField(
        label=_("Collectivités concernées"), choices=Stratum.choices, widget=forms.CheckboxSelectMultiple
    )
    bodies = forms.ModelMultipleChoiceField(
        label=_("Instances consultées"), queryset=Body.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    due_on = forms.DateField(label=_("Avis attendus le"), widget=day_input())
    visibility = forms.ChoiceField(
        label=_("Qui peut lire la saisine et les avis"),
        choices=Consultation.Visibility.choices,
        initial=Consultation.Visibility.COLLEGES,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, bodies: "QuerySet[Body]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelMultipleChoiceField[Body]", self.fields["bodies"]).queryset = bodies


class CostsForm(forms.Form):
    """What one authority of each class of size would pay; left empty when it is not known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for stratum in Stratum:
            for name, label in (("once", _("la première année")), ("yearly", _("chaque année ensuite"))):
                self.fields[f"{name}_{stratum.value}"] = forms.IntegerField(
                    label=_("%(stratum)s : euros %(when)s") % {"stratum": stratum.label, "when": label},
                    required=False,
                    min_value=0,
                    max_value=MAX_EUROS,
                    widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                )
            self.fields[f"note_{stratum.value}"] = forms.CharField(
                label=_("%(stratum)s : comment c’est estimé") % {"stratum": stratum.label},
                required=False,
                max_length=300,
            )

    def rows(self) -> Iterator[CostRow]:
        for stratum in Stratum:
            once, yearly, note = (self[f"{name}_{stratum.value}"] for name in ("once", "yearly", "note"))
            yield CostRow(str(stratum.label), once, yearly, note)

    def costs(self) -> dict[str, Cost]:
        """By class of size; those of which nothing is said are left out."""
        found = {
            stratum.value: Cost(
                once_euros=self.cleaned_data[f"once_{stratum.value}"],
                yearly_euros=self.cleaned_data[f"yearly_{stratum.value}"],
                note=self.cleaned_data[f"note_{stratum.value}"],
            )
            for stratum in Stratum
        }
        return {stratum: cost for stratum, cost in found.items() if cost.is_said}


class PointForm(forms.Form):
    text = forms.CharField(
        label=_("Réserve ou remarque"),
        max_length=8000,
        help_text=_("Une seule par point : l’État répond à chacune."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class OpinionForm(forms.Form):
    kind = forms.ChoiceField(label=_("Sens de l’avis"), choices=Opinion.Kind.choices, widget=forms.RadioSelect)


class PointAnswerForm(forms.Form):
    answer = forms.CharField(label=_("Réponse"), max_length=8000, widget=forms.Textarea(attrs={"rows": 3}))
    is_followed = forms.TypedChoiceField(
        label=_("Ce point est-il suivi ?"),
        choices=[("oui", _("Oui, le texte en tient compte")), ("non", _("Non, le texte ne change pas sur ce point"))],
        coerce=lambda value: value == "oui",
        widget=forms.RadioSelect,
    )


class ConsultationWithdrawalForm(forms.Form):
    because = forms.CharField(label=_("Motif du retrait"), max_length=300)
