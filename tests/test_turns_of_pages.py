"""Pages are computed a few at a time: what is sent before what is read, each kind in order, and nobody is forgotten."""

import asyncio
from collections import Counter
from contextlib import suppress

import pytest
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from concerte.config.pages import READ_AT_ONCE, READ_BESIDE_SENT, Turns, takes_a_turn

SENT_AT_ONCE = 2


class Site:
    """Requests that last until they are told to end."""

    def __init__(self) -> None:
        self.turns = Turns(sent_at_once=SENT_AT_ONCE)
        self.running: list[tuple[bool, int]] = []
        self.tasks: list[asyncio.Task[None]] = []
        self._ends: list[asyncio.Event] = []

    def ask(self, is_sent: bool) -> None:
        number = len(self.tasks)
        self._ends.append(asyncio.Event())

        async def request() -> None:
            async with self.turns.taken(is_sent=is_sent):
                self.running.append((is_sent, number))
                try:
                    await self._ends[number].wait()
                finally:
                    self.running.remove((is_sent, number))

        self.tasks.append(asyncio.create_task(request()))

    def end(self, number: int) -> None:
        self._ends[number].set()

    async def settle(self) -> None:
        for _ in range(4 * len(self.tasks) + 4):
            await asyncio.sleep(0)


def test_what_is_sent_goes_before_what_was_asked_for_earlier():
    async def run() -> None:
        site = Site()
        for is_sent in (*[False] * 6, *[True] * 3):
            site.ask(is_sent)
        await site.settle()

        assert Counter(is_sent for is_sent, _ in site.running) == {False: READ_AT_ONCE, True: SENT_AT_ONCE}
        for number in range(4):
            site.end(number)
        await site.settle()
        assert Counter(is_sent for is_sent, _ in site.running) == {False: READ_BESIDE_SENT, True: SENT_AT_ONCE}
        for number in range(4, 9):
            site.end(number)
        await asyncio.gather(*site.tasks)

    asyncio.run(run())


def test_each_kind_has_its_turn_in_order():
    async def run() -> None:
        site = Site()
        for _ in range(5):
            site.ask(True)
        seen = []
        for number in range(5):
            await site.settle()
            seen.append(min(number for _, number in site.running))
            site.end(number)
        await asyncio.gather(*site.tasks)

        assert seen == [0, 1, 2, 3, 4]

    asyncio.run(run())


@given(st.lists(st.tuples(st.sampled_from(["read", "send", "end", "leave"]), st.integers(0, 30), st.booleans())))
def test_nobody_waits_for_who_has_left_and_no_limit_is_passed(steps):
    async def run() -> None:
        site = Site()
        for what, number, is_settled in steps:
            if what in {"read", "send"}:
                site.ask(what == "send")
            elif number < len(site.tasks) and what == "end":
                site.end(number)
            elif number < len(site.tasks):
                site.tasks[number].cancel()
            if is_settled:
                await site.settle()
            running = Counter(is_sent for is_sent, _ in site.running)
            assert running[True] <= SENT_AT_ONCE
            assert running[False] <= READ_AT_ONCE
        for number in range(len(site.tasks)):
            site.end(number)
        for task in site.tasks:
            with suppress(asyncio.CancelledError):
                await task
        assert site.running == []
        async with site.turns.taken(is_sent=True), site.turns.taken(is_sent=False):
            pass  # whoever comes afterwards has their turn at once

    asyncio.run(asyncio.wait_for(run(), 30))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_asking_for_a_code_waits_for_nobody_as_it_waits_for_a_mail_server(language):
    with override(language):
        assert not takes_a_turn(reverse("account_request_login_code"))
        assert takes_a_turn(reverse("account_confirm_login_code"))
        assert takes_a_turn(reverse("governance:vote", args=[1]))


def test_operators_wait_for_nobody():
    assert not takes_a_turn("/__heartbeat__")
