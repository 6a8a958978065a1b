"""Forms of a disagreement."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concerte.governance.models import Body, Disagreement
from concerte.partners.models import Organisation


def day_input() -> forms.DateInput:
    """The browser's own calendar; it sends and takes ISO dates whatever the language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class SpeakingForm(forms.Form):
    """In whose name: hidden when there is only one."""

    organisation = forms.ModelChoiceField(
        label=_("Au nom de"), queryset=Organisation.objects.none(), empty_label=None, to_field_name="slug"
    )

    def __init__(self, *args: Any, organisations: tuple[Organisation, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Organisation]", self.fields["organisation"])
        field.queryset = Organisation.objects.filter(pk__in=[organisation.pk for organisation in organisations])
        if len(organisations) == 1:
            field.widget = forms.HiddenInput()
            field.initial = organisations[0].slug


class OpeningForm(SpeakingForm):
    title = forms.CharField(
        label=_("Sujet"), max_length=200, help_text=_("En quelques mots : « Qui paie l’hébergement des données ? »")
    )
    description = forms.CharField(
        label=_("De quoi il s’agit"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 5})
    )
    visibility = forms.ChoiceField(
        label=_("Qui peut le lire"),
        choices=Disagreement.Visibility.choices,
        initial=Disagreement.Visibility.COLLEGES,
        widget=forms.RadioSelect,
    )


class StanceForm(SpeakingForm):
    position = forms.CharField(label=_("Ce que nous soutenons"), max_length=300)
    reasons = forms.CharField(label=_("Pourquoi"), max_length=8000, widget=forms.Textarea(attrs={"rows": 4}))
    wording = forms.CharField(
        label=_("Rédaction que nous proposons"),
        required=False,
        max_length=8000,
        help_text=_("Les mots mêmes qui nous conviendraient."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AttemptForm(SpeakingForm):
    tried_on = forms.DateField(label=_("Le"), widget=day_input(), initial=timezone.localdate)
    text = forms.CharField(label=_("Ce qui a été tenté"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


class EscalationForm(SpeakingForm):
    body = forms.ModelChoiceField(label=_("Instance"), queryset=Body.objects.none(), empty_label=None)
    because = forms.CharField(
        label=_("Pourquoi elle est saisie"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    due_on = forms.DateField(label=_("Réponse attendue le"), widget=day_input())

    def __init__(self, *args: Any, bodies: "QuerySet[Body]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Body]", self.fields["body"])
        field.queryset = bodies


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Réponse"),
        max_length=8000,
        help_text=_("Ce qui est décidé, et pourquoi. Elle est lue par tous ceux qui lisent le désaccord."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    agreed_wording = forms.CharField(
        label=_("Rédaction retenue"),
        required=False,
        max_length=8000,
        help_text=_("Celle que les collèges acceptent. Sans elle, le désaccord est acté comme tel."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class WithdrawalForm(forms.Form):
    because = forms.CharField(label=_("Motif du retrait"), max_length=300)
