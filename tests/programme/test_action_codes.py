"""The codes of actions: given once, never again."""

import threading

import pytest
from django.db import connection

from concerte.programme.errors import ProgrammeRefused
from concerte.programme.models import Action
from concerte.programme.services import MAX_ACTION_NUMBER, new_action_code, register_action
from tests.programme.factories import founded, workshop


@pytest.mark.django_db
def test_codes_follow_each_other_with_the_prefix_of_the_programme():
    programme = founded()

    codes = [register_action(programme, acting_user=None).code for _ in range(2)]

    assert codes == ["EXO-01", "EXO-02"]


@pytest.mark.django_db
def test_an_import_fixes_numbers_and_what_follows_goes_on_after_the_highest():
    programme = founded()

    imported = [
        register_action(programme, number=number, origin={"id": f"x-{number}"}, acting_user=None).code
        for number in (17, 3)
    ]
    following = register_action(programme, acting_user=None)

    assert imported == ["EXO-17", "EXO-03"]
    assert following.code == "EXO-18"
    assert Action.objects.get(code="EXO-03").origin == {"id": "x-3"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "code"), [(1, "number-taken"), (0, "bad-number"), (MAX_ACTION_NUMBER + 1, "too-many")]
)
def test_a_number_that_cannot_be_given_is_refused(number, code):
    programme = founded()
    register_action(programme, acting_user=None)

    with pytest.raises(ProgrammeRefused) as refusal:
        register_action(programme, number=number, acting_user=None)

    assert refusal.value.code == code
    assert programme.actions.count() == 1


@pytest.mark.django_db
def test_a_duplicate_remembers_what_it_is_a_copy_of():
    at_work = workshop()

    copy = new_action_code(at_work.programme, copied_from="EXO-01", acting_user=at_work.contributor)

    assert (copy.code, copy.copied_from.code) == ("EXO-02", "EXO-01")


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["reader", "stranger"])
def test_who_may_not_write_gets_no_code(who):
    at_work = workshop()

    with pytest.raises(ProgrammeRefused) as refusal:
        new_action_code(at_work.programme, acting_user=getattr(at_work, who))

    assert refusal.value.code == "not-allowed"
    assert at_work.programme.actions.count() == 1


@pytest.mark.django_db
def test_a_writer_does_not_choose_the_number():
    at_work = workshop()

    with pytest.raises(ProgrammeRefused) as refusal:
        register_action(at_work.programme, number=50, acting_user=at_work.contributor)

    assert refusal.value.code == "not-allowed"
    assert at_work.programme.actions.count() == 1


@pytest.mark.django_db
def test_the_copied_action_is_one_of_the_programme():
    at_work = workshop()
    other = register_action(founded(slug="autre", code_prefix="AUTRE"), acting_user=None)

    with pytest.raises(ProgrammeRefused) as refusal:
        new_action_code(at_work.programme, copied_from=other.code, acting_user=at_work.contributor)

    assert refusal.value.code == "unknown-action"
    assert at_work.programme.actions.count() == 1


@pytest.mark.django_db(transaction=True)
def test_calls_at_once_get_different_codes():
    programme = founded()
    start = threading.Barrier(4)
    codes = []

    def ask():
        start.wait()
        try:
            codes.append(register_action(programme, acting_user=None).code)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(codes) == ["EXO-01", "EXO-02", "EXO-03", "EXO-04"]
