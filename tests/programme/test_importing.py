"""Loading programmes from files: nothing padded, nothing lost, nothing half written."""

import re

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from concerte.documents.models import Document
from concerte.documents.rich_text import plain_text
from concerte.documents.services import current_state
from concerte.partners.models import Organisation
from concerte.programme.errors import ProgrammeRefused
from concerte.programme.importing import EXAMPLES, draft_of, load_programme
from concerte.programme.models import Action, Programme
from concerte.programme.programme_file import MAX_FILE_BYTES, ImportRefused, read_programme_file
from concerte.programme.reading import read_state
from concerte.programme.seeding import seed
from concerte.programme.verdict import verdict_on
from tests.programme.factories import PersonFactory, college

DCANT, TNT, EXERCISE = EXAMPLES
pytestmark = pytest.mark.django_db

SMALL = """
format: programme-concerte/1
programme:
  {id: petit, name: "Petit programme", acronym: PETIT, period: {start: "2026", end: "2027"}, coordinator: service}
axes: [{id: axe-1, title: "Axe"}]
sources: [{id: s1, title: "Une page", url: "https://example.org/page", date: "2019"}]
actions:
  - {id: a1, axis: axe-1, title: "Une action", pilots: {etat: [service], collectivites: []},
     contributors: [communes], source: [s1]}
partners:
  - {id: service, name: "Un service", college: etat}
  - {id: communes, name: "Des communes", college: collectivites}
"""


@pytest.fixture(autouse=True)
def both_colleges(db):
    """The first migration makes them; a test with real transactions may have emptied the tables since."""
    college("etat")
    college("collectivites")


def refused(text):
    with pytest.raises(ImportRefused) as refusal:
        load_programme(text, acting_user=None)
    assert not Programme.objects.exists()
    assert not Organisation.objects.exists()
    assert not Document.objects.exists()
    return refusal.value


def draft_in(programme):
    return read_state(current_state(programme.draft_id))


def test_the_real_programme_is_loaded_without_padding():
    programme = load_programme(DCANT, acting_user=None)

    draft = draft_in(programme)
    assert (programme.slug, programme.code_prefix, programme.acronym) == ("dcant-2018-2020", "DCANT", "DCANT")
    assert (programme.starts_on, programme.ends_on) == ("2017-12-14", "2021-01")
    assert [axis.title for axis in draft.axes] == [
        "Socle commun", "Gouvernance partagée", "Approche globale de la donnée", "Passage à l’échelle",
    ]  # fmt: skip
    assert sorted(draft.by_code) == [f"DCANT-{number:02d}" for number in range(1, 18)]
    assert Action.objects.filter(programme=programme).count() == 17
    assert programme.next_action_number == 18
    sheet = draft.by_code["DCANT-03"]
    assert (sheet.pilots, sheet.deadline, sheet.pilots_basis, sheet.axis_basis) == ((), "", "unknown", "deduced")
    assert sheet.sections["deliverables"] == ()


def test_the_notice_says_what_is_not_known():
    notice = load_programme(DCANT, acting_user=None).notice

    assert notice.startswith(
        "Le programme annonçait 35 premières actions\u00a0: 3 seulement sont nommées dans les sources lues\u202f; "
        "17 actions sont établies en tout."
    )
    assert "déduit pour 13 actions sur 17" in notice
    assert "Aucun pilote n’a été trouvé du côté des collectivités." in notice


def test_deduced_facts_keep_saying_so():
    draft = draft_of(read_programme_file(DCANT.read_bytes()))

    cloud = draft.by_code["DCANT-09"]
    assert (cloud.deadline, cloud.deadline_basis) == ("2019-06-30", "deduced")
    assert (cloud.pilots, cloud.pilots_basis) == (("dinsic",), "deduced")
    assert draft.by_code["DCANT-13"].certainty == "partial"
    assert draft.by_code["DCANT-05"].axis_basis == "documented"
    assert draft.by_code["DCANT-05"].partners == ("cnil",)


def test_statuses_and_deliverables_are_told_in_words():
    draft = draft_of(read_programme_file(DCANT.read_bytes()))

    assert draft.by_code["DCANT-17"].stage == "transferred"
    assert draft.by_code["DCANT-12"].stage == "proposed"
    assert draft.by_code["DCANT-02"].stage == "in_progress"
    assert plain_text(draft.by_code["DCANT-06"].sections["deliverables"]) == (
        "- Huit webinaires (septembre 2018 à février 2019, réalisé)"
    )
    assert plain_text(draft.by_code["DCANT-10"].sections["problem"]).startswith("Deux décrets du 18 janvier 2019")


def test_what_is_known_of_the_past_is_kept_with_its_sources():
    programme = load_programme(DCANT, acting_user=None)

    assert programme.origin["coverage"]["announced_first_actions"] == 35
    assert [roadmap["id"] for roadmap in programme.origin["roadmaps"]] == ["18S1", "18S2", "19S1", "19S2", "20S1"]
    assert all(re.match("https?://", source["address"]) for source in programme.origin["sources"])
    assert {"gaps", "issues", "indicators", "milestones", "bodies"} <= programme.origin.keys()
    origin = programme.actions.get(number=2).origin
    assert (origin["id"], len(origin["status_history"])) == ("dcant-02", 3)


def test_organisations_keep_their_time_and_its_precision():
    load_programme(DCANT, acting_user=None)

    dinsic = Organisation.objects.get(slug="dinsic")
    assert (dinsic.starts_on, str(dinsic.ends_on), dinsic.certainty) == (None, "2020-01-01", "documented")
    assert (dinsic.end_text, dinsic.note) == ("2019", "")
    assert dinsic.sources[0]["title"].startswith("Article de lancement")
    assert Organisation.objects.get(slug="amf").participations.get().role == "participation partiellement établie"


def test_two_programmes_share_their_organisations():
    dcant = load_programme(DCANT, acting_user=None)
    tnt = load_programme(TNT, acting_user=None)

    amf = Organisation.objects.get(slug="amf")
    assert amf.certainty == "documented"
    assert {"pr-localtis-2021", "off-tnt-gouvernance"} <= {source["id"] for source in amf.sources}
    assert amf.participations.count() == 2
    assert tnt.predecessor == dcant
    assert (dcant.is_featured, tnt.is_featured) == (True, False)
    assert (dcant.is_draft_public, tnt.is_draft_public) == (True, True)
    assert {row.organisation.slug for row in dcant.participations.filter(is_coordinator=True)} == {"dinsic", "dinum"}


def test_actions_without_a_number_are_numbered_in_the_order_of_the_file():
    tnt = load_programme(TNT, acting_user=None)

    assert [action.origin["id"] for action in tnt.actions.order_by("number")][:2] == ["tnt-gp1", "tnt-gp2"]
    assert draft_in(tnt).by_code["TNT-02"].pilots == ("anct", "france-urbaine", "adcf", "villes-de-france")


def test_an_unknown_status_keeps_the_last_known_one():
    tnt = draft_of(read_programme_file(TNT.read_bytes()))

    assert tnt.by_code["TNT-02"].stage == "in_progress"


def test_axes_in_which_no_source_places_anything_are_deduced():
    assert {axis.basis for axis in draft_of(read_programme_file(TNT.read_bytes())).axes} == {"deduced"}
    assert {axis.basis for axis in draft_of(read_programme_file(DCANT.read_bytes())).axes} == {"documented"}


def test_the_exercise_is_ready_to_be_put_to_the_colleges():
    exercise = load_programme(EXERCISE, acting_user=None)

    assert exercise.is_fictitious
    assert "fictifs" in exercise.notice
    assert not exercise.is_draft_public
    assert verdict_on(exercise, draft_in(exercise)).blocking == ()


def test_the_checks_say_what_the_real_programme_does_not_know():
    dcant = load_programme(DCANT, acting_user=None)

    found = {(finding.code, finding.action) for finding in verdict_on(dcant, draft_in(dcant)).blocking}

    assert ("no-pilot", "DCANT-01") in found
    assert ("pilots-deduced", "DCANT-04") in found


def test_loading_twice_changes_nothing():
    first = load_programme(TNT, acting_user=None)
    counts = (Organisation.objects.count(), Action.objects.count(), Document.objects.count())

    again = load_programme(TNT, acting_user=None)

    assert again == first
    assert (Organisation.objects.count(), Action.objects.count(), Document.objects.count()) == counts


def test_someone_who_is_no_administrator_loads_nothing():
    with pytest.raises(Exception, match="administration") as refusal:
        load_programme(SMALL, acting_user=PersonFactory())

    assert refusal.value.code == "not-allowed"
    assert not Organisation.objects.exists()


def test_a_prefix_already_taken_is_refused():
    load_programme(SMALL, acting_user=None)

    with pytest.raises(ProgrammeRefused) as refusal:
        load_programme(SMALL.replace("id: petit", "id: autre"), acting_user=None)

    assert refusal.value.code == "prefix-taken"
    assert Programme.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "into", "code", "place"),
    [
        ("programme-concerte/1", "autre/3", "unknown-format", "format"),
        ("axis: axe-1", "axis: axe-9", "unknown-axis", "actions n°\u00a01 (a1) › axis"),
        ("contributors: [communes]", "contributors: [moi]", "unknown-partner", "actions n°\u00a01 (a1) › contributors"),
        ("etat: [service]", "etat: [personne]", "unknown-partner", "actions n°\u00a01 (a1) › pilots"),
        ("etat: [service]", "etat: [communes]", "wrong-college", "actions n°\u00a01 (a1) › pilots"),
        ("source: [s1]", "source: [s2]", "unknown-source", "actions n°\u00a01 (a1) › source"),
        ("source: [s1]", 'deadline: "bientôt"', "bad-date", "actions n°\u00a01 (a1) › deadline"),
        ("source: [s1]", 'deadline: "2019-02-30"', "bad-date", "actions n°\u00a01 (a1) › deadline"),
        ("source: [s1]", "deadline: 2019", "wrong-type", "actions n°\u00a01 (a1) › deadline"),
        ("source: [s1]", "certainty: sûr", "unknown-value", "actions n°\u00a01 (a1) › certainty"),
        ("source: [s1]", "last_known_status: finie", "unknown-value", "actions n°\u00a01 (a1) › last_known_status"),
        ("source: [s1]", "deliverables: [un guide]", "wrong-type", "actions n°\u00a01 (a1) › deliverables n°\u00a01"),
        ("source: [s1]", "summary: .nan", "wrong-type", "actions › 1 › summary"),
        ('title: "Une action"', "summary: x", "missing", "actions n°\u00a01 (a1) › title"),
        ('title: "Une action"', "title: [x]", "wrong-type", "actions n°\u00a01 (a1) › title"),
        ("id: communes", "id: service", "twice", "partners n°\u00a02 (service) › id"),
        ("id: communes", "id: Les Communes", "bad-id", "partners n°\u00a02 (Les Communes) › id"),
        ("college: collectivites", "college: voisins", "unknown-college", "partners n°\u00a02 (communes) › college"),
        ("coordinator: service", "coordinator: personne", "unknown-partner", "programme › coordinator"),
        ("id: axe-1, title", 'id: "axe 1", title', "bad-id", "axes n°\u00a01 (axe 1) › id"),
        ('name: "Un service"', f'name: "{"x" * 201}"', "too-long", "partners n°\u00a01 (service) › name"),
        ("period: {", "period: x, autre: {", "wrong-type", "programme › period"),
        ("axes: [", "axes: x\nautres: [", "wrong-type", "axes"),
    ],
)  # fmt: skip
def test_a_file_that_does_not_fit_is_refused_with_its_place(changed, into, code, place):
    assert changed in SMALL

    refusal = refused(SMALL.replace(changed, into, 1))

    assert (refusal.code, refusal.place) == (code, place)
    assert refusal.message.startswith(f"{place}\u00a0: ")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "wrong-type"),
        ("- a\n- b", "wrong-type"),
        ("a: [", "not-yaml"),
        ("a: &x [1]\nb: *x", "not-yaml"),
        ("a: 1\na: 2", "not-yaml"),
        ("a: !!python/object/apply:os.getcwd []", "not-yaml"),
        ("{[a]: 1}", "not-yaml"),
        ("1: x", "wrong-type"),
        ("a: " + "[" * 50 + "]" * 50, "wrong-type"),
        ("[" * 3000, "not-yaml"),
        (b"\xff\xfe\x00", "not-yaml"),
        ("x" * (MAX_FILE_BYTES + 1), "too-big"),
    ],
    ids=["empty", "list", "cut", "reference", "twice", "object", "key", "number", "nested", "deep", "bytes", "big"],
)
def test_what_is_no_programme_is_refused(text, code):
    assert refused(text).code == code


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert refused(tmp_path / "absent.yaml").code == "unreadable"


def test_dates_without_quotes_stay_texts():
    file = read_programme_file(SMALL.replace("source: [s1]", "deadline: 2027-06-30, source: [s1]"))

    assert file.actions[0].deadline == "2027-06-30"


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(data):
    text = SMALL
    for _change in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text) - 1))
        text = text[:at] + data.draw(st.text(max_size=3)) + text[at + data.draw(st.integers(0, 12)) :]

    try:
        draft = draft_of(read_programme_file(text))
    except ImportRefused as refusal:
        draft = None
        said = refusal.message

    assert draft is None or read_state(seed(draft)) == draft
    assert draft is not None or said


def test_participation_starts_with_the_programme():
    dcant = load_programme(DCANT, acting_user=None)

    starts = {row.organisation.slug: str(row.starts_on) for row in dcant.participations.select_related("organisation")}

    assert starts["apvf"] == "2017-12-14"
    assert starts["dinum"] == "2019-01-01"
    assert all(day <= str(timezone.localdate()) for day in starts.values())
