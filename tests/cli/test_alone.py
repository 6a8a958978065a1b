"""Rounds of messages are made by one process at a time; who comes second does not wait."""

import threading

import pytest
from django.db import connection, connections

from concerte.cli.alone import unless_another_does


@pytest.mark.django_db(transaction=True)
def test_who_comes_second_leaves_it_to_the_first_and_may_come_later():
    found: list[bool] = []

    def come() -> None:
        try:
            with unless_another_does() as is_ours:
                found.append(is_ours)
        finally:
            connections.close_all()

    with unless_another_does() as is_ours:
        second = threading.Thread(target=come)
        second.start()
        second.join(20)
    come_later = threading.Thread(target=come)
    come_later.start()
    come_later.join(20)

    assert is_ours
    assert found == [connection.vendor != "postgresql", True]
