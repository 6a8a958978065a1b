"""Several people change the structure of one programme at once, through the real endpoint: it stays readable data."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from concerte.documents.services import current_state
from concerte.programme.draft import Draft
from concerte.programme.reading import FRAGMENT_NAME, read_state
from concerte.programme.seeding import seed
from tests.documents.conftest import in_database, live, situation  # noqa: F401  the fixtures
from tests.documents.factories import make_situation
from tests.programme.drafts import complete_action, draft_of

PEOPLE = 3


def elements(doc: "Doc[Any]", tag: str) -> list[XmlElement]:
    """All elements of this name, wherever a merge has left them."""
    found: list[XmlElement] = []

    def walk(parent: Any) -> None:
        for child in parent.children:
            if isinstance(child, XmlElement):
                if child.tag == tag:
                    found.append(child)
                walk(child)

    walk(doc.get(FRAGMENT_NAME, type=XmlFragment))
    return found


def write(doc: "Doc[Any]", where: int) -> None:
    titles = elements(doc, "actionTitle") + elements(doc, "paragraph")
    if titles:
        titles[where % len(titles)].children.append(XmlText("mot "))


def set_fact(doc: "Doc[Any]", where: int) -> None:
    actions = elements(doc, "action")
    if actions:
        name = ("stage", "pilots", "deadline", "code")[where % 4]
        actions[where % len(actions)].attributes[name] = ("in_progress", "a b", "2027-13", "EXO-01")[where % 4]


def add_action(doc: "Doc[Any]", where: int) -> None:
    axes = elements(doc, "axis")
    if axes:
        action = XmlElement("action", {"code": "", "key": f"k{where}", "stage": "proposed"})
        axes[where % len(axes)].children.append(action)
        action.children.append(XmlElement("actionTitle", {}, [XmlText("Une action")]))


def remove(doc: "Doc[Any]", where: int) -> None:
    for tag in ("action", "actionSection", "axis"):
        found = elements(doc, tag)
        if found and where % 3 == 0:
            parent = found[where % len(found)].parent
            for index, child in enumerate(parent.children):
                if str(child) == str(found[where % len(found)]):
                    del parent.children[index]
                    return


def add_axis(doc: "Doc[Any]", where: int) -> None:
    doc.get(FRAGMENT_NAME, type=XmlFragment).children.append(
        XmlElement("axis", {"id": f"axe-{where % 3}"}, [XmlElement("axisTitle", {}, [XmlText("Un axe")])])
    )


def move(doc: "Doc[Any]", where: int) -> None:
    """What the editor does: a mark where the action is to stand, and its name in the action."""
    actions, axes = elements(doc, "action"), elements(doc, "axis")
    if actions and axes:
        axes[where % len(axes)].children.append(XmlElement("place", {"id": f"repère-{where}"}))
        actions[where % len(actions)].attributes["place"] = f"repère-{where}"


def misplace(doc: "Doc[Any]", where: int) -> None:
    """What no schema allows, and a faulty tool may still send."""
    paragraphs = elements(doc, "paragraph")
    if paragraphs:
        paragraphs[where % len(paragraphs)].children.append(XmlElement("action", {"code": "EXO-01"}))


EDITS: tuple[Callable[["Doc[Any]", int], None], ...] = (
    write,
    write,
    set_fact,
    add_action,
    move,
    remove,
    add_axis,
    misplace,
)
scripts = st.lists(
    st.tuples(st.integers(0, PEOPLE - 1), st.sampled_from(EDITS), st.integers(0, 99), st.booleans()),
    min_size=5,
    max_size=30,
)


@settings(
    max_examples=15,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(script=scripts)
async def test_every_copy_is_read_as_the_same_draft(live, script) -> None:  # noqa: F811  the fixture
    start = seed(draft_of(complete_action(), complete_action(code="EXO-02", title="Une autre action")))
    live.situation = await in_database(make_situation, start)
    people = (live.situation.anne, live.situation.bruno, live.situation.anne)
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(await live.client_of(person)) for person in people]
        for client in clients:
            await client.until_synced()
        for who, edit, where, is_sent_now in script:
            with clients[who].doc.transaction():
                edit(clients[who].doc, where)
            if is_sent_now:
                await clients[who].flush()
        for client in clients:
            await client.flush()
            await client.until_saved()
        for client in clients:
            await client.round_trip()

        read = [read_state(client.doc.get_update()) for client in clients]
        stored = read_state(await in_database(current_state, live.situation.document.pk))

    assert isinstance(stored, Draft)
    assert all(draft == stored for draft in read)
