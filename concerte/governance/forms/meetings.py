"""Forms of meetings: when and where, agenda, presence, minutes."""

from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concerte.common.templatetags.language import in_french
from concerte.documents.files import ACCEPTED
from concerte.governance.errors import MeetingRefused
from concerte.governance.models import AgendaItem, Attendance, Mandate, Meeting, Publicity, Seat
from concerte.governance.quorum import seats_of
from concerte.governance.time_zones import ZONES, instant_of
from concerte.lineage import finding, references
from concerte.lineage.references import Reference, Shown, Viewer
from concerte.partners.forms import day_input
from concerte.partners.models import Organisation

MAX_OF_A_KIND = 6  # answers of one kind to a few words
MAX_OFFERED = 24  # answers to choose among, all kinds together


def clock_input() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class MeetingForm(forms.Form):
    """cleaned_data: what prepare_meeting and update_meeting take, instants included."""

    title = forms.CharField(
        label=gettext_lazy("Titre"), max_length=200, required=False, help_text=gettext_lazy("Par défaut, sa date.")
    )
    day = forms.DateField(label=gettext_lazy("Jour"), widget=day_input())
    begins = forms.TimeField(label=gettext_lazy("Commence à"), widget=clock_input(), initial=time(9, 30))
    ends = forms.TimeField(label=gettext_lazy("S’achève à"), widget=clock_input(), initial=time(12, 0))
    time_zone = forms.ChoiceField(
        label=gettext_lazy("À l’heure de"),
        choices=list(ZONES.items()),
        help_text=gettext_lazy("Celle du lieu de la réunion."),
    )
    place = forms.CharField(label=gettext_lazy("Lieu"), max_length=300, required=False)
    link = forms.URLField(
        label=gettext_lazy("Adresse de connexion"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("Montrée à celles et ceux qui siègent seulement."),
    )
    publicity = forms.ChoiceField(
        label=gettext_lazy("Qui lit l’ordre du jour et le relevé approuvé"),
        choices=Publicity.choices,
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if self.errors:
            return facts
        day, begins, ends = facts.pop("day"), facts.pop("begins"), facts.pop("ends")
        try:
            facts["starts_at"] = instant_of(day, begins, facts["time_zone"])
            # Past midnight, it ends the day after.
            last_day = day if ends > begins else day + timedelta(days=1)
            facts["ends_at"] = instant_of(last_day, ends, facts["time_zone"])
        except MeetingRefused as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return facts


class UrgencyField(forms.CharField):
    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Motif de l’urgence"),
            max_length=300,
            required=False,
            help_text=gettext_lazy("Seulement si la réunion est convoquée plus tard que le délai. Il reste affiché."),
        )


class MovedMeetingForm(MeetingForm):
    """A meeting that was convened already."""

    urgent_because = UrgencyField()


class ConveneForm(forms.Form):
    urgent_because = UrgencyField()


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Motif"), max_length=300, help_text=gettext_lazy("Il reste affiché."))


class ItemForm(forms.Form):
    """An item. What it concerns is given by its address, or was chosen in a short list; cleaned_data: what add_item
    takes."""

    title = forms.CharField(label=gettext_lazy("Intitulé"), max_length=300)
    kind = forms.ChoiceField(
        label=gettext_lazy("Nature"),
        choices=AgendaItem.Kind.choices,
        initial=AgendaItem.Kind.DISCUSSION,
        widget=forms.RadioSelect,
    )
    summary = forms.CharField(
        label=gettext_lazy("Présentation"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    about = forms.CharField(
        label=gettext_lazy("Ce que le point concerne"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "L’adresse de la page d’une action, d’une idée, d’un texte… ou quelques mots pour la chercher."
        ),
    )
    rapporteur = forms.ModelChoiceField(
        label=gettext_lazy("Présenté par"), queryset=Organisation.objects.none(), required=False
    )

    def __init__(self, *args: Any, viewer: Viewer, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self._answers: dict[Reference, Shown] = {}
        field = cast("forms.ModelChoiceField[Organisation]", self.fields["rapporteur"])
        seats = meeting.body.seats.held_on(meeting.day)
        field.queryset = Organisation.objects.filter(pk__in=seats.values("organisation"))

    def clean_about(self) -> Reference | None:
        """The thing meant. A few words that answer to several things are asked again, with the short list."""
        chosen = read_reference(self.data.get(self.add_prefix("chosen"), ""))
        if chosen is not None and references.show([chosen], self.viewer):
            return chosen
        about = self.cleaned_data["about"].strip()
        if not about:
            return None
        if "/" in about:
            found = finding.from_address(about, self.viewer)
            if found is None:
                raise forms.ValidationError(_("Cette adresse n’est pas celle d’une page que vous pouvez désigner."))
            return found
        answers = finding.search(about, self.viewer, limit=MAX_OF_A_KIND)
        if not answers:
            raise forms.ValidationError(_("Rien ne répond à ces mots. Collez plutôt l’adresse de la page."))
        if len(answers) == 1:
            return next(iter(answers))
        self._answers = answers
        raise forms.ValidationError(
            _("Plusieurs choses répondent à ces mots\u00a0: choisissez-en une dans la liste ci-dessous.")
        )

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if self._answers:
            self._ask_which()
        if not self.errors:
            facts["reference"] = facts.pop("about")
        return facts

    def _ask_which(self) -> None:
        """A field more, under the words: one of what answers to them, or other words."""
        offered = list(self._answers.items())[:MAX_OFFERED]
        others = len(self._answers) - len(offered)
        self.fields["chosen"] = forms.ChoiceField(
            label=_("De quoi s’agit-il ?"),
            required=False,
            choices=[(str(each), name_of(each, shown)) for each, shown in offered]
            + [("", _("Rien de cela : je change les mots ci-dessus"))],
            widget=forms.RadioSelect,
            help_text=ngettext(
                "%(count)d autre chose répond à ces mots : précisez-les si rien ne convient.",
                "%(count)d autres choses répondent à ces mots : précisez-les si rien ne convient.",
                others,
            )
            % {"count": others}
            if others
            else "",
        )
        self.order_fields(["title", "kind", "summary", "about", "chosen", "rapporteur"])


def read_reference(value: str) -> Reference | None:
    """The thing a value of the short list names ("programme.action:12"), None for what names nothing."""
    kind, colon, key = value.rpartition(":")
    return Reference(kind, key) if colon and references.is_known(kind) else None


def name_of(reference: Reference, shown: Shown) -> str:
    """« Action · DCANT-01 Simplifier (adoptée) »: of what kind it is first, unless its name says it."""
    kind = capfirst(references.kind_label(reference.kind))
    before = "" if shown.label.startswith(kind) else f"{kind} · "
    after = f" ({shown.detail})" if shown.detail else ""
    # One element around it all: the label of a choice lays its children out side by side.
    return format_html("<span>{}<span{}>{}</span>{}</span>", before, in_french(), shown.label, after)


class PaperForm(forms.Form):
    upload = forms.FileField(label=gettext_lazy("Fichier"), widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}))
    is_restricted = forms.BooleanField(
        label=gettext_lazy("Réservée à l’instance"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Sinon, qui voit la réunion peut la télécharger."),
    )


class AttendanceForm(forms.Form):
    """How one organisation is there: one choice says it all. cleaned_data["noted"]: what record_attendance takes."""

    noted = forms.ChoiceField()

    def __init__(self, *args: Any, choices: list[tuple[str, str]], label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["noted"])
        field.choices, field.label = choices, label


class LeavingForm(forms.Form):
    """When an organisation left, on the clocks of the place; nothing typed is now. cleaned_data: what record_leaving
    takes."""

    left_at = forms.TimeField(label=gettext_lazy("Partie à"), widget=clock_input(), required=False)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = meeting

    def clean_left_at(self) -> datetime | None:
        typed: time | None = self.cleaned_data["left_at"]
        if typed is None:
            return None
        now = timezone.now()
        today = now.astimezone(self.meeting.zone).date()
        moment = self._on(today, typed)
        # After midnight, an hour that has not come yet is one of the evening before.
        return moment if moment <= now or self.meeting.day == today else self._on(today - timedelta(days=1), typed)

    def _on(self, day: date, typed: time) -> datetime:
        try:
            return instant_of(day, typed, self.meeting.time_zone)
        except MeetingRefused as refusal:
            raise forms.ValidationError(refusal.message) from refusal


class MinutesForm(forms.Form):
    """One word on the minutes; the digest is that of what was read."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Votre position"),
        choices=[
            ("approval", gettext_lazy("J’approuve ce relevé")),
            ("objection", gettext_lazy("Il doit être corrigé")),
        ],
        widget=forms.RadioSelect,
    )
    reasons = forms.CharField(
        label=gettext_lazy("Ce qui ne convient pas"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Obligatoire pour une demande de correction."),
    )
    digest = forms.CharField(widget=forms.HiddenInput)


def seat_choices(meeting: Meeting, *, all_states: bool) -> dict[int, list[tuple[str, str]]]:
    """What may be said of each seat, as values and words. all_states: presence and absence too, which only the
    secretariat notes. Two queries, whatever the number of seats."""
    seats = seats_of(meeting)
    holders: dict[int, list[Mandate]] = {}
    for mandate in Mandate.objects.held_on(meeting.day).filter(seat__in=seats).select_related("person"):
        holders.setdefault(mandate.seat_id, []).append(mandate)
    return {
        seat.pk: _choices_of(seat, seats, holders.get(seat.pk, []), all_states, meeting.max_proxies) for seat in seats
    }


def read_choice(value: str) -> dict[str, Any]:
    """A value of `seat_choices` as what record_attendance takes, people and seats by id."""
    state, _sign, key = value.partition(":")
    number = int(key) if key.isdecimal() else None
    return {
        "state": state,
        "person": number if state == Attendance.State.PRESENT else None,
        "proxy_to": number if state == Attendance.State.PROXY else None,
    }


def choice_of(attendance: Attendance | None) -> str:
    """The value that says what was noted."""
    if attendance is None:
        return ""
    key = attendance.person_id or attendance.proxy_to_id
    return f"{attendance.state}:{key}" if key else str(attendance.state)


def _choices_of(
    seat: Seat, seats: list[Seat], holders: list[Mandate], all_states: bool, max_proxies: int
) -> list[tuple[str, str]]:
    choices = [("", _("non renseignée"))]
    if all_states:
        for mandate in holders:
            words = (
                _("présente, par %(person)s (suppléance)") if mandate.is_substitute else _("présente, par %(person)s")
            )
            choices.append((f"present:{mandate.person_id}", words % {"person": mandate.person}))
    choices.append(("excused", _("excusée")))
    if all_states:
        choices.append(("absent", _("absente")))
    if seat.is_voting and max_proxies:
        others = [each for each in seats if each.is_voting and each.college_id == seat.college_id and each != seat]
        choices += [
            (f"proxy:{each.pk}", _("pouvoir donné à %(organisation)s") % {"organisation": each.organisation})
            for each in others
        ]
    return choices


def initial_of(meeting: Meeting) -> dict[str, Any]:
    """What the form shows of a meeting that is there."""
    start, end = meeting.local_start, meeting.local_end
    return {
        "title": meeting.title,
        "day": start.date() if start else None,
        "begins": _clock(start),
        "ends": _clock(end),
        "time_zone": meeting.time_zone,
        "place": meeting.place,
        "link": meeting.link,
        "publicity": meeting.publicity,
    }


def next_working_day(after: date) -> date:
    """A day to propose: not a Saturday nor a Sunday."""
    while after.weekday() >= 5:
        after += timedelta(days=1)
    return after


def _clock(instant: datetime | None) -> time | None:
    return instant.time().replace(second=0, microsecond=0) if instant else None
