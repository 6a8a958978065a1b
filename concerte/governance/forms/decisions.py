"""What people type about decisions: votes, proxies, objections, answers, the opening."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concerte.governance.counting_rules import Abstentions, CollegeRule, Majority, Method, Quorum, Rule, read_share
from concerte.governance.counting_words import abstentions_label, majority_label
from concerte.governance.decisions_showing import TIME_ZONES
from concerte.governance.models import Body, Decision, NamedRule
from concerte.governance.services import MAX_QUESTION_CHARACTERS, MAX_REASONS_CHARACTERS, MAX_TEXT_CHARACTERS
from concerte.partners.models import Circle, College, Organisation


def long_text(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


if TYPE_CHECKING:
    OrganisationChoice = forms.ModelChoiceField[Organisation]
else:
    OrganisationChoice = forms.ModelChoiceField


class OrganisationField(OrganisationChoice):
    """One of a few organisations; hidden when there is only one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Organisation.objects.none(), empty_label=None, to_field_name="slug", **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


def offer(form: forms.Form, name: str, organisations: Iterable[Organisation]) -> None:
    """Have a field of the form propose these organisations only."""
    known = list(organisations)
    field = cast("OrganisationField", form.fields[name])
    field.queryset = Organisation.objects.filter(pk__in=[each.pk for each in known]).order_by("name", "pk")
    if len(known) == 1:
        field.widget = forms.HiddenInput()
        field.initial = known[0].slug


class VoteForm(forms.Form):
    """What an organisation says of the text whose digest goes with the form."""

    organisation = OrganisationField(label=_("Au nom de"))
    choice = forms.ChoiceField(label=_("Votre vote"), widget=forms.RadioSelect)
    reasons = forms.CharField(
        label=_("Motifs"),
        help_text=_("Publiés avec le vote, au nom de l’organisation."),
        required=False,
        max_length=MAX_REASONS_CHARACTERS,
        widget=long_text(3),
    )
    digest = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, organisations: Sequence[Organisation], choices: Mapping[str, str], is_secret: bool, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        offer(self, "organisation", organisations)
        cast("forms.ChoiceField", self.fields["choice"]).choices = [
            (value, label.capitalize()) for value, label in choices.items()
        ]
        if is_secret:
            del self.fields["reasons"]


class ProxyForm(forms.Form):
    giver = OrganisationField(label=_("Organisation qui donne pouvoir"))
    holder = OrganisationField(label=_("À l’organisation"))

    def __init__(
        self, *args: Any, givers: Sequence[Organisation], holders: Sequence[Organisation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "giver", givers)
        offer(self, "holder", holders)
        if len(holders) == 1:  # to whom is always read, even when there is no choice
            self.fields["holder"].widget = forms.Select(choices=[(holders[0].slug, holders[0].name)])


class GiverForm(forms.Form):
    giver = OrganisationField()

    def __init__(self, *args: Any, givers: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "giver", givers)


class ObjectionForm(forms.Form):
    organisation = OrganisationField(label=_("Au nom de"))
    reasons = forms.CharField(label=_("Motifs de l’objection"), max_length=MAX_TEXT_CHARACTERS, widget=long_text())
    wording = forms.CharField(
        label=_("Rédaction proposée"),
        help_text=_("Le texte que votre organisation accepterait."),
        max_length=MAX_TEXT_CHARACTERS,
        widget=long_text(),
    )
    digest = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "organisation", organisations)


class AnswerForm(forms.Form):
    text = forms.CharField(label=_("Réponse"), max_length=MAX_TEXT_CHARACTERS, widget=long_text())
    new_wording = forms.CharField(
        label=_("Nouvelle rédaction"),
        help_text=_("Elle remplace le texte proposé : les consentements déjà donnés devront l’être de nouveau."),
        required=False,
        max_length=MAX_TEXT_CHARACTERS,
        widget=long_text(),
    )

    def __init__(self, *args: Any, may_reword: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_reword:
            del self.fields["new_wording"]


class ReasonsForm(forms.Form):
    reasons = forms.CharField(label=_("Motifs"), max_length=MAX_TEXT_CHARACTERS, widget=long_text(3))


class BecauseForm(forms.Form):
    because = forms.CharField(label=_("Motif du retrait"), max_length=2000, widget=long_text(3))


class ReviewForm(forms.Form):
    note = forms.CharField(label=_("Ce que la revue a établi"), max_length=MAX_TEXT_CHARACTERS, widget=long_text(3))
    next_review_on = forms.DateField(
        label=_("Prochaine revue"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class OpeningForm(forms.Form):
    """A question put to a body. Hours are those of the time zone that goes with them."""

    question = forms.CharField(label=_("Question"), max_length=MAX_QUESTION_CHARACTERS)
    explanation = forms.CharField(label=_("Exposé"), required=False, max_length=MAX_TEXT_CHARACTERS, widget=long_text())
    wording = forms.CharField(
        label=_("Texte proposé"),
        help_text=_("Les mots mêmes sur lesquels l’instance se prononce."),
        required=False,
        max_length=MAX_TEXT_CHARACTERS,
        widget=long_text(6),
    )
    rule = forms.ModelChoiceField(label=_("Règle"), queryset=NamedRule.objects.none(), empty_label=None)
    circle = forms.ModelChoiceField(
        label=_("Programme concerné"), queryset=Circle.objects.none(), required=False, empty_label=_("aucun")
    )
    opens_at = forms.DateTimeField(
        label=_("Ouverture du vote"),
        help_text=_("Vide : tout de suite."),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    closes_at = forms.DateTimeField(
        label=_("Clôture du vote"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    time_zone = forms.ChoiceField(label=_("Fuseau horaire"), choices=[*TIME_ZONES.items()])
    visibility = forms.ChoiceField(label=_("Une fois close, lisible par"), choices=Decision.Visibility.choices)
    is_secret = forms.BooleanField(
        label=_("Vote secret"),
        help_text=_("À la majorité seulement, chacun une voix. Un vote secret ne se change pas."),
        required=False,
    )
    review_on = forms.DateField(
        label=_("À revoir le"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, body: Body, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = cast("forms.ModelChoiceField[NamedRule]", self.fields["rule"])
        rules.queryset = NamedRule.objects.filter(body=body, withdrawn_at=None)
        cast("forms.ModelChoiceField[Circle]", self.fields["circle"]).queryset = body.circles.all()
        self.fields["visibility"].initial = Decision.Visibility.PUBLIC
        self.fields["closes_at"].initial = timezone.localtime() + timedelta(days=body.notice_days)
        if not body.has_secret_ballots:
            del self.fields["is_secret"]

    def clean(self) -> dict[str, Any]:
        """Hours as they are typed are those of the time zone that was chosen, wherever the server stands."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        zone = cleaned.get("time_zone")
        for name in ("opens_at", "closes_at"):
            if zone and cleaned.get(name):
                typed = timezone.localtime(cleaned[name]).replace(tzinfo=None)
                cleaned[name] = typed.replace(tzinfo=ZoneInfo(zone))
        return cleaned

    def asked(self) -> dict[str, Any]:
        """What `open_decision` takes."""
        values = dict(self.cleaned_data)
        named: NamedRule = values.pop("rule")
        return {**values, "rule": named.parsed, "rule_name": named.name}


class RuleForm(forms.Form):
    """A way of deciding of a body: a method, and for each college what it asks."""

    SHARES = (("0", _("aucune")), ("1/4", "1/4"), ("1/3", "1/3"), ("1/2", "1/2"), ("2/3", "2/3"), ("3/4", "3/4"))

    name = forms.CharField(label=_("Nom de la règle"), max_length=120)
    method = forms.ChoiceField(
        label=_("Méthode"),
        choices=[
            (Method.MAJORITY.value, _("majorité de chaque collège (double majorité)")),
            (Method.CONSENT.value, _("consentement : adopté sauf objection motivée")),
            (Method.APPROVALS.value, _("approbations : un nombre d’organisations par collège")),
        ],
        widget=forms.RadioSelect,
    )
    may_close_early = forms.BooleanField(label=_("Le secrétariat peut clore avant l’heure"), required=False)

    def __init__(self, *args: Any, colleges: Sequence[College], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleges = colleges
        for college in colleges:
            for name, field in self._fields_of(college).items():
                self.fields[f"{name}_{college.pk}"] = field

    def _fields_of(self, college: College) -> dict[str, forms.Field]:
        def label(text: Any) -> str:
            return f"{college.short_name}\u00a0: {text}"

        majorities = [(each.value, majority_label(each)) for each in Majority]
        abstentions = [(each.value, abstentions_label(each)) for each in Abstentions]
        return {
            "share": forms.ChoiceField(label=label(_("part des organisations pour le quorum")), choices=self.SHARES),
            "organisations": forms.IntegerField(
                label=label(_("nombre d’organisations pour le quorum")), min_value=0, max_value=1000, initial=0
            ),
            "majority": forms.ChoiceField(label=label(_("majorité")), choices=majorities),
            "abstentions": forms.ChoiceField(
                label=label(_("abstentions")), choices=abstentions, initial=Abstentions.QUORUM.value
            ),
            "approvals": forms.IntegerField(
                label=label(_("approbations nécessaires")), min_value=1, max_value=1000, initial=1
            ),
            "blocks": forms.BooleanField(label=label(_("une objection suspend")), required=False, initial=True),
        }

    def rule(self) -> Rule:
        values = self.cleaned_data
        return Rule(
            method=Method(values["method"]),
            may_close_early=values["may_close_early"],
            colleges=tuple(
                CollegeRule(
                    college=college.slug,
                    quorum=Quorum(values[f"organisations_{college.pk}"], read_share(values[f"share_{college.pk}"])),
                    majority=Majority(values[f"majority_{college.pk}"]),
                    abstentions=Abstentions(values[f"abstentions_{college.pk}"]),
                    minimum_approvals=values[f"approvals_{college.pk}"],
                    is_blocked_by_objection=values[f"blocks_{college.pk}"],
                )
                for college in self.colleges
            ),
        )


class SearchForm(forms.Form):
    """What the register is looked up by. Nothing is needed; a value that is not known finds everything."""

    q = forms.CharField(label=_("Mots"), required=False, max_length=200)
    instance = forms.ChoiceField(label=_("Instance"), required=False)
    concerne = forms.ChoiceField(label=_("Action concernée"), required=False)
    resultat = forms.ChoiceField(label=_("Résultat"), required=False)

    def __init__(
        self,
        *args: Any,
        bodies: Sequence[tuple[str, str]],
        subjects: Sequence[tuple[str, str]],
        results: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices, empty in (
            ("instance", bodies, _("toutes")),
            ("concerne", subjects, _("toutes")),
            ("resultat", results, _("tous")),
        ):
            cast("forms.ChoiceField", self.fields[name]).choices = [("", empty), *choices]
        if not subjects:
            del self.fields["concerne"]
