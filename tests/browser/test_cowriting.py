"""Two people, one of the State and one of an association, write in the same text in two browsers."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site, Visit
from tests.browser.writing import expect_saved, open_draft, section, text_of, write_at_the_end

pytestmark = pytest.mark.browser
STATE, ASSOCIATION = "Coordination", "Représentante"


def test_what_each_writes_in_another_action_is_seen_by_both(visit: Visit):
    one, other = visit.as_role(STATE), visit.as_role(ASSOCIATION)
    open_draft(one)
    open_draft(other)

    write_at_the_end(one, section(one, "EXO-01", "problem"), " Écrit par l’État.")
    write_at_the_end(other, section(other, "EXO-02", "problem"), " Écrit par l’association.")

    for page in (one, other):
        expect(section(page, "EXO-01", "problem")).to_contain_text("Écrit par l’État.")
        expect(section(page, "EXO-02", "problem")).to_contain_text("Écrit par l’association.")
        expect_saved(page)
    assert text_of(one) == text_of(other)


def test_two_people_in_the_same_paragraph_at_once_end_with_the_same_text(visit: Visit):
    one, other = visit.as_role(STATE), visit.as_role(ASSOCIATION)
    open_draft(one)
    open_draft(other)
    for page in (one, other):
        section(page, "EXO-03", "problem").locator("p").last.click()
        page.keyboard.press("End")

    for mine, theirs in zip("abcdefghij", "klmnopqrst", strict=True):
        one.keyboard.type(mine)
        other.keyboard.type(theirs)
    one.keyboard.type("fin-État")
    other.keyboard.type("fin-association")

    for page in (one, other):
        expect(section(page, "EXO-03", "problem")).to_contain_text("fin-État")
        expect(section(page, "EXO-03", "problem")).to_contain_text("fin-association")
        expect_saved(page)
    assert text_of(one) == text_of(other)


def test_who_comes_back_from_offline_loses_nothing_and_neither_do_the_others(visit: Visit):
    one, other = visit.as_role(STATE), visit.as_role(ASSOCIATION)
    open_draft(one)
    open_draft(other)

    one.context.set_offline(True)
    write_at_the_end(one, section(one, "EXO-04", "objectives"), " Écrit hors ligne.")
    expect(one.get_by_text("Hors ligne").first).to_be_visible()
    write_at_the_end(other, section(other, "EXO-04", "objectives"), " Écrit en ligne.")
    expect_saved(other)
    one.context.set_offline(False)

    for page in (one, other):
        expect(section(page, "EXO-04", "objectives")).to_contain_text("Écrit hors ligne.", timeout=30_000)
        expect(section(page, "EXO-04", "objectives")).to_contain_text("Écrit en ligne.", timeout=30_000)
    expect_saved(one)
    assert text_of(one) == text_of(other)


@contextmanager
def full_disk(site: Site) -> Iterator[None]:
    """The system refuses the server any byte more in any file: what SQLite meets on a full disk."""
    before = resource.prlimit(site.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(site.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(site.pid, resource.RLIMIT_FSIZE, before)


def test_while_the_disk_is_full_what_is_typed_is_said_not_to_be_saved_and_nothing_is_lost(visit: Visit, site: Site):
    one, other = visit.as_role(STATE), visit.as_role(ASSOCIATION)
    open_draft(one)
    open_draft(other)

    with full_disk(site):
        write_at_the_end(one, section(one, "EXO-03", "objectives"), " Écrit sans place.")
        expect(one.get_by_text("Pas encore enregistré")).to_be_visible()
        write_at_the_end(one, section(one, "EXO-03", "objectives"), " Encore.")
        expect(section(one, "EXO-03", "objectives")).to_contain_text("Écrit sans place. Encore.")
        assert "Écrit sans place." not in text_of(other)

    for page in (one, other):
        expect(section(page, "EXO-03", "objectives")).to_contain_text("Écrit sans place. Encore.", timeout=30_000)
    expect_saved(one)
    assert text_of(one) == text_of(other)
    assert text_of(other).count("Écrit sans place.") == 1


def test_what_was_typed_offline_survives_the_closing_of_the_page(visit: Visit):
    page = visit.as_role(STATE)
    open_draft(page)
    page.context.set_offline(True)
    write_at_the_end(page, section(page, "EXO-02", "objectives"), " Gardé sur cet appareil.")
    expect(page.locator(".ed-status")).to_have_attribute("data-state", "offline")  # and no longer "keeping"

    page.close(run_before_unload=False)
    again = page.context.new_page()
    again.context.set_offline(False)
    open_draft(again)

    expect(section(again, "EXO-02", "objectives")).to_contain_text("Gardé sur cet appareil.")
    expect_saved(again)


def test_a_reader_sees_the_text_live_and_cannot_write(visit: Visit):
    writer, reader = visit.as_role("Coordination"), visit.as_role("Lecteur")
    open_draft(writer, "dcant-2018-2020")
    text = open_draft(reader, "dcant-2018-2020")

    write_at_the_end(writer, section(writer, "DCANT-10", "objectives"), " Vu en direct.")
    expect(section(reader, "DCANT-10", "objectives")).to_contain_text("Vu en direct.")
    section(reader, "DCANT-10", "objectives").locator("p").last.click()
    reader.keyboard.type("interdit")

    expect(text).to_have_attribute("contenteditable", "false")
    expect(reader.get_by_text("Lecture seule").first).to_be_visible()
    expect(writer.get_by_role("textbox", name="Texte du programme")).not_to_contain_text("interdit")


def test_each_sees_who_is_here_with_organisation(visit: Visit):
    one, other = visit.as_role(STATE), visit.as_role(ASSOCIATION)
    open_draft(one)
    open_draft(other)

    expect(one.get_by_label("Présents").or_(one.get_by_role("list", name="Présents")).first).to_contain_text(
        "Représentante", use_inner_text=False
    )


def test_undo_takes_back_only_what_one_wrote_oneself(visit: Visit):
    one, other = visit.as_role(STATE), visit.as_role(ASSOCIATION)
    open_draft(one)
    open_draft(other)
    write_at_the_end(other, section(other, "EXO-01", "effects"), " De l’association.")
    expect(section(one, "EXO-01", "effects")).to_contain_text("De l’association.")
    write_at_the_end(one, section(one, "EXO-01", "effects"), " À défaire.")
    expect(section(other, "EXO-01", "effects")).to_contain_text("À défaire.")

    one.keyboard.press("ControlOrMeta+z")

    expect(section(other, "EXO-01", "effects")).not_to_contain_text("À défaire.")
    expect(section(one, "EXO-01", "effects")).to_contain_text("De l’association.")
