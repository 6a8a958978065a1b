"""Forms of the workshop: freezing, answering, withdrawing, the frame, the participants."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concerte.common.partial_date_field import PartialDateField
from concerte.common.semesters import Semester
from concerte.common.templatetags.typography import semester as semester_in_words
from concerte.documents.amending import MAX_TITLE_CHARACTERS, MAX_WORDS_CHARACTERS
from concerte.governance.models import NamedRule
from concerte.partners.models import Organisation
from concerte.programme.draft import Draft, SectionKind
from concerte.programme.models import Position, Programme
from concerte.programme.reading import NO_AXIS_ID
from concerte.programme.services import MAX_MESSAGE_CHARACTERS

if TYPE_CHECKING:
    ProgrammeFormBase = forms.ModelForm[Programme]
    RuleChoice = forms.ModelChoiceField[NamedRule]
else:
    ProgrammeFormBase = forms.ModelForm
    RuleChoice = forms.ModelChoiceField


def semester_choices() -> list[tuple[str, str]]:
    """The current semester first, then the next and the one before: a text may be late, or early."""
    current = Semester.of(timezone.localdate())
    before = Semester(current.year - 1, 2) if current.half == 1 else Semester(current.year, 1)
    return [(str(known), semester_in_words(str(known))) for known in (current, current.next, before)]


def offer_organisations(form: forms.Form, organisations: tuple[Organisation, ...]) -> None:
    """Have the field `organisation` offer these; where there is one only, nothing is asked."""
    field = cast("forms.ModelChoiceField[Organisation]", form.fields["organisation"])
    field.queryset = Organisation.objects.filter(pk__in=[organisation.pk for organisation in organisations])
    if organisations:
        field.initial = organisations[0].slug
    if len(organisations) == 1:
        field.widget = forms.HiddenInput()


class FreezeForm(forms.Form):
    semester = forms.ChoiceField(label=_("Semestre de l’édition"))
    message = forms.CharField(
        label=_("Message aux collèges"),
        help_text=_("Ce qui change, ce que vous attendez d’eux, pour quand."),
        required=False,
        max_length=MAX_MESSAGE_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = cast("forms.ChoiceField", self.fields["semester"])
        choice.choices = semester_choices()


class PositionForm(forms.Form):
    """What an organisation says of the text whose digest goes with the form."""

    organisation = forms.ModelChoiceField(
        label=_("Au nom de"), queryset=Organisation.objects.none(), empty_label=None, to_field_name="slug"
    )
    kind = forms.ChoiceField(
        label=_("Position"),
        choices=[
            (Position.Kind.APPROVAL.value, _("J’approuve ce texte")),
            (Position.Kind.OBJECTION.value, _("Je m’oppose à ce texte")),
        ],
        widget=forms.RadioSelect,
    )
    reasons = forms.CharField(
        label=_("Motifs"),
        help_text=_("Nécessaires pour une objection. Tous ceux qui lisent la proposition les voient."),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    digest = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, organisations: tuple[Organisation, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_organisations(self, organisations)


class AmendmentForm(forms.Form):
    """What is proposed and why; the words themselves are then changed in the text."""

    title = forms.CharField(
        label=_("Titre"), help_text=_("Ce que vous changez, en quelques mots."), max_length=MAX_TITLE_CHARACTERS
    )
    reasons = forms.CharField(
        label=_("Exposé des motifs"),
        help_text=_("Pourquoi le texte serait meilleur ainsi. Ceux qui répondront le liront d’abord."),
        max_length=MAX_WORDS_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    organisation = forms.ModelChoiceField(
        label=_("Au nom de"), queryset=Organisation.objects.none(), empty_label=None, to_field_name="slug"
    )

    def __init__(self, *args: Any, organisations: tuple[Organisation, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_organisations(self, organisations)


class AmendmentAnswerForm(forms.Form):
    """Accepted or set aside, and why."""

    ACCEPT, SET_ASIDE = "accept", "set_aside"

    decision = forms.ChoiceField(
        label=_("Réponse"),
        choices=[
            (ACCEPT, _("L’accepter\u00a0: il entre dans le texte commun")),
            (SET_ASIDE, _("L’écarter\u00a0: le texte commun reste tel qu’il est")),
        ],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Motifs de la réponse"),
        help_text=_("Toutes les personnes de l’atelier les lisent."),
        max_length=MAX_WORDS_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    organisation = forms.ModelChoiceField(
        label=_("Au nom de"), queryset=Organisation.objects.none(), empty_label=None, to_field_name="slug"
    )

    def __init__(self, *args: Any, organisations: tuple[Organisation, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_organisations(self, organisations)


class WithdrawalForm(forms.Form):
    reason = forms.CharField(label=_("Motif du retrait"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class PublicationForm(forms.Form):
    digest = forms.CharField(widget=forms.HiddenInput)


class NewProgrammeForm(forms.Form):
    """What a programme needs to be opened; the rest of its frame is set by its coordination."""

    title = forms.CharField(label=_("Titre"), max_length=200)
    acronym = forms.CharField(label=_("Sigle"), max_length=40, required=False)
    slug = forms.SlugField(
        label=_("Identifiant"),
        max_length=80,
        help_text=_("Écrit dans l’adresse du programme, pour toujours : minuscules, chiffres et tirets."),
    )
    code_prefix = forms.CharField(
        label=_("Préfixe des codes d’action"),
        max_length=12,
        help_text=_("En majuscules, pour toujours. Avec NUM, les actions s’appelleront NUM-01, NUM-02…"),
    )
    summary = forms.CharField(
        label=_("Présentation"),
        help_text=_("Quelques phrases, montrées en tête de la page publique."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    starts_on = PartialDateField(label=_("Début"))
    ends_on = PartialDateField(label=_("Fin"))
    coordinator = forms.ModelChoiceField(
        label=_("Organisation qui coordonne"),
        queryset=Organisation.objects.none(),
        empty_label=_("Choisir…"),
        help_text=_("Ses personnes rattachées avec le rôle de coordination invitent les autres, figent et publient."),
    )
    is_fictitious = forms.BooleanField(
        label=_("C’est un exercice"),
        help_text=_("Chaque page publique du programme dira qu’il est fictif."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Organisation]", self.fields["coordinator"])
        field.queryset = Organisation.objects.existing_on(timezone.localdate())


class FrameForm(ProgrammeFormBase):
    starts_on = PartialDateField(label=_("Début"))
    ends_on = PartialDateField(label=_("Fin"))

    class Meta:
        model = Programme
        fields = (
            "title",
            "acronym",
            "summary",
            "starts_on",
            "ends_on",
            "next_review_on",
            "notice",
            "is_draft_public",
        )
        labels = {
            "title": _("Titre"),
            "acronym": _("Sigle"),
            "summary": _("Présentation"),
            "next_review_on": _("Prochaine revue"),
            "notice": _("Avertissement"),
            "is_draft_public": _("Le texte en cours est public"),
        }
        help_texts = {
            "summary": _("Quelques phrases, montrées en tête de la page publique."),
            "notice": _("Ce que le lecteur doit savoir de la source du texte ; montré au-dessus de lui."),
            "is_draft_public": _("Chacun peut alors le lire sur la page du programme, pendant qu’il s’écrit."),
        }
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 4}),
            "notice": forms.Textarea(attrs={"rows": 3}),
            "next_review_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }


class ParticipantForm(forms.Form):
    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), empty_label=_("Choisir…")
    )
    role = forms.CharField(
        label=_("Rôle dans le programme"),
        help_text=_("Par exemple : signataire, appui technique."),
        required=False,
        max_length=200,
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Organisation]", self.fields["organisation"])
        today = timezone.localdate()
        taking_part = programme.participations.held_on(today).values("organisation")
        field.queryset = Organisation.objects.existing_on(today).exclude(pk__in=taking_part)


class EndParticipationForm(forms.Form):
    because = forms.CharField(label=_("Motif de la fin"), max_length=300)


class BringIdeaForm(forms.Form):
    """Where a retained idea goes. Gives `axis_id` or `code`, the other empty, and `section`."""

    place = forms.ChoiceField(label=_("Où la porter"))
    section = forms.ChoiceField(
        label=_("Dans quelle partie de la nouvelle action écrire son texte"),
        help_text=_("Une action qui existe déjà garde son texte : elle dit seulement qu’elle porte cette idée."),
        choices=SectionKind.choices,
        initial=SectionKind.OBJECTIVES.value,
    )

    def __init__(self, *args: Any, draft: Draft, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        axes = [
            (f"axis:{axis.id}", _("Nouvelle action dans : %(axis)s") % {"axis": axis.title or axis.id})
            for axis in draft.axes
            if axis.id != NO_AXIS_ID
        ]
        actions = [(f"action:{code}", f"{code} {sheet.title}") for code, sheet in sorted(draft.by_code.items())]
        field = cast("forms.ChoiceField", self.fields["place"])
        field.choices = [
            ("", _("Choisissez")),
            (_("Elle devient une action"), axes),
            (_("Elle rejoint une action"), actions),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind, _colon, name = cleaned.pop("place", "").partition(":")
        return cleaned | {"axis_id": name if kind == "axis" else "", "code": name if kind == "action" else ""}


class RuleOfBodyField(RuleChoice):
    def label_from_instance(self, obj: NamedRule) -> str:
        return f"{obj.body.name}\u00a0: {obj.name}"


class DecidingForm(forms.Form):
    """Who decides on the editions: a body, by one of its rules, or the organisations that take part."""

    rule = RuleOfBodyField(
        label=_("Qui décide, et comment"),
        help_text=_("La règle est copiée : la changer ensuite dans l’instance ne change rien ici."),
        queryset=NamedRule.objects.none(),
        required=False,
        empty_label=_("les organisations qui participent, par leurs approbations"),
    )
    days = forms.IntegerField(label=_("Durée du vote d’une instance, en jours"), min_value=1, max_value=365)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[NamedRule]", self.fields["rule"])
        field.queryset = (
            NamedRule.objects.filter(withdrawn_at=None).select_related("body").order_by("body__name", "name")
        )
