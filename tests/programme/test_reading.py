"""Reading a document as data: any document, without failing and without losing words."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pycrdt import Array, Doc, Map, Text, XmlElement, XmlFragment, XmlText

from concerte.common.canonical import canonical_json
from concerte.documents.rich_text import paragraph, plain_text
from concerte.documents.xml_nodes import UnreadableStateError
from concerte.programme.content import draft_content
from concerte.programme.draft import Draft, SectionKind
from concerte.programme.reading import FRAGMENT_NAME, NO_AXIS_ID, read_content, read_state
from concerte.programme.seeding import seed
from tests.programme.drafts import drafts, json_values, states


def state_of(*nodes: XmlElement | XmlText) -> bytes:
    doc: Doc[Any] = Doc()
    fragment = doc.get(FRAGMENT_NAME, type=XmlFragment)
    for node in nodes:
        fragment.children.append(node)
    return bytes(doc.get_update())


def line(tag: str, text: str) -> XmlElement:
    return XmlElement(tag, {}, [XmlText(text)])


def test_an_empty_document_is_an_empty_draft():
    assert read_state(b"") == read_state(state_of()) == Draft()
    assert Draft().is_empty


def test_a_whole_action_is_read():
    section = XmlElement("actionSection", {"kind": "deliverables"}, [line("paragraph", "Un guide")])
    attributes = {
        "code": "DCANT-01", "key": "k1", "stage": "in_progress", "pilots": "dinsic amf", "partners": "cnil",
        "start": "2018-S1", "deadline": "2019-06-30", "audience": "Les communes", "certainty": "partial",
        "sources": "off-2017", "axisBasis": "deduced", "pilotsBasis": "documented", "deadlineBasis": "unknown",
    }  # fmt: skip
    action = XmlElement("action", attributes, [line("actionTitle", "Aider"), section])
    axis = XmlElement("axis", {"id": "axe-1", "basis": "documented"}, [line("axisTitle", "Socle"), action])

    draft = read_state(state_of(line("programmeTitle", "DCANT"), axis))

    assert draft.title == "DCANT"
    assert (draft.axes[0].id, draft.axes[0].title, draft.axes[0].basis) == ("axe-1", "Socle", "documented")
    sheet = draft.by_code["DCANT-01"]
    assert sheet.pilots == ("dinsic", "amf")
    assert sheet.partners == ("cnil",)
    assert (sheet.stage, sheet.start, sheet.deadline) == ("in_progress", "2018-S1", "2019-06-30")
    assert (sheet.audience, sheet.certainty, sheet.sources, sheet.key) == (
        "Les communes",
        "partial",
        ("off-2017",),
        "k1",
    )
    assert (sheet.axis_basis, sheet.pilots_basis, sheet.deadline_basis) == ("deduced", "documented", "unknown")
    assert sheet.sections["deliverables"] == (paragraph("Un guide"),)
    assert list(sheet.sections) == SectionKind.values
    assert draft.axis_of["DCANT-01"].id == "axe-1"


def test_marks_are_read_as_the_editor_writes_them():
    doc: Doc[Any] = Doc()
    preamble = doc.get(FRAGMENT_NAME, type=XmlFragment).children.append(XmlElement("preamble"))
    text = preamble.children.append(XmlElement("paragraph")).children.append(XmlText("à lire ici"))
    text.format(0, 2, {"bold": {}})
    text.format(3, 7, {"link--1a2B3c4=": {"href": "https://example.org", "target": "_blank", "class": None}})
    text.format(8, 11, {"link": {"href": "javascript:alert(1)"}, "italic": None})

    (block,) = read_state(bytes(doc.get_update())).preamble

    assert block["content"] == [
        {"type": "text", "text": "à", "marks": [{"type": "bold"}]},
        {"type": "text", "text": " "},
        {"type": "text", "text": "lire", "marks": [{"type": "link", "attrs": {"href": "https://example.org"}}]},
        {"type": "text", "text": " ici"},
    ]


def test_words_in_odd_places_are_kept():
    axis = XmlElement("axis", {"id": "axe-1"}, [
        XmlText("au vol"), line("unknown", "inconnu"),
        XmlElement("action", {"code": "A-1"}, [
            line("paragraph", "hors section"),
            XmlElement("actionSection", {"kind": "budget"}, [line("paragraph", "coût")]),
        ]),
    ])  # fmt: skip

    draft = read_state(state_of(axis, line("paragraph", "à la fin"), XmlText("et là")))

    assert plain_text(draft.axes[0].intro) == "au vol\ninconnu"
    assert plain_text(draft.actions[0].sections["problem"]) == "hors section\ncoût"
    assert plain_text(draft.preamble) == "à la fin\net là"


def test_two_titles_are_joined():
    draft = read_state(
        state_of(line("programmeTitle", "Un"), line("programmeTitle", ""), line("programmeTitle", "deux"))
    )

    assert draft.title == "Un deux"


def test_an_action_outside_the_axes_is_read_in_one_of_its_own():
    draft = read_state(state_of(XmlElement("action", {"code": "A-1"})))

    assert [axis.id for axis in draft.axes] == [NO_AXIS_ID]
    assert draft.actions[0].code == "A-1"


def test_an_action_is_read_where_it_stands_not_where_it_is_stored():
    first = XmlElement("axis", {"id": "un"}, [
        XmlElement("place", {"id": "repère"}),
        XmlElement("action", {"code": "A-1"}),
        XmlElement("action", {"code": "A-2", "place": "inconnu"}),
    ])  # fmt: skip
    second = XmlElement("axis", {"id": "deux"}, [
        XmlElement("action", {"code": "A-3", "place": "repère"}, [line("actionTitle", "venue d’ailleurs")]),
        XmlElement("action", {"code": "A-4"}),
    ])  # fmt: skip

    draft = read_state(state_of(first, second))

    assert [[action.code for action in axis.actions] for axis in draft.axes] == [["A-3", "A-1", "A-2"], ["A-4"]]
    assert draft.by_code["A-3"].title == "venue d’ailleurs"
    assert draft.axes[0].intro == ()


def test_no_word_is_lost_in_marks_that_are_doubled_or_written_in():
    axis = XmlElement("axis", {"id": "un"}, [
        XmlElement("place", {"id": "repère"}, [line("paragraph", "dans le repère")]),
        XmlElement("place", {"id": "repère"}),
        XmlElement("action", {"code": "A-1", "place": "repère"}),
        XmlElement("action", {"code": "A-2", "place": "repère"}),
    ])  # fmt: skip

    draft = read_state(state_of(axis))

    assert [action.code for action in draft.actions] == ["A-1", "A-2"]
    assert plain_text(draft.axes[0].intro) == "dans le repère"


@pytest.mark.parametrize(
    ("inside", "is_read"),
    [
        ([], False),
        ([line("axisTitle", " ")], False),
        ([line("axisTitle", "écrit depuis")], True),
        ([XmlElement("action", {"code": "A-2"})], True),
        ([XmlElement("place", {"id": "repère"})], True),
    ],
)
def test_an_axis_that_was_removed_is_read_only_when_something_is_in_it(inside, is_read):
    stored = XmlElement("axis", {"id": "un"}, [XmlElement("action", {"code": "A-1", "place": "repère"})])

    draft = read_state(state_of(stored, XmlElement("axis", {"id": "deux", "removed": "yes"}, inside)))

    assert [axis.id for axis in draft.axes] == (["un", "deux"] if is_read else ["un"])


def test_a_list_changed_name_by_name_is_read_with_all_changes():
    attributes = {
        "code": "A-1", "pilots": "dinum amf dinum", "pilots:amf": "", "pilots:sgmap": "2", "pilots:adf": "2",
        "partners": "cnil", "partners:cnil": "x", "pilots:": "3", "pilots:a b": "4", "partners:anct": "0",
    }  # fmt: skip

    action = read_state(state_of(XmlElement("axis", {"id": "un"}, [XmlElement("action", attributes)]))).actions[0]

    assert action.pilots == ("dinum", "adf", "sgmap")
    assert action.partners == ("anct",)


def test_the_same_code_twice_stays_twice():
    draft = read_state(state_of(XmlElement("axis", {"id": "x"}, [
        XmlElement("action", {"code": "a-1"}, [line("actionTitle", "première")]),
        XmlElement("action", {"code": " A-1"}, [line("actionTitle", "seconde")]),
    ])))  # fmt: skip

    assert [action.code for action in draft.actions] == ["A-1", "A-1"]
    assert draft.by_code["A-1"].title == "première"


def test_an_axis_without_usable_id_gets_a_free_one():
    draft = read_state(
        state_of(XmlElement("axis", {"id": "axe-1"}), XmlElement("axis"), XmlElement("axis", {"id": "é /"}))
    )

    assert [axis.id for axis in draft.axes] == ["axe-1", "axe-2", "axe-3"]


def test_attributes_that_are_no_text_do_not_matter():
    doc: Doc[Any] = Doc()
    axis = doc.get(FRAGMENT_NAME, type=XmlFragment).children.append(XmlElement("axis"))
    action = axis.children.append(XmlElement("action"))
    for name, value in {
        "code": 12, "stage": ["adopted"], "pilots": ["amf", 3, "amf", "adf cnil"],
        "deadline": 2019, "start": 1.5, "key": {},
    }.items():  # fmt: skip
        action.attributes[name] = value

    sheet = read_state(bytes(doc.get_update())).actions[0]

    assert (sheet.code, sheet.stage, sheet.deadline, sheet.start, sheet.key) == ("12", "proposed", "2019", "", "")
    assert sheet.pilots == ("amf", "adf", "cnil")


def test_empty_paragraphs_around_a_text_do_not_change_it():
    """The editor puts one in every section it shows: opening a programme must not move its draft."""
    bare = state_of(XmlElement("preamble", {}, [line("paragraph", "Texte")]))
    padded = state_of(
        XmlElement("preamble", {}, [XmlElement("paragraph"), line("paragraph", "Texte"), line("paragraph", " ")])
    )

    assert read_state(padded) == read_state(bare)


@pytest.mark.parametrize("shape", [Map({"a": Text("x")}), Array([1, "b"]), Text("mot")], ids=["map", "array", "text"])
def test_a_document_of_another_shape_is_an_empty_draft(shape):
    doc: Doc[Any] = Doc()
    doc[FRAGMENT_NAME] = shape

    assert read_state(bytes(doc.get_update())).is_empty


def test_a_very_deep_document_keeps_its_words():
    doc: Doc[Any] = Doc()
    parent: Any = doc.get(FRAGMENT_NAME, type=XmlFragment).children.append(XmlElement("preamble"))
    with doc.transaction():
        for _level in range(1500):
            parent = parent.children.append(XmlElement("blockquote"))
        parent.children.append(XmlText("au fond"))

    draft = read_state(bytes(doc.get_update()))

    assert plain_text(draft.preamble) == "au fond"
    canonical_json(draft_content(draft))


def test_bytes_that_are_no_document_are_refused():
    with pytest.raises(UnreadableStateError) as refusal:
        read_state(b"\xff\x00 pas un document")

    assert refusal.value.code == "unreadable"


@given(states())
@settings(max_examples=150, deadline=None)
def test_reading_never_fails_and_the_result_is_always_canonical(state):
    draft = read_state(state)

    content = draft_content(draft)
    canonical_json(content)
    assert draft_content(read_content(content)) == content
    assert read_state(seed(draft)) == draft


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_damaged_states_are_read_or_refused_and_nothing_else(data):
    state = bytearray(data.draw(states()))
    for _change in range(data.draw(st.integers(1, 3))):
        # Not drawn up to the length: the library writes attributes in any order, some of them shorter.
        state[data.draw(st.integers(0, 100_000)) % len(state)] = data.draw(st.integers(0, 255))

    with suppress(UnreadableStateError):
        canonical_json(draft_content(read_state(bytes(state))))


@given(json_values)
@example({"axes": [{"actions": [{"sections": {"problem": [{"type": ["x"]}]}, "pilots": [None]}]}], "title": "\ud800"})
@settings(deadline=None)
def test_any_content_is_read(content):
    canonical_json(draft_content(read_content(content)))


@given(drafts)
@settings(max_examples=30, deadline=None)
def test_content_and_draft_say_the_same(draft):
    assert draft_content(read_content(draft_content(draft))) == draft_content(draft)
