"""Checking downloaded editions offline: each by itself, then the chain they form, given in any order.

What it can tell: that a file is intact, that its decision follows the rules it states, and that editions follow one
another. What it cannot: that the file is the one that was published. For that, its digest is compared with the one
published elsewhere (on the site, in minutes, in the next edition)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concerte.common.canonical import digest_of, is_digest, strict_json
from concerte.common.errors import DomainError
from concerte.common.semesters import Semester
from concerte.documents.rich_text import one_line
from concerte.governance.counting_data import faults_of, recount
from concerte.programme.content import EDITION_FORMAT, FILE_FORMAT, RECORD_FORMAT, positions_in

MAX_FILE_BYTES = 20_000_000
MAX_FILES = 1_000
MINIMUM_COLLEGES = 2  # an edition is a decision of both colleges


@dataclass(frozen=True)
class Fault:
    """Something wrong in a file. is_unreadable: the file cannot be checked at all."""

    file: str
    code: str
    message: str
    is_unreadable: bool = False


@dataclass(frozen=True)
class CheckedEdition:
    """An edition that could be read. digest, record_digest: computed here, never those the file states."""

    file: str
    programme: str
    title: str
    number: int
    semester: str
    digest: str
    record_digest: str
    previous: Mapping[str, Any] | None
    published_at: str
    approvals: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """What was found. notes: what could not be checked for want of a file, which is no fault."""

    editions: tuple[CheckedEdition, ...]
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0: all is sound. 1: something is wrong. 2: a file cannot be checked."""
        if any(fault.is_unreadable for fault in self.faults):
            return 2
        return 1 if self.faults else 0

    def faults_of(self, file: str) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.file == file)


class _Unusable(Exception):
    """The file is not an edition file."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def verify(files: Iterable[tuple[str, bytes]]) -> Report:
    """Check files (name, content), each alone, then as the chains they form, one per programme."""
    editions: list[CheckedEdition] = []
    faults: list[Fault] = []
    for name, content in files:
        try:
            file = _opened(content)
            edition = _edition(name, file)
            found = list(_check_file(file, edition))
        except _Unusable as problem:
            faults.append(Fault(name, problem.code, problem.message, is_unreadable=True))
            continue
        editions.append(edition)
        faults += [Fault(name, code, message) for code, message in found]
    editions.sort(key=lambda edition: (edition.programme, edition.number, edition.file))
    chains: dict[str, list[CheckedEdition]] = defaultdict(list)
    for edition in editions:
        chains[edition.programme].append(edition)
    notes: list[str] = []
    for chain in chains.values():
        faults += _check_chain(chain)
        notes += _gaps(chain)
    return Report(tuple(editions), tuple(faults), tuple(notes))


def _opened(content: bytes) -> dict[str, Any]:
    """The file as JSON with the members of an edition file."""
    if len(content) > MAX_FILE_BYTES:
        raise _Unusable("too-big", _("le fichier est trop gros pour être une édition."))
    try:
        file = strict_json(content)
        digest_of(file)  # every value has a canonical form
    except ValueError:
        raise _Unusable("not-json", _("ce n’est pas du JSON bien formé.")) from None
    if not isinstance(file, dict) or file.get("format") != FILE_FORMAT:
        raise _Unusable("not-an-edition", _("ce n’est pas un fichier d’édition de Concerté."))
    edition = file.get("edition")
    record = file.get("record")
    record_format = record.get("format", "") if isinstance(record, dict) else ""
    if record_format not in ("", RECORD_FORMAT):
        raise _Unusable(
            "unknown-format", _("le format de ce procès-verbal n’est pas connu de cette version de l’outil.")
        )
    if not isinstance(edition, dict) or edition.get("format") != EDITION_FORMAT:
        message = _("le format de cette édition n’est pas connu de cette version de l’outil.")
        raise _Unusable("unknown-format", message)
    return file


def _edition(name: str, file: Mapping[str, Any]) -> CheckedEdition:
    """What identifies the edition, read with care. Raises _Unusable for what is not as the format says."""
    edition, record = _mapping(file, "edition"), _mapping(file, "record")
    programme, identity = _mapping(edition, "programme"), _mapping(edition, "edition")
    number, semester = identity.get("number"), _member(identity, "semester")
    previous = edition.get("previous")
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise _Unusable("malformed", _("le numéro de l’édition n’est pas un nombre entier."))
    if previous is not None and not isinstance(previous, dict):
        raise _Unusable("malformed", _("le lien avec l’édition précédente n’est pas lisible."))
    published_at = _member(record, "published_at")
    try:
        Semester.parse(semester)
        datetime.strptime(published_at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise _Unusable("malformed", _("le semestre ou la date de publication n’est pas lisible.")) from None
    return CheckedEdition(
        file=name,
        programme=_member(programme, "slug"),
        title=one_line(_member(programme, "title")),
        number=number,
        semester=semester,
        digest=digest_of(edition),
        record_digest=digest_of(record),
        previous=previous,
        published_at=published_at,
        approvals=_approvals(record),
    )


def _approvals(record: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the organisations that approved, as the record tells them. Raises _Unusable."""
    if record.get("format") != RECORD_FORMAT:
        positions = _mappings(record, "positions")
    else:
        try:
            list(faults_of(_mapping(_mapping(record, "decision"), "computation")))
        except DomainError as refusal:
            raise _Unusable("malformed", refusal.message) from refusal
        positions = positions_in(record)
    approving = (position for position in positions if position.get("kind") == "approval")
    return tuple(one_line(_member(position, "organisation_name")) for position in approving)


def _check_file(file: Mapping[str, Any], edition: CheckedEdition) -> Iterator[tuple[str, str]]:
    """Faults of one file alone: code, message."""
    record = file["record"]
    if file.get("digest") != edition.digest:
        yield "digest", _("le texte a été modifié : son empreinte n’est pas celle que le fichier annonce.")
    if file.get("record_digest") != edition.record_digest:
        yield "record-digest", _("le procès-verbal a été modifié : son empreinte n’est pas celle annoncée.")
    if record.get("edition_digest") != edition.digest:
        yield "other-text", _("le procès-verbal porte sur un autre texte que celui du fichier.")
    yield from _check_link(edition)
    if record.get("format") == RECORD_FORMAT:
        yield from _check_recorded_decision(file, edition)
    else:
        yield from _check_positions(file)


def _check_link(edition: CheckedEdition) -> Iterator[tuple[str, str]]:
    previous = edition.previous
    if previous is None:
        if edition.number > 1:
            yield "no-previous", _("l’édition ne porte pas l’empreinte de la précédente.")
        return
    if edition.number == 1 or previous.get("number") != edition.number - 1:
        yield "bad-previous", _("l’édition dite précédente n’a pas le numéro qui précède.")
    if not (is_digest(previous.get("digest")) and is_digest(previous.get("record_digest"))):
        yield "bad-previous", _("les empreintes de l’édition précédente ne sont pas lisibles.")


def _check_recorded_decision(file: Mapping[str, Any], edition: CheckedEdition) -> Iterator[tuple[str, str]]:
    """Whether the decision bears on this text, binds every college of the programme, follows from the votes it holds,
    and adopts."""
    decision = file["record"]["decision"]
    computation = decision["computation"]
    if decision.get("digest") != edition.digest:
        yield "other-text", _("la décision porte sur un autre texte que celui du fichier.")
    if decision.get("computation_digest") != digest_of(computation):
        yield "computation-digest", _("le calcul a été modifié : son empreinte n’est pas celle annoncée.")
    counted = recount(computation)
    ruled = {rule.college for rule in counted.rule.colleges}
    colleges = {college.get("slug") for college in _mappings(file["edition"], "colleges")}
    if len(ruled) < MINIMUM_COLLEGES or not colleges <= ruled:
        yield "college-without-rule", _("la règle de décision n’est pas celle des collèges du programme.")
    yield from faults_of(computation)
    for college in counted.colleges:
        if not college.is_adopted:
            message = _("le collège « %(college)s » n’adopte pas ce texte.")
            yield "rule-not-met", message % {"college": one_line(college.college)}


def _check_positions(file: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The records of the first format. Whether the positions meet the rules, and the rules bind every college of the
    programme."""
    rules, positions = _mappings(file["record"], "rules"), _mappings(file["record"], "positions")
    colleges = {college.get("slug") for college in _mappings(file["edition"], "colleges")}
    ruled = [rule.get("college") for rule in rules]
    if len(set(ruled)) != len(ruled):
        yield "rule-twice", _("un collège a deux règles d’approbation.")
    if len(set(ruled)) < MINIMUM_COLLEGES or set(ruled) != colleges:
        yield "college-without-rule", _("les règles d’approbation ne sont pas celles des collèges du programme.")
    organisations = [position.get("organisation") for position in positions]
    if len(set(organisations)) != len(organisations):
        yield "position-twice", _("une organisation a pris position deux fois.")
    for rule in rules:
        yield from _check_rule(
            rule, [position for position in positions if position.get("college") == rule.get("college")]
        )


def _check_rule(rule: Mapping[str, Any], positions: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    college, minimum = one_line(rule.get("college")), rule.get("minimum_approvals")
    if isinstance(minimum, bool) or not isinstance(minimum, int) or minimum < 1:
        yield "bad-rule", _("la règle du collège « %(college)s » ne demande aucune approbation.") % {"college": college}
        return
    approving = {position.get("organisation") for position in positions if position.get("kind") == "approval"}
    objecting = [position for position in positions if position.get("kind") == "objection"]
    if len(approving) < minimum:
        message = ngettext(
            "le collège « %(college)s » demande %(minimum)d approbation, le procès-verbal en porte %(count)d.",
            "le collège « %(college)s » demande %(minimum)d approbations, le procès-verbal en porte %(count)d.",
            minimum,
        )
        yield "rule-not-met", message % {"college": college, "minimum": minimum, "count": len(approving)}
    if objecting and rule.get("is_blocked_by_objection") is not False:
        message = _("une objection suspendait l’édition dans le collège « %(college)s ».")
        yield "objection", message % {"college": college}


def _check_chain(chain: Sequence[CheckedEdition]) -> Iterator[Fault]:
    """Faults between editions of one programme, sorted by number. Said of the later one."""
    for before, after in pairwise(chain):
        values = {"number": before.number, "file": before.file}
        if before.number == after.number:
            if (before.digest, before.record_digest) != (after.digest, after.record_digest):
                message = _("une autre édition n° %(number)d existe, différente : %(file)s.")
                yield Fault(after.file, "two-editions", message % values)
            continue
        if before.number + 1 == after.number and after.previous is not None:
            carried = (after.previous.get("digest"), after.previous.get("record_digest"))
            if carried != (before.digest, before.record_digest):
                message = _(
                    "la chaîne est rompue : elle ne porte pas les empreintes de l’édition n° %(number)d (%(file)s)."
                )
                yield Fault(after.file, "broken-chain", message % values)
        is_earlier = after.published_at < before.published_at
        if is_earlier or Semester.parse(after.semester) < Semester.parse(before.semester):
            message = _("elle est datée d’avant l’édition n° %(number)d (%(file)s).")
            yield Fault(after.file, "out-of-order", message % values)


def _gaps(chain: Sequence[CheckedEdition]) -> Iterator[str]:
    """Sentences on the editions that were not given: the links with them stay unchecked."""
    numbers = {edition.number for edition in chain}
    for edition in chain:
        if edition.number > 1 and edition.number - 1 not in numbers:
            message = _(
                "%(title)s : sans l’édition n° %(missing)d, le lien de l’édition n° %(number)d n’a pas été vérifié."
            )
            yield message % {"title": edition.title, "missing": edition.number - 1, "number": edition.number}


def _member(owner: Mapping[str, Any], name: str) -> str:
    value = owner.get(name)
    if not isinstance(value, str) or not value:
        raise _malformed(name)
    return value


def _mapping(owner: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = owner.get(name)
    if not isinstance(value, dict):
        raise _malformed(name)
    return value


def _mappings(owner: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of objects whose texts are texts: what is compared below can then be put in a set."""
    value = owner.get(name)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _malformed(name)
    for item in value:
        if any(isinstance(member, list | dict) for member in item.values()):
            raise _malformed(name)
    return value


def _malformed(name: str) -> _Unusable:
    return _Unusable("malformed", _("le membre « %(name)s » manque ou n’est pas ce qu’il doit être.") % {"name": name})
