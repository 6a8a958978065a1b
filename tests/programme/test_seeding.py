"""A draft written as a Yjs document reads back as itself."""

from hypothesis import given, settings
from pycrdt import Doc, XmlElement, XmlFragment

from concerte.documents.rich_text import paragraph, plain_text
from concerte.programme.draft import Draft
from concerte.programme.reading import FRAGMENT_NAME, read_state
from concerte.programme.seeding import seed, with_blocks
from tests.programme.drafts import complete_action, draft_of, drafts


@given(drafts)
@settings(max_examples=40, deadline=None)
def test_reading_a_seed_gives_the_draft_back(draft):
    assert read_state(seed(draft)) == draft


def test_empty_sections_hold_a_paragraph_for_the_editor():
    doc: Doc[XmlFragment] = Doc()
    doc.apply_update(seed(draft_of(complete_action(sections={}), preamble=())))

    preamble = next(
        node
        for node in doc.get(FRAGMENT_NAME, type=XmlFragment).children
        if isinstance(node, XmlElement) and node.tag == "preamble"
    )

    assert [child.tag for child in preamble.children if isinstance(child, XmlElement)] == ["paragraph"]


def test_all_attributes_are_texts():
    doc: Doc[XmlFragment] = Doc()
    doc.apply_update(seed(draft_of(complete_action())))
    axis = list(doc.get(FRAGMENT_NAME, type=XmlFragment).children)[2]
    assert isinstance(axis, XmlElement)

    action = next(child for child in axis.children if isinstance(child, XmlElement) and child.tag == "action")

    attributes = dict(iter(action.attributes))
    assert all(isinstance(value, str) for value in attributes.values())
    assert attributes["pilots"] == "service-d-essai association-d-essai"


def test_an_empty_draft_can_be_seeded():
    assert read_state(seed(Draft())) == Draft()


def test_blocks_are_added_at_the_end_of_a_section():
    state = seed(draft_of(complete_action()))

    update = with_blocks(state, "EXO-01", "effects", (paragraph("Et encore."),))

    assert update is not None
    doc: Doc[XmlFragment] = Doc()
    doc.apply_update(state)
    doc.apply_update(update)
    sheet = read_state(doc.get_update()).by_code["EXO-01"]
    assert plain_text(sheet.sections["effects"]).split("\n")[-1] == "Et encore."
    assert with_blocks(state, "EXO-99", "effects", ()) is None
    assert with_blocks(state, "EXO-01", "unknown", ()) is None
