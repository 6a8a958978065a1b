"""Whatever people write at the same time, through the real endpoint, every copy ends the same."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.documents.clients import Client
from tests.documents.conftest import Live, in_database
from tests.documents.factories import make_situation

WORDS = ("a", "bonjour ", "été ", "😀", "\n")
PEOPLE = 3

edits = st.lists(
    st.tuples(
        st.integers(0, PEOPLE - 1),
        st.one_of(st.sampled_from(WORDS), st.just("delete"), st.just("leave"), st.just("come back")),
        st.integers(0, 1_000),
    ),
    min_size=5,
    max_size=40,
)


async def play(clients: Sequence[Client], script: Sequence[tuple[int, str, int]]) -> None:
    """Let each person do what the script says, as fast as they can, some of it while away."""
    here = [True] * len(clients)
    for who, what, where in script:
        client = clients[who]
        letters = str(client.text)
        if what == "leave" and here[who]:
            await client.disconnect()
            here[who] = False
        elif what == "come back" and not here[who]:
            await client.connect()
            here[who] = True
        elif what == "delete" and letters:
            index = where % len(letters)
            start = len(letters[:index].encode())
            del client.text[start : start + len(letters[index].encode())]
        elif what in WORDS:
            client.text.insert(len(letters[: where % (len(letters) + 1)].encode()), what)
        if here[who]:
            await client.flush()
        if where % 7 == 0:
            await asyncio.sleep(0)  # lets the others hear of some of it
    for client, is_here in zip(clients, here, strict=True):
        if not is_here:
            await client.connect()


@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(script=edits)
async def test_every_copy_holds_the_same_text(live: Live, script: list[tuple[int, str, int]]) -> None:
    live.situation = await in_database(make_situation)  # a new document for each script
    people = (live.situation.anne, live.situation.bruno, live.situation.anne)
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(await live.client_of(person)) for person in people]
        await play(clients, script)
        for client in clients:
            await client.until_synced()
            await client.flush()
            await client.until_saved()
        for client in clients:
            await client.round_trip()

        texts = {str(client.text) for client in clients}
        assert texts == {await in_database(live.situation.text)}
    live.engine.rooms.clear()
    assert texts == {await in_database(live.situation.text)}
