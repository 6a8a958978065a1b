"""Forms of working groups."""

from collections.abc import Sequence
from datetime import time
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concerte.accounts.models import User
from concerte.common.clocks import instant_of
from concerte.concertation.forms.speaking import SpeakingForm
from concerte.concertation.models.groups import GroupSeat, WorkingGroup
from concerte.documents.files import ACCEPTED
from concerte.partners.circles import WRITING_ROLES, memberships_in_circles
from concerte.partners.forms import day_input
from concerte.partners.models import Circle, College, Organisation

OPENNESS = [
    ("closed", _("Fermé : seuls ses membres lisent ses notes, ses fichiers et ses idées")),
    ("open", _("Ouvert : toutes les organisations du programme les lisent")),
]


class DescribeGroupForm(forms.Form):
    name = forms.CharField(label=_("Nom"), max_length=200)
    purpose = forms.CharField(label=_("À quoi il travaille"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))
    is_open = forms.ChoiceField(label=_("Qui lit son espace"), choices=OPENNESS, widget=forms.RadioSelect)

    def clean_is_open(self) -> bool:
        return bool(self.cleaned_data["is_open"] == "open")

    @staticmethod
    def initial_of(group: WorkingGroup) -> dict[str, Any]:
        return {"name": group.name, "purpose": group.purpose, "is_open": "open" if group.is_open else "closed"}


class GroupForm(DescribeGroupForm):
    colleges = forms.ModelMultipleChoiceField(
        label=_("Collèges qui le copilotent"),
        help_text=_("Un siège de copilote pour chacun ; deux collèges au moins."),
        queryset=College.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, circle: Circle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelMultipleChoiceField[College]", self.fields["colleges"])
        taking_part = circle.participations.held_on(timezone.localdate()).values("organisation__college")
        field.queryset = College.objects.filter(pk__in=taking_part)
        field.initial = list(field.queryset)

    def clean_colleges(self) -> list[College]:
        return list(self.cleaned_data["colleges"])


class MemberField(forms.ChoiceField):
    """Somebody, for one of their organisations: "12:3". Cleans to nothing by itself: see `chosen`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._pairs: dict[str, tuple[User, Organisation]] = {}

    def offer(self, circle_id: int, *, writing: bool, college_id: int | None = None, without: set[int]) -> None:
        """Those of the circle today: who writes only, of one college only, without some people."""
        held = memberships_in_circles(timezone.localdate()).filter(participation_circle=circle_id)
        held = held.filter(role__in=WRITING_ROLES) if writing else held
        held = held.filter(organisation__college=college_id) if college_id is not None else held
        rows = held.exclude(person__in=without).select_related("person", "organisation")
        for row in rows.order_by("organisation__name", "person__name", "pk"):
            self._pairs.setdefault(f"{row.person_id}:{row.organisation_id}", (row.person, row.organisation))
        by_organisation: dict[str, list[tuple[str, str]]] = {}
        for value, (person, organisation) in self._pairs.items():
            by_organisation.setdefault(organisation.name, []).append((value, person.name))
        self.choices = [("", _("Choisissez une personne")), *by_organisation.items()]

    def chosen(self, value: str) -> tuple[User, Organisation]:
        return self._pairs[value]


class _MemberForm(forms.Form):
    """Gives `person` and `organisation`."""

    member = MemberField(label=_("Personne"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if value := cleaned.pop("member", ""):
            field = cast("MemberField", self.fields["member"])
            cleaned["person"], cleaned["organisation"] = field.chosen(value)
        return cleaned


class FillSeatForm(_MemberForm):
    def __init__(self, *args: Any, seat: GroupSeat, without: set[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("MemberField", self.fields["member"])
        field.offer(seat.group.circle_id, writing=True, college_id=seat.college_id, without=without)


class InviteForm(_MemberForm):
    message = forms.CharField(
        label=_("Message"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, group: WorkingGroup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        already = set(group.memberships.filter(ended_at=None).values_list("person", flat=True))
        field = cast("MemberField", self.fields["member"])
        field.offer(group.circle_id, writing=False, without=already)


class AskToJoinForm(SpeakingForm):
    message = forms.CharField(
        label=_("Pourquoi vous voulez en être"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, organisations=organisations, **kwargs)
        self.order_fields(["organisation", "message"])


class AnswerForm(forms.Form):
    """The answer to an invitation or a request. asks_why: a refusal has to say why."""

    is_accepted = forms.ChoiceField(
        label=_("Votre réponse"), choices=[("yes", _("Accepter")), ("no", _("Refuser"))], widget=forms.RadioSelect
    )
    because = forms.CharField(label=_("Motif"), help_text=_("Nécessaire pour refuser."), required=False, max_length=300)

    def __init__(self, *args: Any, asks_why: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_why:
            del self.fields["because"]

    def clean_is_accepted(self) -> bool:
        return bool(self.cleaned_data["is_accepted"] == "yes")


class FileForm(forms.Form):
    upload = forms.FileField(
        label=_("Fichier"),
        help_text=_("Texte, tableur, présentation, PDF ou image, 20 Mo au plus."),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
    )


class PublicationForm(forms.Form):
    """wants: sent by the button."""

    wants = forms.ChoiceField(choices=[("yes", ""), ("no", "")], widget=forms.HiddenInput)
    because = forms.CharField(label=_("Motif"), required=False, max_length=300)

    def clean_wants(self) -> bool:
        return bool(self.cleaned_data["wants"] == "yes")


class GroupMeetingForm(forms.Form):
    """cleaned_data: what plan_group_meeting takes, the instant included."""

    purpose = forms.CharField(label=_("De quoi il sera question"), max_length=300)
    day = forms.DateField(label=_("Jour"), widget=day_input())
    begins = forms.TimeField(
        label=_("Commence à"),
        help_text=_("À l’heure de Paris."),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        initial=time(10, 0),
    )
    place = forms.CharField(label=_("Lieu"), max_length=300, required=False)
    link = forms.URLField(
        label=_("Adresse de connexion"),
        help_text=_("Montrée aux organisations du programme seulement."),
        max_length=500,
        required=False,
        assume_scheme="https",
    )

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if self.errors:
            return facts
        try:
            facts["starts_at"] = instant_of(facts.pop("day"), facts.pop("begins"), settings.TIME_ZONE)
        except ValueError as error:
            message = _("Cette heure n’existe pas ce jour-là\u00a0: les montres avancent.")
            raise forms.ValidationError(message) from error
        return facts
