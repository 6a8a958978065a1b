"""Forms of bilateral exchanges."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from concerte.accounts.models import User
from concerte.common.partial_date_field import PartialDateField
from concerte.concertation.forms.speaking import SpeakingForm
from concerte.concertation.models.exchanges import Exchange, Visibility
from concerte.partners.circles import memberships_in_circles
from concerte.partners.models import Circle, College, Organisation

VISIBILITY_CHOICES = [
    (Visibility.SIDES.value, _("Les deux parties seulement")),
    (Visibility.COLLEGES.value, _("Toutes les organisations du programme")),
    (Visibility.PUBLIC.value, _("Tout le monde, sans compte")),
]


class ExchangeForm(forms.Form):
    """The record of an exchange. The organisations present are asked college by college."""

    title = forms.CharField(label=_("Objet de l’échange"), max_length=200)
    held_on = PartialDateField(label=_("Date"))
    subjects = forms.CharField(
        label=_("Sujets abordés"),
        help_text=_("Un par ligne."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    other_people = forms.CharField(
        label=_("Autres personnes présentes"),
        help_text=_("Une par ligne, avec sa fonction ou son organisation. Ces noms ne sont pas montrés au public."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    visibility = forms.ChoiceField(
        label=_("Qui pourra lire cet échange"),
        help_text=_("Une fois que les deux parties l’ont confirmé. D’ici là, elles seules le voient."),
        choices=VISIBILITY_CHOICES,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, circle: Circle, exchange: Exchange | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taking_part = circle.participations.values("organisation")
        organisations = Organisation.objects.filter(pk__in=taking_part).select_related("college")
        self._colleges = self._add_organisations(organisations)
        if exchange is not None:
            self._add_people(exchange)
        first = ["title", "held_on", *self._colleges.values()]
        self.order_fields([*first, "people", "other_people", "subjects", "visibility"])

    def _add_organisations(self, organisations: Iterable[Organisation]) -> dict[College, str]:
        """A field for each college that has organisations in the circle."""
        by_college: dict[College, list[tuple[str, str]]] = {}
        for organisation in organisations:
            by_college.setdefault(organisation.college, []).append((organisation.slug, organisation.name))
        names = {}
        for college in sorted(by_college, key=lambda each: (each.position, each.pk)):
            names[college] = f"college_{college.slug}"
            self.fields[names[college]] = forms.MultipleChoiceField(
                label=gettext("Organisations présentes, collège %(college)s") % {"college": college.short_name},
                choices=by_college[college],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        return names

    def _add_people(self, exchange: Exchange) -> None:
        parties = exchange.parties.values("organisation")
        held = memberships_in_circles(timezone.localdate()).filter(
            participation_circle=exchange.circle_id, organisation__in=parties
        )
        known = User.objects.filter(pk__in=held.values("person")) | User.objects.filter(
            pk__in=exchange.people.values("pk")
        )
        self.fields["people"] = forms.ModelMultipleChoiceField(
            label=gettext("Personnes présentes qui ont un compte"),
            queryset=known.order_by("name", "pk"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    def clean(self) -> dict[str, Any]:
        """The organisations of all colleges together, and people even where they were not asked for."""
        cleaned = super().clean() or {}
        slugs = [slug for name in self._colleges.values() for slug in cleaned.pop(name, [])]
        found = Organisation.objects.filter(slug__in=slugs).select_related("college")
        cleaned["organisations"] = list(found.order_by("college__position", "name"))
        cleaned.setdefault("people", [])
        cleaned["people"] = list(cleaned["people"])
        return cleaned

    @staticmethod
    def initial_of(exchange: Exchange) -> dict[str, Any]:
        values: dict[str, Any] = {
            name: getattr(exchange, name) for name in ("title", "held_on", "subjects", "other_people", "visibility")
        }
        values["people"] = list(exchange.people.values_list("pk", flat=True))
        for party in exchange.parties.select_related("organisation__college"):
            name = f"college_{party.organisation.college.slug}"
            values.setdefault(name, []).append(party.organisation.slug)
        return values


class ConfirmationForm(SpeakingForm):
    """digest: of the content that was shown."""

    digest = forms.CharField(widget=forms.HiddenInput)


class FollowUpForm(forms.Form):
    what = forms.CharField(label=_("Ce qui est à faire"), max_length=300)
    owner = forms.ChoiceField(label=_("Par qui"))
    due_on = forms.DateField(label=_("Pour le"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, exchange: Exchange, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parties = [party.organisation for party in exchange.parties.select_related("organisation")]
        held = memberships_in_circles(timezone.localdate()).filter(
            participation_circle=exchange.circle_id, organisation__in=parties
        )
        people = User.objects.filter(pk__in=held.values("person")).order_by("name", "pk")
        field = cast("forms.ChoiceField", self.fields["owner"])
        field.choices = [
            (_("Une organisation"), [(f"organisation:{each.pk}", each.name) for each in parties]),
            (_("Une personne"), [(f"person:{each.pk}", each.name) for each in people]),
        ]
        self._owners: dict[str, User | Organisation] = {f"organisation:{each.pk}": each for each in parties}
        self._owners |= {f"person:{each.pk}": each for each in people}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        owner = self._owners.get(cleaned.pop("owner", ""))
        cleaned["person"] = owner if isinstance(owner, User) else None
        cleaned["organisation"] = owner if isinstance(owner, Organisation) else None
        return cleaned


class CloseFollowUpForm(forms.Form):
    is_done = forms.ChoiceField(
        label=_("Qu’en est-il ?"),
        choices=[("done", _("C’est fait")), ("dropped", _("On y renonce"))],
        widget=forms.RadioSelect,
    )
    word = forms.CharField(
        label=_("Un mot"), help_text=_("Nécessaire quand on y renonce."), required=False, max_length=300
    )

    def clean_is_done(self) -> bool:
        return bool(self.cleaned_data["is_done"] == "done")


class VisibilityForm(SpeakingForm):
    visibility = forms.ChoiceField(
        label=_("Qui devrait pouvoir le lire"), choices=VISIBILITY_CHOICES, widget=forms.RadioSelect
    )

    field_order = ("organisation", "visibility")


class VisibilityAnswerForm(SpeakingForm):
    is_accepted = forms.ChoiceField(
        label=_("Votre réponse"),
        choices=[("yes", _("J’accepte")), ("no", _("Non : la visibilité reste la même"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Pourquoi"), help_text=_("Nécessaire pour refuser."), required=False, max_length=300
    )

    def clean_is_accepted(self) -> bool:
        return bool(self.cleaned_data["is_accepted"] == "yes")
