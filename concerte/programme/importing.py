"""Loading a programme from a file: its organisations, its text, the codes of its actions, the facts of its past.

What is stored here is in French whatever the language of the person who imports: it is content, not interface."""

import logging
import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from concerte.accounts.models import User
from concerte.common.partial_dates import PartialDate
from concerte.common.templatetags.typography import french, partial_date, sentence
from concerte.documents.rich_text import Blocks, bullet_list, paragraph, safe_link
from concerte.partners.models import College, Organisation
from concerte.partners.services import add_sources, create_organisation
from concerte.programme.draft import ActionSheet, Axis, Basis, Certainty, Draft, empty_sections
from concerte.programme.models import Programme
from concerte.programme.notices import notice_of
from concerte.programme.programme_file import (
    MAX_FILE_BYTES,
    ActionFacts,
    AxisFacts,
    DeliverableFacts,
    ImportRefused,
    PartnerFacts,
    ProgrammeFile,
    read_programme_file,
)
from concerte.programme.seeding import seed
from concerte.programme.services import add_participation, create_programme, register_action

logger = logging.getLogger(__name__)

DATA = Path(__file__).parent / "data"
EXAMPLES = (DATA / "dcant-2018-2020.yaml", DATA / "tnt-2021-2024.yaml", DATA / "exercice.yaml")

_PARTIAL_DATE = re.compile(r"\b\d{4}-(?:S[12]|\d{2}(?:-\d{2})?)\b")  # as the files write a date; a year alone is words
_DELIVERABLE_STATUSES = {"realise": "réalisé", "prevu": "prévu", "en_cours": "en cours"}


@transaction.atomic
def load_programme(source: Path | str | bytes, *, acting_user: User | None) -> Programme:
    """Load a programme from a file (Path) or its text. One that is already there is left alone, and returned.

    The first real programme is put on the front page; the text of a real one is public, for it is made of published
    facts. acting_user: an administrator, or nobody (the operator). Raises ImportRefused (see programme_file, and
    "unreadable", "unknown-college") or the refusals of the services; nothing is then written."""
    file = read_programme_file(_content(source))
    there_already = Programme.objects.filter(slug=file.id).first()
    if there_already is not None:
        logger.info("programme=%s is there already: left alone", file.id)
        return there_already
    organisations = _load_organisations(file, acting_user)
    has_featured = Programme.objects.filter(is_featured=True).exists()
    programme = create_programme(
        slug=file.id,
        title=french(file.title),
        acronym=file.acronym,
        code_prefix=file.acronym.upper(),
        summary=sentence(file.ambition),
        starts_on=file.starts_on,
        ends_on=file.ends_on,
        seed=seed(draft_of(file)),
        notice=notice_of(file),
        origin=_origin(file),
        is_draft_public=not file.is_fictitious,
        is_featured=not file.is_fictitious and not has_featured,
        is_fictitious=file.is_fictitious,
        predecessor=Programme.objects.filter(slug=file.predecessor).first() if file.predecessor else None,
        acting_user=acting_user,
    )
    for number, action in zip(_numbers(file), file.actions, strict=True):
        register_action(programme, number=number, origin=action.raw, acting_user=acting_user)
    for partner in file.partners:
        add_participation(
            programme,
            organisation=organisations[partner.id],
            is_coordinator=partner.id in file.coordinators,
            role=_role(partner),
            starts_on=_participates_from(file, organisations[partner.id]),
            acting_user=acting_user,
        )
    programme.refresh_from_db()  # each code it gave moved its counter
    return programme


def draft_of(file: ProgrammeFile) -> Draft:
    """The text the facts of a file make: nothing but what the file says, each deduced fact marked as such.

    Its words get French typography, whatever the keyboard the file was typed on; the facts kept as imported do not."""
    preamble = [paragraph(sentence(text)) for text in (file.ambition, file.frame) if text]
    if file.cadence:
        preamble.append(paragraph(sentence(f"Rythme : {file.cadence}")))
    # Where no source places any action under any axis, the axes themselves are an arrangement made by the file.
    are_axes_documented = any(action.axis_basis == Basis.DOCUMENTED for action in file.actions) or file.is_fictitious
    return Draft(
        title=french(file.title),
        preamble=tuple(preamble),
        axes=tuple(_axis(axis, file, are_documented=are_axes_documented) for axis in file.axes),
    )


def _axis(axis: AxisFacts, file: ProgrammeFile, *, are_documented: bool) -> Axis:
    intro = [text for text in (axis.long_title, axis.summary) if text and text != axis.title]
    basis = ""
    if axis.certainty:
        is_documented = are_documented and axis.certainty == Certainty.DOCUMENTED
        basis = (Basis.DOCUMENTED if is_documented else Basis.DEDUCED).value
    return Axis(
        id=axis.id,
        title=french(axis.title),
        basis=basis,
        intro=tuple(paragraph(sentence(text)) for text in intro),
        actions=tuple(
            _action(action, f"{file.acronym.upper()}-{number:02d}")
            for number, action in zip(_numbers(file), file.actions, strict=True)
            if action.axis == axis.id
        ),
    )


def _numbers(file: ProgrammeFile) -> list[int]:
    """The numbers of the actions: those of their ids when all have one (`dcant-07`), otherwise their ranks."""
    pattern = re.compile(rf"{re.escape(file.acronym.lower())}-0*([1-9][0-9]{{0,3}})")
    matches = [pattern.fullmatch(action.id) for action in file.actions]
    numbers = [int(match[1]) for match in matches if match]
    is_numbered = len(set(numbers)) == len(file.actions)
    return numbers if is_numbered else list(range(1, len(file.actions) + 1))


def _action(action: ActionFacts, code: str) -> ActionSheet:
    """The sheet of an action: its description is what it aims at, its context the problem; no more is guessed."""
    return ActionSheet(
        code=code,
        title=french(action.title),
        stage=action.stage,
        pilots=action.pilots,
        partners=action.partners,
        start=action.start,
        deadline=action.deadline,
        audience=french(action.audience),
        certainty=action.certainty,
        sources=action.sources,
        axis_basis=action.axis_basis,
        pilots_basis=action.pilots_basis,
        deadline_basis=action.deadline_basis,
        sections=empty_sections()
        | {
            "problem": _paragraphs(action.context),
            "objectives": _paragraphs(action.summary),
            "effects": _items(action.effects),
            "deliverables": _items(tuple(_deliverable(item) for item in action.deliverables)),
            "milestones": _items(action.milestones),
        },
    )


def _deliverable(item: DeliverableFacts) -> str:
    """`Huit webinaires (septembre 2018 à février 2019, réalisé)`: date and status, in words."""
    when = _PARTIAL_DATE.sub(lambda found: partial_date(found[0]), item.date)
    details = ", ".join(filter(None, (when, _DELIVERABLE_STATUSES.get(item.status, item.status))))
    return f"{item.title} ({details})" if details else item.title


def _paragraphs(text: str) -> Blocks:
    return (paragraph(sentence(text)),) if text else ()


def _items(texts: tuple[str, ...]) -> Blocks:
    return (bullet_list(map(french, texts)),) if texts else ()


def _load_organisations(file: ProgrammeFile, acting_user: User | None) -> dict[str, Organisation]:
    """The partners of the file, by id. One that another file brought stays as it is, and gains the sources of this."""
    colleges = {college.slug: college for college in College.objects.all()}
    known = Organisation.objects.in_bulk([partner.id for partner in file.partners], field_name="slug")
    sources = {source["id"]: _source_line(source) for source in file.sources}
    for rank, partner in enumerate(file.partners, 1):
        if partner.college not in colleges:
            raise ImportRefused(
                _("le collège «\u00a0%(college)s\u00a0» n’existe pas ici.") % {"college": partner.college},
                code="unknown-college",
                place=f"partners n°\u00a0{rank} ({partner.id}) › college",
            )
        lines = [sources[source] for source in partner.sources]
        if partner.id in known:
            known[partner.id] = add_sources(
                known[partner.id], sources=lines, certainty=partner.certainty, acting_user=acting_user
            )
            continue
        known[partner.id] = create_organisation(
            slug=partner.id,
            name=french(partner.name),
            acronym=partner.acronym,
            college=colleges[partner.college],
            kind=partner.kind.replace("_", " "),
            starts_on=PartialDate.parse(partner.since).first_day if partner.since else None,
            ends_on=PartialDate.parse(partner.until).last_day + timedelta(days=1) if partner.until else None,
            starts_known_as=partner.since,
            ends_known_as=partner.until,
            certainty=partner.certainty,
            sources=lines,
            note=sentence(partner.note),
            acting_user=acting_user,
        )
    return known


def _role(partner: PartnerFacts) -> str:
    """A participation that is only partly established says so: the directory says it of the organisation only."""
    role = french(partner.role)
    if partner.certainty != Certainty.PARTIAL:
        return role
    return f"{role} (partiellement établi)" if role else "participation partiellement établie"


def _participates_from(file: ProgrammeFile, organisation: Organisation) -> date:
    first_day = PartialDate.parse(file.starts_on).first_day
    return max(first_day, organisation.starts_on) if organisation.starts_on else first_day


def _origin(file: ProgrammeFile) -> dict[str, Any]:
    """What is kept of the file as it is: facts of others, shown with their source, never edited."""
    return {
        **file.others,
        "sources": [source | {"address": _address(source)} for source in file.sources],
        "roadmaps": list(file.roadmaps),
        "coverage": file.coverage,
    }


def _source_line(source: Mapping[str, Any]) -> dict[str, str]:
    named = {name: str(source.get(name) or "") for name in ("id", "title", "publisher", "date")}
    return named | {"address": _address(source)}


def _address(source: Mapping[str, Any]) -> str:
    """Where a source can be read: a web address, or a file of a public repository at the version that was read."""
    if address := safe_link(source.get("url")):
        return address
    repository, path = source.get("repo"), source.get("path")
    if not (isinstance(repository, str) and isinstance(path, str)):
        return ""
    return safe_link(f"https://github.com/{repository}/blob/{source.get('commit') or 'HEAD'}/{path}")


def _content(source: Path | str | bytes) -> str | bytes:
    if not isinstance(source, Path):
        return source
    try:
        with source.open("rb") as stream:
            return stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        message = _("le fichier %(path)s n’est pas lisible.") % {"path": source}
        raise ImportRefused(message, code="unreadable") from error
