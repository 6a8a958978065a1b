"""Forms of those who manage organisations and memberships."""

from typing import Any, cast

from django import forms
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concerte.accounts.models import User
from concerte.partners.models import College, Membership, MembershipQuerySet, Organisation
from concerte.partners.rules import Role, may_give


def day_input() -> forms.DateInput:
    """The browser's own calendar; it sends and takes ISO dates whatever the language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class OrganisationForm(forms.Form):
    name = forms.CharField(label=_("Nom"), max_length=200)
    acronym = forms.CharField(label=_("Sigle"), max_length=40, required=False)
    college = forms.ModelChoiceField(label=_("Collège"), queryset=College.objects.all(), empty_label=None)
    kind = forms.CharField(
        label=_("Nature"), max_length=60, required=False, help_text=_("Service de l’État, association d’élus, commune…")
    )
    starts_on = forms.DateField(
        label=_("Existe depuis le"),
        required=False,
        widget=day_input(),
        help_text=_("Laissez vide si la date est inconnue."),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)


class NewOrganisationForm(OrganisationForm):
    slug = forms.SlugField(
        label=_("Identifiant"),
        max_length=80,
        help_text=_("Écrit dans les adresses et dans les textes, pour toujours\u00a0: minuscules, chiffres et tirets."),
    )
    field_order = ("name", "acronym", "slug")


class EndForm(forms.Form):
    """The end of an organisation or of a membership."""

    on = forms.DateField(
        label=_("Date de fin"),
        widget=day_input(),
        initial=timezone.localdate,
        help_text=_("Le premier jour où ce n’est plus vrai."),
    )
    reason = forms.CharField(label=_("Motif"), max_length=300, help_text=_("Il reste conservé."))


class MembershipForm(forms.Form):
    email = forms.CharField(
        label=_("Adresse électronique de la personne"),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Si elle n’a pas encore de compte, il est ouvert. Un message lui dit comment entrer."),
    )
    name = forms.CharField(
        label=_("Nom affiché"),
        max_length=120,
        required=False,
        help_text=_("Pour un nouveau compte\u00a0: prénom et nom. Un compte existant garde le sien."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), empty_label=_("Choisir…")
    )
    role = forms.ChoiceField(label=_("Rôle"))
    title = forms.CharField(label=_("Fonction"), max_length=120, required=False)
    starts_on = forms.DateField(label=_("À partir du"), widget=day_input(), initial=timezone.localdate)

    def __init__(self, *args: Any, acting_user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisation = cast("forms.ModelChoiceField[Organisation]", self.fields["organisation"])
        organisation.queryset = Organisation.objects.existing_on(timezone.localdate())
        refused = () if may_give(acting_user, Role.ADMINISTRATOR) else (Role.ADMINISTRATOR,)
        role = cast("forms.ChoiceField", self.fields["role"])
        role.choices = [(value, label) for value, label in Role.choices if value not in refused]


class FilterForm(forms.Form):
    """What narrows the list of memberships; anything that means nothing is passed over."""

    class When(models.TextChoices):
        HELD = "", _("en cours ou à venir")
        ENDED = "termines", _("terminés")

    says_optional = False
    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organisation.objects.all(),
        to_field_name="slug",
        required=False,
        empty_label=_("toutes"),
    )
    role = forms.ChoiceField(label=_("Rôle"), choices=[("", _("tous")), *Role.choices], required=False)
    state = forms.ChoiceField(label=_("État"), choices=When.choices, required=False)

    def chosen(self) -> MembershipQuerySet:
        """The memberships asked for, with their person, organisation and college."""
        wanted = self.cleaned_data if self.is_valid() else {}
        today = timezone.localdate()
        found = Membership.objects.select_related("person", "organisation__college")
        if wanted.get("state") == self.When.ENDED:
            found = found.filter(ends_on__lte=today)
        else:
            found = found.filter(Q(ends_on=None) | Q(ends_on__gt=today))
        if wanted.get("organisation"):
            found = found.filter(organisation=wanted["organisation"])
        if wanted.get("role"):
            found = found.filter(role=wanted["role"])
        return found
