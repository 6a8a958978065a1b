"""Forms of those who make bodies, give seats and name who holds them."""

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concerte.accounts.models import User
from concerte.accounts.rules import is_administrator
from concerte.governance.models import Body, Publicity, Seat
from concerte.governance.rules import circles_coordinated_by
from concerte.governance.time_zones import ZONES
from concerte.partners.forms import day_input
from concerte.partners.models import Circle, College, Membership, Organisation


class BodyForm(forms.Form):
    name = forms.CharField(label=_("Nom"), max_length=200)
    acronym = forms.CharField(label=_("Sigle"), max_length=40, required=False)
    level = forms.ChoiceField(label=_("Niveau"), choices=Body.Level.choices)
    purpose = forms.CharField(
        label=_("Rôle"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Ce que l’instance décide, ce qu’elle prépare."),
    )
    circles = forms.ModelMultipleChoiceField(
        label=_("Programmes"), queryset=Circle.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    secretariat = forms.ModelChoiceField(
        label=_("Secrétariat"),
        queryset=Organisation.objects.none(),
        required=False,
        help_text=_("La coordination de cette organisation convoque, tient l’ordre du jour et ouvre les votes."),
    )
    above = forms.ModelChoiceField(
        label=_("Instance au-dessus"),
        queryset=Body.objects.none(),
        required=False,
        help_text=_("Celle à qui un désaccord qui demeure est porté."),
    )
    publicity = forms.ChoiceField(
        label=_("Qui lit ses ordres du jour et ses relevés approuvés"),
        choices=Publicity.choices,
        initial=Publicity.PUBLIC,
        widget=forms.RadioSelect,
    )
    notice_days = forms.IntegerField(label=_("Délai de convocation, en jours"), min_value=0, max_value=365, initial=15)
    quorum_percent = forms.IntegerField(
        label=_("Quorum de chaque collège, en %"),
        min_value=0,
        max_value=100,
        initial=50,
        help_text=_("La part des organisations du collège qui doivent être présentes ou représentées."),
    )
    max_proxies = forms.IntegerField(
        label=_("Pouvoirs par organisation"), min_value=0, max_value=20, initial=1, help_text=_("0\u00a0: aucun.")
    )
    time_zone = forms.ChoiceField(label=_("Heure des réunions"), choices=list(ZONES.items()))
    has_secret_ballots = forms.BooleanField(label=_("Les votes sur des personnes sont secrets"), required=False)
    starts_on = forms.CharField(
        label=_("Existe depuis"), max_length=10, required=False, help_text=_("2026, 2026-S1, 2026-03 ou 2026-03-15.")
    )

    def __init__(self, *args: Any, acting_user: User, body: Body | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = Circle.objects.all() if is_administrator(acting_user) else circles_coordinated_by(acting_user)
        if body is not None:  # those it belongs to already stay, whoever coordinates them
            offered = Circle.objects.filter(
                pk__in=[*offered.values_list("pk", flat=True), *body.circles.values_list("pk", flat=True)]
            )
        _model_field(self, "circles").queryset = offered.order_by("name", "pk")
        _model_field(self, "secretariat").queryset = Organisation.objects.existing_on(timezone.localdate())
        others = Body.objects.existing_on(timezone.localdate())
        _model_field(self, "above").queryset = others.exclude(pk=body.pk) if body is not None else others


class NewBodyForm(BodyForm):
    slug = forms.SlugField(
        label=_("Identifiant"),
        max_length=80,
        help_text=_("Écrit dans l’adresse, pour toujours\u00a0: minuscules, chiffres et tirets."),
    )
    field_order = ("name", "acronym", "slug")


class SeatForm(forms.Form):
    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.none())
    college = forms.ModelChoiceField(
        label=_("Collège"),
        queryset=College.objects.all(),
        required=False,
        empty_label=_("celui de l’organisation"),
        help_text=_("Celui dans lequel elle siège ici."),
    )
    is_voting = forms.BooleanField(
        label=_("A voix délibérative"), required=False, initial=True, help_text=_("Sans voix, elle observe.")
    )
    weight = forms.IntegerField(label=_("Nombre de voix"), min_value=1, max_value=100, initial=1)
    starts_on = forms.DateField(label=_("À partir du"), widget=day_input(), initial=timezone.localdate)
    ends_on = forms.DateField(label=_("Premier jour sans ce siège"), widget=day_input(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _model_field(self, "organisation").queryset = Organisation.objects.existing_on(timezone.localdate())


class MandateForm(forms.Form):
    person = forms.ModelChoiceField(
        label=_("Personne"),
        queryset=User.objects.none(),
        help_text=_("Parmi celles qui sont rattachées à cette organisation."),
    )
    is_substitute = forms.ChoiceField(
        label=_("Siège comme"),
        choices=[("titulaire", _("titulaire")), ("suppleance", _("suppléante ou suppléant"))],
        widget=forms.RadioSelect,
    )
    title = forms.CharField(
        label=_("Qualité"),
        max_length=160,
        required=False,
        help_text=_("Affichée à côté du nom\u00a0: «\u00a0maire de…\u00a0»."),
    )
    starts_on = forms.DateField(label=_("À partir du"), widget=day_input(), initial=timezone.localdate)
    ends_on = forms.DateField(label=_("Premier jour sans ce mandat"), widget=day_input(), required=False)

    def __init__(self, *args: Any, seat: Seat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Membership.objects.held_on(timezone.localdate()).filter(organisation=seat.organisation)
        people = User.objects.filter(is_active=True, pk__in=held.values("person")).order_by("name", "pk")
        _model_field(self, "person").queryset = people

    def clean_is_substitute(self) -> bool:
        return bool(self.cleaned_data["is_substitute"] == "suppleance")


class DayForm(forms.Form):
    """The day a composition is asked of; anything else than a day is today."""

    jour = forms.DateField(label=_("Composition au"), widget=day_input(), required=False)


def _model_field(form: forms.Form, name: str) -> "forms.ModelChoiceField[Any]":
    return cast("forms.ModelChoiceField[Any]", form.fields[name])
