"""Strict reading of a programme written as YAML (format programme-concerte/1).

A file that does not fit is refused with the place and the reason, before anything is written. What is read is facts: a
value that is not there stays empty, and each deduced one keeps saying so. Texts built here are stored text, in French
whatever the language of the person who imports."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from django.utils.translation import gettext as _

from concerte.common.errors import DomainError
from concerte.common.partial_dates import PartialDate
from concerte.documents.rich_text import clean
from concerte.programme.draft import Basis, Certainty, Stage
from concerte.programme.reading import AXIS_ID

FILE_FORMAT = "programme-concerte/1"
MAX_FILE_BYTES = 2_000_000
MAX_DEPTH = 20  # nested lists and objects

_STAGES = {
    "prevue": Stage.PROPOSED,
    "engagee": Stage.IN_PROGRESS,
    "reconduite": Stage.IN_PROGRESS,
    "realisee": Stage.COMPLETED,
    "transferee": Stage.TRANSFERRED,
}
_UNKNOWN_STATUS = "inconnue"


class ImportRefused(DomainError):
    """The file does not fit. place: where in it, '' for the whole."""

    def __init__(self, message: str, *, code: str, place: str = "") -> None:
        super().__init__(f"{place}\u00a0: {message}" if place else message, code=code)
        self.place = place


@dataclass(frozen=True, kw_only=True)
class PartnerFacts:
    """An organisation. since, until: partial dates, the last being within its life; '' when unknown."""

    id: str
    name: str
    acronym: str
    college: str
    kind: str
    role: str
    since: str
    until: str
    certainty: str
    sources: tuple[str, ...]
    note: str


@dataclass(frozen=True, kw_only=True)
class AxisFacts:
    id: str
    title: str
    long_title: str
    summary: str
    certainty: str


@dataclass(frozen=True, kw_only=True)
class DeliverableFacts:
    """date, status: as the file writes them."""

    title: str
    date: str
    status: str


@dataclass(frozen=True, kw_only=True)
class ActionFacts:
    """An action. stage: from its last known status. raw: all that the file says of it."""

    id: str
    axis: str
    axis_basis: str
    title: str
    summary: str
    context: str
    effects: tuple[str, ...]
    milestones: tuple[str, ...]
    deliverables: tuple[DeliverableFacts, ...]
    pilots: tuple[str, ...]
    pilots_basis: str
    partners: tuple[str, ...]
    start: str
    deadline: str
    deadline_basis: str
    audience: str
    stage: str
    certainty: str
    sources: tuple[str, ...]
    raw: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ProgrammeFile:
    """All that a file says. others: its members that nothing here interprets, as written."""

    id: str
    title: str
    acronym: str
    starts_on: str
    ends_on: str
    ambition: str
    frame: str
    cadence: str
    is_fictitious: bool
    predecessor: str
    coordinators: tuple[str, ...]
    partners: tuple[PartnerFacts, ...]
    axes: tuple[AxisFacts, ...]
    actions: tuple[ActionFacts, ...]
    sources: tuple[dict[str, Any], ...]
    roadmaps: tuple[dict[str, Any], ...]
    coverage: dict[str, Any]
    others: dict[str, Any]


def read_programme_file(content: str | bytes) -> ProgrammeFile:
    """The facts of a file. Raises ImportRefused ("too-big", "not-yaml", "unknown-format", "missing", "wrong-type",
    "too-long", "bad-date", "bad-id", "twice", "unknown-axis", "unknown-partner", "unknown-source", "wrong-college",
    "unknown-value")."""
    whole = _Fields(_loaded(content), "")
    if whole.text("format") != FILE_FORMAT:
        raise ImportRefused(
            _("le format attendu est « %(format)s ».") % {"format": FILE_FORMAT}, code="unknown-format", place="format"
        )
    sources = whole.items("sources", required=False)
    axes = tuple(_axis(axis) for axis in whole.items("axes"))
    partners = tuple(_partner(partner) for partner in whole.items("partners", required=False))
    actions = tuple(_action(action) for action in whole.items("actions"))
    programme = whole.inside("programme")
    period = programme.inside("period")
    successor = programme.identifier("coordinator_after_2019", required=False)
    coordinator = programme.identifier("coordinator", required=False)
    file = ProgrammeFile(
        id=programme.identifier("id"),
        title=programme.text("name", longest=200),
        acronym=programme.text("acronym", longest=40),
        starts_on=period.partial_date("start"),
        ends_on=period.partial_date("end"),
        ambition=programme.text("ambition", required=False),
        frame=programme.text("frame", required=False),
        cadence=programme.text("cadence", required=False),
        is_fictitious=programme.yes_or_no("is_fictitious"),
        predecessor=programme.identifier("predecessor", required=False),
        coordinators=tuple(filter(None, (coordinator, successor))),
        partners=partners,
        axes=axes,
        actions=actions,
        sources=tuple(source.value for source in sources),
        roadmaps=tuple(roadmap.value for roadmap in whole.items("editions", required=False)),
        coverage=whole.inside("meta", required=False).inside("coverage", required=False).value,
        others={
            name: value
            for name, value in whole.value.items()
            if name not in {"format", "axes", "partners", "actions", "sources", "editions"}
        },
    )
    _check_references(file, whole)
    return file


def _partner(fields: "_Fields") -> PartnerFacts:
    return PartnerFacts(
        id=fields.identifier("id"),
        name=fields.text("name", longest=200),
        acronym=fields.text("acronym", required=False, longest=40),
        college=fields.identifier("college"),
        kind=fields.text("kind", required=False, longest=60),
        role=fields.text("role", required=False, longest=160),
        since=fields.partial_date("since", required=False),
        until=fields.partial_date("until", required=False),
        certainty=fields.choice("certainty", Certainty.values),
        sources=fields.texts("source"),
        note=fields.text("note", required=False),
    )


def _axis(fields: "_Fields") -> AxisFacts:
    axis_id = fields.text("id")
    if not AXIS_ID.fullmatch(axis_id):
        raise fields.refusal("id", _("des lettres sans accent, des chiffres et des traits d’union."), code="bad-id")
    return AxisFacts(
        id=axis_id,
        title=fields.text("title"),
        long_title=fields.text("long_title", required=False),
        summary=fields.text("summary", required=False),
        certainty=fields.choice("certainty", Certainty.values),
    )


def _action(fields: "_Fields") -> ActionFacts:
    pilots = fields.inside("pilots", required=False)
    return ActionFacts(
        id=fields.identifier("id"),
        axis=fields.text("axis"),
        axis_basis=fields.choice("axis_basis", Basis.values),
        title=fields.text("title"),
        summary=fields.text("summary", required=False),
        context=fields.text("context", required=False),
        effects=fields.texts("effects"),
        milestones=fields.texts("milestones"),
        deliverables=tuple(
            DeliverableFacts(
                title=item.text("title"),
                date=item.text("date", required=False),
                status=item.text("status", required=False),
            )
            for item in fields.items("deliverables", required=False)
        ),
        pilots=tuple(pilot for college in pilots.value for pilot in pilots.texts(college)),
        pilots_basis=fields.choice("pilots_basis", Basis.values),
        partners=fields.texts("contributors"),
        start=fields.partial_date("start", required=False),
        deadline=fields.partial_date("deadline", required=False),
        deadline_basis=fields.choice("deadline_basis", Basis.values),
        audience=fields.text("audience", required=False),
        stage=_stage(fields),
        certainty=fields.choice("certainty", Certainty.values),
        sources=fields.texts("source"),
        raw=fields.value,
    )


def _stage(fields: "_Fields") -> str:
    """Of the last status that is known: an "unknown" said later does not undo what was established before."""
    history = [
        item.choice("status", [*_STAGES, _UNKNOWN_STATUS]) for item in fields.items("status_history", required=False)
    ]
    last = fields.choice("last_known_status", [*_STAGES, _UNKNOWN_STATUS])
    known = [status for status in (*history, last) if status in _STAGES]
    return _STAGES[known[-1]].value if known else Stage.PROPOSED.value


def _check_references(file: ProgrammeFile, whole: "_Fields") -> None:
    """Every name leads somewhere, and names one thing."""
    for name in ("axes", "partners", "actions", "sources", "editions"):
        seen: set[object] = set()
        for item in whole.items(name, required=False):
            if item.text("id") in seen:
                raise item.refusal("id", _("cet identifiant est déjà pris dans la même liste."), code="twice")
            seen.add(item.text("id"))
    known = {partner.id: partner.college for partner in file.partners}
    for coordinator in file.coordinators:
        _check_known(coordinator, known, whole.inside("programme"), "coordinator")
    axes, sources = (
        {axis.id for axis in file.axes},
        {source.text("id") for source in whole.items("sources", required=False)},
    )
    for fields in whole.items("actions"):
        if (axis := fields.text("axis")) not in axes:
            message = _("l’axe « %(axis)s » n’est pas dans la liste des axes.") % {"axis": axis}
            raise fields.refusal("axis", message, code="unknown-axis")
        _check_organisations(fields, known)
        _check_sources(fields, sources)
    for fields in whole.items("partners", required=False):
        _check_sources(fields, sources)


def _check_organisations(action: "_Fields", known: Mapping[str, str]) -> None:
    for partner in action.texts("contributors"):
        _check_known(partner, known, action, "contributors")
    pilots = action.inside("pilots", required=False)
    for college in pilots.value:
        for pilot in pilots.texts(college):
            _check_known(pilot, known, action, "pilots")
            if known[pilot] != college:
                message = _("« %(pilot)s » n’est pas du collège « %(college)s ».")
                raise action.refusal("pilots", message % {"pilot": pilot, "college": college}, code="wrong-college")


def _check_sources(fields: "_Fields", known: set[str]) -> None:
    for source in fields.texts("source"):
        if source not in known:
            message = _("la source « %(source)s » n’est pas dans la table des sources.")
            raise fields.refusal("source", message % {"source": source}, code="unknown-source")


def _check_known(partner: str, known: Mapping[str, str], fields: "_Fields", name: str) -> None:
    if partner not in known:
        message = _("« %(partner)s » n’est pas dans la liste des partenaires.") % {"partner": partner}
        raise fields.refusal(name, message, code="unknown-partner")


class _Fields:
    """An object of the file and its place, asked for its members one by one."""

    def __init__(self, value: Any, place: str) -> None:
        if not isinstance(value, dict):
            raise ImportRefused(_("un objet est attendu ici."), code="wrong-type", place=place)
        self.value: dict[str, Any] = value
        self.place = place

    def refusal(self, name: str, message: str, *, code: str) -> ImportRefused:
        return ImportRefused(message, code=code, place=f"{self.place} › {name}" if self.place else name)

    def text(self, name: str, *, required: bool = True, longest: int = 5000) -> str:
        """One line of text; '' for an absent optional one. longest: in characters."""
        value = self._given(name, required=required)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.refusal(
                name, _("un texte est attendu ici (entre guillemets si c’est un nombre)."), code="wrong-type"
            )
        if len(value) > longest:
            raise self.refusal(name, _("%(count)d caractères au plus.") % {"count": longest}, code="too-long")
        if required and not value.strip():
            raise self.refusal(name, _("ce texte est vide."), code="missing")
        return clean(value).strip()

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._given(name, required=False)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.refusal(name, _("une liste de textes est attendue ici."), code="wrong-type")
        return tuple(clean(item).strip() for item in value)

    def identifier(self, name: str, *, required: bool = True) -> str:
        """A name that can stand in an address and in a list separated by spaces."""
        value = self.text(name, required=required, longest=80)
        if value and not all(part.isascii() and part.isalnum() and part == part.lower() for part in value.split("-")):
            message = _("des minuscules sans accent, des chiffres et des traits d’union.")
            raise self.refusal(name, message, code="bad-id")
        return value

    def choice(self, name: str, allowed: list[str]) -> str:
        value = self.text(name, required=False)
        if value and value not in allowed:
            message = _("« %(value)s » n’est pas une valeur connue (%(allowed)s).")
            raise self.refusal(name, message % {"value": value, "allowed": ", ".join(allowed)}, code="unknown-value")
        return value

    def partial_date(self, name: str, *, required: bool = True) -> str:
        value = self.text(name, required=required, longest=10)
        if not value:
            return ""
        try:
            return PartialDate.parse(value).text
        except ValueError:
            message = _("« %(value)s » n’est pas une date : 2019, 2019-S1, 2019-06 ou 2019-06-30.")
            raise self.refusal(name, message % {"value": value}, code="bad-date") from None

    def yes_or_no(self, name: str) -> bool:
        value = self._given(name, required=False)
        if value is not None and not isinstance(value, bool):
            raise self.refusal(name, _("« true » ou « false » est attendu ici."), code="wrong-type")
        return bool(value)

    def inside(self, name: str, *, required: bool = True) -> "_Fields":
        value = self._given(name, required=required)
        return _Fields({} if value is None else value, f"{self.place} › {name}" if self.place else name)

    def items(self, name: str, *, required: bool = True) -> list["_Fields"]:
        """The objects of a list, each with its rank and its id as its place."""
        value = self._given(name, required=required)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.refusal(name, _("une liste est attendue ici."), code="wrong-type")
        return [_Fields(item, self._place_of(name, rank, item)) for rank, item in enumerate(value, 1)]

    def _place_of(self, name: str, rank: int, item: Any) -> str:
        known = item.get("id") if isinstance(item, dict) else None
        place = f"{name} n°\u00a0{rank}" + (f" ({known})" if isinstance(known, str) else "")
        return f"{self.place} › {place}" if self.place else place

    def _given(self, name: str, *, required: bool) -> Any:
        value = self.value.get(name)
        if value is None and required:
            raise self.refusal(name, _("ce membre manque."), code="missing")
        return value


class _StrictLoader(yaml.SafeLoader):
    """YAML without what surprises: references (a short file may unfold without end), names twice, dates."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError(_("les références (*) ne sont pas admises"))
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _value in node.value if isinstance(key, yaml.ScalarNode)]
        double = next((name for name in names if names.count(name) > 1), None)
        if double is not None:
            message = _("le nom « %(name)s » est donné deux fois, ligne %(line)d")
            raise yaml.YAMLError(message % {"name": double, "line": node.start_mark.line + 1})
        return super().construct_mapping(node, deep=deep)


def _loaded(content: str | bytes) -> Any:
    size = len(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    if size > MAX_FILE_BYTES:
        raise ImportRefused(
            _("le fichier est trop gros (%(size)d Mo au plus).") % {"size": MAX_FILE_BYTES // 10**6}, code="too-big"
        )
    try:
        loaded = yaml.load(content, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader, stricter
    except RecursionError:
        raise ImportRefused(_("le fichier est trop imbriqué."), code="not-yaml") from None
    except (yaml.YAMLError, ValueError, UnicodeError) as error:
        message = _("ce n’est pas du YAML lisible (%(reason)s).") % {"reason": " ".join(str(error).split())[:300]}
        raise ImportRefused(message, code="not-yaml") from error
    _check_plain(loaded)
    return loaded


def _check_plain(value: Any) -> None:
    """Only what JSON can hold, for the facts nobody interprets are kept as they are."""
    for place, found, depth in _walk(value):
        is_odd_name = isinstance(found, dict) and not all(isinstance(name, str) for name in found)
        is_odd_number = isinstance(found, float) and not math.isfinite(found)
        is_odd_text = isinstance(found, str) and (
            "\x00" in found or clean(found).count("\ufffd") > found.count("\ufffd")
        )
        is_odd = not isinstance(found, dict | list | str | int | float | None)
        if is_odd or is_odd_name or is_odd_number or is_odd_text or depth > MAX_DEPTH:
            raise ImportRefused(_("cette valeur n’est pas admise."), code="wrong-type", place=place)


def _walk(value: Any) -> Iterator[tuple[str, Any, int]]:
    waiting: list[tuple[str, Any, int]] = [("", value, 0)]
    while waiting:
        place, current, depth = waiting.pop()
        yield place, current, depth
        members = (
            current.items() if isinstance(current, dict) else enumerate(current, 1) if isinstance(current, list) else ()
        )
        waiting.extend((f"{place} › {name}" if place else str(name), member, depth + 1) for name, member in members)
