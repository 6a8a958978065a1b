"""Forms of ideas."""

import re
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from concerte.concertation.forms.speaking import SpeakingForm
from concerte.concertation.models import Idea, IdeaAppreciation, IdeaState, IdeaVisibility, WorkingGroup
from concerte.concertation.services.ideas import MAX_TEXT_CHARACTERS
from concerte.concertation.services.ideas_answering import Part
from concerte.lineage.references import Reference

PARTS_OFFERED = 4

# What inspires an idea, by the word of its address.
ORIGIN_KINDS = {
    "besoins": "concertation.need",
    "themes": "concertation.theme",
    "echanges": "concertation.exchange",
}
_ORIGIN = re.compile(rf"(?:.*/)?({'|'.join(ORIGIN_KINDS)})/([0-9]{{1,18}})(?:[/?#].*)?")


def _visibilities(group: WorkingGroup | None) -> list[tuple[str, Any]]:
    offered = [
        (IdeaVisibility.COLLEGES.value, _("Toutes les organisations du programme")),
        (IdeaVisibility.PUBLIC.value, _("Tout le monde, sans compte")),
    ]
    if group is not None:
        offered.insert(0, (IdeaVisibility.GROUP.value, _("Les personnes qui lisent le groupe")))
    return offered


class OriginField(forms.CharField):
    """The address of a need, a theme or an exchange; cleans to a Reference."""

    default_error_messages = {"origin": _("Collez l’adresse de la page d’un besoin, d’un thème ou d’un échange.")}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = _ORIGIN.fullmatch(text.strip())
        if found is None:
            raise forms.ValidationError(self.error_messages["origin"], code="origin")
        return Reference(ORIGIN_KINDS[found[1]], str(int(found[2])))


class IdeaWordsForm(forms.Form):
    title = forms.CharField(label=_("Titre"), max_length=200)
    text = forms.CharField(
        label=_("Texte"),
        help_text=_("Ce qu’il faudrait faire, et pourquoi. Une ligne vide sépare deux paragraphes."),
        max_length=MAX_TEXT_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    visibility = forms.ChoiceField(label=_("Qui peut la lire"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, group: WorkingGroup | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["visibility"]).choices = _visibilities(group)


class IdeaForm(SpeakingForm, IdeaWordsForm):
    """inspired_by: the address of what inspires it, when that is known and not to be asked."""

    inspired_by = OriginField(
        label=_("Besoin, thème ou échange qui l’inspire"),
        help_text=_("L’adresse de sa page."),
        required=False,
        max_length=500,
    )
    field_order = ("organisation", "title", "text", "inspired_by", "visibility")

    def __init__(self, *args: Any, inspired_by: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if inspired_by:
            self.fields["inspired_by"].widget = forms.HiddenInput()
            self.fields["inspired_by"].initial = inspired_by

    def clean_inspired_by(self) -> tuple[Reference, ...]:
        found = self.cleaned_data["inspired_by"]
        return (found,) if found else ()


class InspireForm(SpeakingForm):
    origin = OriginField(
        label=_("Besoin, thème ou échange qui l’inspire"), help_text=_("L’adresse de sa page."), max_length=500
    )


class CommentForm(SpeakingForm):
    text = forms.CharField(
        label=_("Votre commentaire"), max_length=MAX_TEXT_CHARACTERS, widget=forms.Textarea(attrs={"rows": 4})
    )
    answers = forms.IntegerField(required=False, widget=forms.HiddenInput)


class AppreciationForm(SpeakingForm):
    kind = forms.ChoiceField(label=_("Appréciation"), choices=IdeaAppreciation.Kind.choices, widget=forms.RadioSelect)
    reasons = forms.CharField(label=_("Motifs"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class MoveForm(forms.Form):
    """states: those one may go to from where the idea stands."""

    state = forms.ChoiceField(label=_("Réponse"), widget=forms.RadioSelect)
    reasons = forms.CharField(
        label=_("Motifs"),
        help_text=_("Montrés à toutes les personnes qui lisent l’idée. Inutiles pour la mettre à l’étude."),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, states: Iterable[IdeaState], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            IdeaState.PROPOSED: _("La remettre parmi les idées proposées"),
            IdeaState.UNDER_STUDY: _("La mettre à l’étude"),
            IdeaState.RETAINED: _("La retenir"),
            IdeaState.SET_ASIDE: _("L’écarter"),
        }
        field = cast("forms.ChoiceField", self.fields["state"])
        field.choices = [(state.value, words[state]) for state in states]


class MergeForm(forms.Form):
    ideas = forms.ModelMultipleChoiceField(
        label=_("Avec quelles idées"), queryset=Idea.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    title = forms.CharField(label=_("Titre de l’idée qui les réunit"), max_length=200)
    text = forms.CharField(
        label=_("Son texte"), max_length=MAX_TEXT_CHARACTERS, widget=forms.Textarea(attrs={"rows": 10})
    )
    reasons = forms.CharField(label=_("Pourquoi les réunir"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelMultipleChoiceField[Idea]", self.fields["ideas"]).queryset = others


class SplitForm(forms.Form):
    """Gives `parts`: those that were filled in."""

    reasons = forms.CharField(label=_("Pourquoi la diviser"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for rank in range(1, PARTS_OFFERED + 1):
            is_needed = rank <= 2
            self.fields[f"title_{rank}"] = forms.CharField(
                label=_("Titre de la part %(rank)d") % {"rank": rank}, max_length=200, required=is_needed
            )
            self.fields[f"text_{rank}"] = forms.CharField(
                label=_("Texte de la part %(rank)d") % {"rank": rank},
                max_length=MAX_TEXT_CHARACTERS,
                required=is_needed,
                widget=forms.Textarea(attrs={"rows": 5}),
            )
        self.order_fields([name for name in self.fields if name != "reasons"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        pairs = [
            (cleaned.pop(f"title_{rank}", ""), cleaned.pop(f"text_{rank}", "")) for rank in range(1, PARTS_OFFERED + 1)
        ]
        cleaned["parts"] = [Part(title, text) for title, text in pairs if title or text]
        return cleaned
