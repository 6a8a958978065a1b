"""How presence leaves: merged, throttled, and never waiting for anybody."""

import asyncio
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from concerte.documents import limits, protocol
from concerte.documents.errors import FrameRefused
from concerte.documents.presence import PresenceBook
from concerte.documents.presence_relay import read_presence, write_presence
from concerte.documents.protocol import GONE, Sign
from tests.documents.presence_scene import Receiver, Scene, later, person_of, play, read_signs


def test_what_is_said_during_one_tick_leaves_as_one_frame_with_the_last_word_of_each() -> None:
    async def scenario() -> None:
        scene = Scene(3)
        await scene.say_all()
        await scene.quiet()
        scene.clear()
        for clock in (2, 3, 4):
            scene.say(0, clock)
            scene.say(1, clock)
        await scene.quiet()

        (frame,) = scene.people[2].frames
        assert {(sign.client_id, sign.clock) for sign in read_signs(frame)} == {(0, 4), (1, 4)}

    play(scenario())


def test_one_frame_is_built_for_all() -> None:
    async def scenario() -> None:
        scene = Scene(50)
        await scene.say_all()
        await scene.quiet()
        scene.clear()
        scene.say(0, 2)
        scene.say(1, 2)
        await scene.quiet()

        assert len({id(person.frames[0]) for person in scene.people}) == 1

    play(scenario())


@pytest.mark.parametrize(("people", "most"), [(2, 52), (100, 21), (500, 5)])
def test_the_more_people_the_rarer_the_frames(people: int, most: int) -> None:
    async def scenario() -> None:
        scene = Scene(people)
        await scene.say_all()
        await scene.quiet()
        scene.clear()
        for clock in range(2, 202):  # for a second
            scene.say(0, clock)
            await later(0.005)
        await scene.quiet()

        frames = scene.people[1].frames
        assert 0.8 * most <= len(frames) <= most + 1
        assert read_signs(frames[-1]) == (Sign(0, 201, b"{}"),)

    play(scenario())


def test_all_who_come_at_once_are_told_of_everyone_by_the_same_few_frames() -> None:
    async def scenario() -> None:
        scene = Scene(500)
        for person in scene.people:
            scene.relay.arrive(person)
        await scene.say_all()
        await scene.quiet()

        assert all(len(person.view()) == 500 for person in scene.people)
        assert sum(len(person.frames) for person in scene.people) <= 4 * 500
        assert len({id(frame) for person in scene.people for frame in person.frames}) <= 4

    play(scenario())


def test_all_who_leave_at_once_leave_in_one_frame() -> None:
    async def scenario() -> None:
        scene = Scene(300)
        await scene.say_all()
        await scene.quiet()
        scene.clear()
        for person in scene.people[1:]:
            scene.connections.discard(person)
            scene.relay.leave(person)
        await scene.quiet()

        (frame,) = scene.people[0].frames
        assert len(read_signs(frame)) == 299

    play(scenario())


def test_who_does_not_keep_up_is_told_later_what_they_missed_and_only_that() -> None:
    async def scenario() -> None:
        scene = Scene(4)
        await scene.say_all()
        await scene.quiet()
        scene.clear()
        slow = scene.people[3]
        slow.is_clear = False
        for clock in range(2, 50):
            scene.say(0, clock)
            await later(0.05)
        scene.connections.discard(scene.people[1])
        scene.relay.leave(scene.people[1])
        await scene.quiet()
        assert slow.frames == []
        slow.is_clear = True
        await scene.quiet()

        (frame,) = slow.frames
        assert set(read_signs(frame)) == {Sign(0, 49, b"{}"), Sign(1, 1, GONE)}

    play(scenario())


def test_much_presence_leaves_in_pieces_whose_echo_is_not_too_big() -> None:
    async def scenario() -> None:
        scene = Scene(40)
        large = json.dumps("x" * (limits.AWARENESS_STATE_BYTES - 10)).encode()
        await asyncio.gather(*filter(None, [scene.say(number, 1, large) for number in range(40)]))
        scene.connections.add(newcomer := Receiver(99))
        scene.relay.arrive(newcomer)
        await scene.quiet()

        most = limits.PRESENCE_FRAME_BYTES + limits.AWARENESS_STATE_BYTES
        assert len(newcomer.view()) == 40
        assert max(len(frame) for frame in newcomer.frames) <= most < limits.AWARENESS_FRAME_BYTES

    play(scenario())


# --- Echoes and claims ------------------------------------------------------------------------------------------------


def test_an_echo_changes_nothing_and_asks_nothing() -> None:
    async def scenario() -> None:
        scene = Scene(5)
        await scene.say_all()
        await scene.quiet()
        scene.clear()
        scene.say(0, 2)
        scene.say(1, 2)
        await scene.quiet()
        asked, (frame,) = scene.questions, scene.people[4].frames
        scene.clear()
        without_own = protocol.presence_frame([sign for sign in read_signs(frame) if sign.client_id != 1])
        assert scene.relay.take(scene.people[4], frame) is None
        assert scene.relay.take(scene.people[1], without_own) is None
        await scene.quiet()

        assert [person.frames for person in scene.people] == [[]] * 5
        assert scene.questions == asked

    play(scenario())


def test_the_first_word_of_a_connection_is_never_taken_for_an_echo() -> None:
    """A page that comes back says, byte for byte, what was last said of it."""

    async def scenario() -> None:
        scene = Scene(2)
        await scene.say_all()
        await scene.quiet()
        scene.say(0, 2)
        await scene.quiet()
        again = Receiver(0)
        scene.connections.add(again)
        claim = scene.relay.take(again, protocol.presence_frame([Sign(0, 2, b"{}")]))
        if claim is not None:
            await claim

        assert scene.relay.book.speaks(again)

    play(scenario())


def test_all_that_is_claimed_in_one_turn_is_one_question_and_what_is_known_is_not_asked_again() -> None:
    async def scenario() -> None:
        scene = Scene(500)
        scene.owners = {number: person_of(number) for number in range(500)}
        await scene.say_all()
        assert scene.questions == 1
        for person in scene.people:
            scene.relay.leave(person)
        await scene.say_all(clock=2)

        assert scene.questions == 1
        assert len(scene.relay.book.signs()) == 500

    play(scenario())


def test_a_client_of_somebody_else_is_not_taken() -> None:
    async def scenario() -> None:
        scene = Scene(2)
        scene.owners = {0: 77}
        await scene.say_all()

        assert [sign.client_id for sign in scene.relay.book.signs()] == [1]

    play(scenario())


def test_without_the_database_nobody_is_closed_and_who_says_it_again_is_shown() -> None:
    async def scenario() -> None:
        scene = Scene(2)
        scene.database_is_away = True
        await scene.say_all()
        assert scene.relay.book.signs() == []
        scene.database_is_away = False
        await scene.say_all(clock=2)

        assert len(scene.relay.book.signs()) == 2
        assert [person.refusal for person in scene.people] == [None, None]

    play(scenario())


def test_one_connection_speaks_for_a_limited_number_of_clients() -> None:
    async def scenario() -> None:
        scene = Scene(1)
        signs = [Sign(number, 1, b"{}") for number in range(100, 100 + limits.CLIENT_IDS_PER_CONNECTION)]
        claim = scene.relay.take(scene.people[0], protocol.presence_frame(signs))
        assert claim is not None
        await claim
        with pytest.raises(FrameRefused):
            scene.say(0, 1)

    play(scenario())


def test_after_a_restart_each_is_asked_to_count_on_so_that_the_others_listen() -> None:
    async def scenario() -> None:
        scene = Scene(1, is_old=False)
        claim = scene.say(0, 7)
        assert claim is not None
        await claim

        assert [read_signs(frame) for frame in scene.people[0].frames] == [(Sign(0, 7, GONE),)]

    play(scenario())


def test_those_who_stayed_are_asked_to_count_on_for_who_comes_back_but_not_over_and_over() -> None:
    async def scenario() -> None:
        scene = Scene(100)
        await scene.say_all()
        await scene.quiet()
        scene.clear()
        scene.news.clear()
        for person in scene.people[1:50]:  # one after the other, in a second
            scene.connections.discard(person)
            scene.relay.leave(person)
            scene.connections.add(person)
            scene.say(person.client_id, 2)
            await later(0.02)
        await scene.quiet()

        asked = [sign for frame in scene.people[0].frames for sign in read_signs(frame) if sign == Sign(0, 1, GONE)]
        assert len(asked) == 2  # at once, and for those who came in the three seconds after
        assert [news.kind for news in scene.news].count("presence-wanted") == 2

    play(scenario())


# --- The other processes ----------------------------------------------------------------------------------------------


def published(scene: Scene) -> list[list[tuple[Sign, int | None]]]:
    return [read_presence(news.signs) for news in scene.news]


def test_the_other_processes_hear_once_per_tick() -> None:
    async def scenario() -> None:
        scene = Scene(3)
        await scene.say_all()
        await scene.quiet()
        scene.news.clear()
        for clock in (2, 3):
            scene.say(0, clock)
            scene.say(2, clock)
        scene.relay.hear("elsewhere", write_presence(book_of(Sign(50, 1, b"{}")), [50]))
        await scene.quiet()

        assert published(scene) == [[(Sign(0, 3, b"{}"), person_of(0)), (Sign(2, 3, b"{}"), person_of(2))]]

    play(scenario())


def test_processes_that_ask_at_once_are_answered_once() -> None:
    async def scenario() -> None:
        scene = Scene(2)
        await scene.say_all()
        await scene.quiet()
        scene.news.clear()
        for _ in range(5):
            scene.relay.publish_all()
        await scene.quiet()

        (signs,) = published(scene)
        assert [sign.client_id for sign, _ in signs] == [0, 1]

    play(scenario())


def test_who_came_back_elsewhere_makes_those_here_count_on_and_asks_nobody_else() -> None:
    async def scenario() -> None:
        scene = Scene(2)
        await scene.say_all()
        await scene.quiet()
        scene.clear()
        scene.news.clear()
        scene.relay.wanted()
        await scene.quiet()

        assert [read_signs(person.frames[0]) for person in scene.people] == [(Sign(n, 1, GONE),) for n in (0, 1)]
        assert [news.kind for news in scene.news] == ["presence"]

    play(scenario())


def test_the_last_who_leaves_is_told_of_at_once_for_the_process_may_be_ending() -> None:
    async def scenario() -> None:
        scene = Scene(1)
        await scene.say_all()
        await scene.quiet()
        scene.news.clear()
        scene.connections.clear()
        scene.relay.leave(scene.people[0])

        assert [sign.state for signs in published(scene) for sign, _ in signs] == [GONE]

    play(scenario())


def test_a_process_says_again_now_and_then_who_is_here_and_so_keeps_them_from_expiring() -> None:
    async def scenario() -> None:
        here, there = Scene(1), Scene(0)
        seen: list[int] = []
        await here.say_all()
        for _ in range(10):
            await later(10)
            here.relay.expire(here.now() - limits.PRESENCE_EXPIRY_SECONDS)
            await later(1)
            for news in here.news:
                there.relay.hear("here", news.signs)
            here.news.clear()
            there.relay.expire(there.now() - limits.PRESENCE_EXPIRY_SECONDS)
            seen.append(len(there.relay.book.signs()))

        assert seen == [1] * 10

    play(scenario())


def test_nobody_speaks_for_a_client_of_somebody_on_another_process() -> None:
    async def scenario() -> None:
        scene = Scene(2)
        book = PresenceBook()
        book.take(Sign(0, 1, b"{}"), "there", 100, now=0)
        scene.relay.hear("elsewhere", write_presence(book, [0]))
        await scene.say_all(clock=5)

        assert {sign.client_id: sign.clock for sign in scene.relay.book.signs()} == {0: 1, 1: 5}

    play(scenario())


def test_another_process_does_not_take_a_client_of_somebody_here() -> None:
    async def scenario() -> None:
        scene = Scene(2)
        await scene.say_all()
        book = PresenceBook()
        book.take(Sign(1, 9, b"{}"), "there", 100, now=0)
        scene.relay.hear("elsewhere", write_presence(book, [1]))

        assert {sign.client_id: sign.clock for sign in scene.relay.book.signs()} == {0: 1, 1: 1}

    play(scenario())


@given(st.binary(max_size=60))
def test_whatever_another_program_publishes_does_no_harm(content: bytes) -> None:
    async def scenario() -> None:
        scene = Scene(1)
        scene.relay.hear("elsewhere", content)
        await scene.quiet()

    play(scenario())


def book_of(*signs: Sign) -> PresenceBook:
    book = PresenceBook()
    for sign in signs:
        book.take(sign, "there", None, now=0)
    return book


@given(
    st.lists(
        st.tuples(st.integers(1, 2**32), st.integers(0, 2**32), st.integers(0, 2**31)), unique_by=lambda each: each[0]
    )
)
def test_what_processes_tell_each_other_is_read_back(clients: list[tuple[int, int, int]]) -> None:
    book = PresenceBook()
    for client_id, clock, person_id in clients:
        book.take(Sign(client_id, clock, b"{}"), "there", person_id or None, now=0)
    content = write_presence(book, [client_id for client_id, _, _ in clients])

    assert read_presence(content) == [(Sign(id_, clock, b"{}"), person or None) for id_, clock, person in clients]


# --- Whatever happens -------------------------------------------------------------------------------------------------

PEOPLE = 4
steps = st.lists(
    st.tuples(
        st.integers(0, PEOPLE - 1),
        st.sampled_from(("move", "leave", "come", "slow", "quick", "ask")),
        st.sampled_from((0, 0.01, 0.3)),
    ),
    max_size=40,
)


@given(steps)
@example([(0, "move", 0.3), (2, "slow", 0), (0, "leave", 0.3), (2, "ask", 0)])  # asks while it lacks a departure
def test_in_the_end_everyone_sees_who_is_here_and_where(script: list[tuple[int, str, float]]) -> None:
    async def scenario() -> None:
        scene = Scene(PEOPLE)
        clock = 1
        await scene.say_all()
        for person in scene.people:
            scene.relay.arrive(person)
        for number, what, seconds in script:
            person, clock = scene.people[number], clock + 1
            if what == "leave" and person in scene.connections:
                scene.connections.discard(person)
                scene.relay.leave(person)
                person.frames.clear()  # a page that is closed, or a provider that forgets the others
            elif what == "come" and person not in scene.connections:
                scene.connections.add(person)
                scene.relay.arrive(person)
                claim = scene.say(number, clock)
                if claim is not None:
                    await claim
            elif person in scene.connections and what == "move":
                scene.say(number, clock)
            elif person in scene.connections and what == "ask":
                scene.relay.arrive(person)
            elif what in ("slow", "quick"):
                person.is_clear = what == "quick"
            await later(seconds)
        for person in scene.people:
            person.is_clear = True
        await scene.quiet()

        here = {sign.client_id: sign.clock for sign in scene.relay.book.signs()}
        assert set(here) == {person.client_id for person in scene.connections}
        for person in scene.connections:
            # Its own last word may not have been sent back to it.
            assert {**person.view(), person.client_id: here[person.client_id]} == here

    play(scenario())
