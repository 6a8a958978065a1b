"""Checking downloaded editions offline: what is sound passes, what was touched is named."""

import copy
import json
from dataclasses import replace
from itertools import permutations

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from concerte.common.canonical import digest_of
from concerte.governance.counting import Choice
from concerte.programme.content import edition_file
from concerte.programme.services import publish_edition
from concerte.programme.verification import MAX_FILE_BYTES, verify
from tests.programme.drafts import complete_action, draft_of, json_values
from tests.programme.editions import RuleFacts, an_edition_file, decided, position, rule_of
from tests.programme.factories import workshop


def as_bytes(file):
    return json.dumps(file, indent=2).encode()


def faults(*files):
    report = verify((f"{rank}.json", as_bytes(file)) for rank, file in enumerate(files, 1))
    return [(fault.file, fault.code) for fault in report.faults]


def signed_again(file):
    """The file after somebody changed it and computed its digests again."""
    file["digest"] = file["record"]["edition_digest"] = digest_of(file["edition"])
    file["record_digest"] = digest_of(file["record"])
    return file


@pytest.fixture
def first():
    return an_edition_file()


@pytest.fixture
def second(first):
    return an_edition_file(draft_of(complete_action(title="Publier deux guides")), previous=first, semester="2027-S1")


def test_a_sound_edition_passes(first):
    report = verify([("un.json", as_bytes(first))])

    assert (report.faults, report.notes, report.exit_code) == ((), (), 0)
    (edition,) = report.editions
    assert (edition.number, edition.title, edition.digest) == (1, "Exercice", first["digest"])
    assert edition.approvals == ("Service d’essai", "Association d’essai")


def test_a_chain_passes_in_any_order(first, second):
    third = an_edition_file(previous=second, semester="2027-S2")

    for files in permutations([first, second, third]):
        assert faults(*files) == []


def test_a_changed_text_is_named(first):
    first["edition"]["axes"][0]["actions"][0]["deadline"] = "2028"

    assert faults(first) == [("1.json", "digest"), ("1.json", "other-text")]


def test_a_changed_record_is_named(first):
    first["record"]["positions"][0]["kind"] = "objection"

    assert [code for _file, code in faults(first)] == ["record-digest", "rule-not-met", "objection"]


def test_a_text_changed_with_its_digests_breaks_the_chain(first, second):
    forged = copy.deepcopy(first)
    forged["edition"]["title"] = "Un autre programme"

    assert faults(signed_again(forged), second) == [("2.json", "broken-chain")]


def test_a_record_changed_with_its_digest_breaks_the_chain(first, second):
    forged = copy.deepcopy(first)
    forged["record"]["positions"][0]["reasons"] = "Ajouté après coup"

    assert faults(second, signed_again(forged)) == [("1.json", "broken-chain")]


def test_two_different_editions_of_one_number_are_named(first):
    other = an_edition_file(draft_of(complete_action(title="Autre texte")))

    assert faults(first, other) == [("2.json", "two-editions")]
    assert faults(first, copy.deepcopy(first)) == []


def test_a_missing_edition_is_noted_and_no_fault(second):
    report = verify([("deux.json", as_bytes(second))])

    assert (report.exit_code, report.faults) == (0, ())
    assert "n°\u00a01" in report.notes[0]


def test_a_rule_that_is_not_met_is_named():
    alone = [position("service-d-essai")]

    assert faults(an_edition_file(positions=alone)) == [("1.json", "rule-not-met")]


def test_an_objection_that_suspends_is_named():
    said = [position("service-d-essai"), position("association-d-essai", "objection", "Trop tôt")]
    rules = [
        RuleFacts("etat", 1, is_blocked_by_objection=True),
        RuleFacts("collectivites", 1, is_blocked_by_objection=True),
    ]

    assert [code for _file, code in faults(an_edition_file(positions=said, rules=rules))] == [
        "rule-not-met",
        "objection",
    ]


def test_one_college_alone_cannot_decide():
    file = an_edition_file(rules=[RuleFacts("etat", 1, is_blocked_by_objection=True)])

    assert faults(file) == [("1.json", "college-without-rule")]


def test_the_same_organisation_does_not_count_twice():
    rules = [
        RuleFacts("etat", 2, is_blocked_by_objection=True),
        RuleFacts("collectivites", 1, is_blocked_by_objection=True),
    ]
    twice = [position("service-d-essai"), position("service-d-essai"), position("association-d-essai")]

    assert [code for _file, code in faults(an_edition_file(rules=rules, positions=twice))] == [
        "position-twice",
        "rule-not-met",
    ]


def test_an_edition_without_the_one_before_is_named(second):
    second["edition"]["previous"] = None

    assert faults(signed_again(second)) == [("1.json", "no-previous")]


def test_an_edition_older_than_the_one_before_is_named(first):
    late = an_edition_file(previous=first, semester="2026-S1")

    assert faults(first, late) == [("2.json", "out-of-order")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not-json"),
        (b"\xff\xfe", "not-json"),
        (b'{"format": "concerte-edition-file/1", "format": "x"}', "not-json"),
        (b"[1, 2]", "not-an-edition"),
        (b"[" * 200_000, "not-json"),
        (b'{"format": "concerte-edition-file/1", "edition": {"format": "concerte-edition/9"}}', "unknown-format"),
        (b'{"format": "concerte-edition-file/1", "edition": {"format": "concerte-edition/1"}}', "malformed"),
        (b" " * (MAX_FILE_BYTES + 1), "too-big"),
    ],
    ids=["empty", "bytes", "twice", "list", "deep", "format", "malformed", "big"],
)
def test_what_is_no_edition_is_refused(content, code):
    report = verify([("x.json", content)])

    assert ([fault.code for fault in report.faults], report.exit_code) == ([code], 2)


def test_an_edition_decided_by_a_body_passes_and_says_who_was_for(first):
    file = an_edition_file(decision=decided)

    report = verify([("un.json", as_bytes(file))])

    assert (report.faults, report.exit_code) == ((), 0)
    assert report.editions[0].approvals == ("Service d’essai", "Association d’essai")


def test_records_of_both_formats_make_one_chain(first):
    second = an_edition_file(
        draft_of(complete_action(title="Publier deux guides")), previous=first, semester="2027-S1", decision=decided
    )

    assert faults(first, second) == []


def test_a_double_majority_that_failed_does_not_pass():
    def rejected(**changes):
        return decided({"service-d-essai": Choice.FOR, "association-d-essai": Choice.AGAINST}, **changes)

    assert faults(an_edition_file(decision=rejected)) == [("1.json", "rule-not-met")]


def test_a_result_that_does_not_follow_from_its_votes_is_named():
    file = an_edition_file(decision=decided)
    ballots = file["record"]["decision"]["computation"]["ballots"]
    ballots[1]["choice"] = "against"
    file["record"]["decision"]["computation_digest"] = digest_of(file["record"]["decision"]["computation"])

    assert [code for _file, code in faults(signed_again(file))] == ["other-count", "other-result", "rule-not-met"]


def test_a_decision_on_another_text_and_a_computation_that_was_touched_are_named():
    file = an_edition_file(decision=decided)
    file["record"]["decision"]["digest"] = "sha256:" + "0" * 64
    file["record"]["decision"]["computation"]["sentence"] = "Adopté de justesse."

    assert [code for _file, code in faults(signed_again(file))] == ["other-text", "computation-digest"]


def test_a_rule_that_binds_one_college_only_is_named():
    def alone(**changes):
        rule = rule_of()
        facts = decided({"service-d-essai": Choice.FOR}, **changes)
        result = dict(facts.computation)
        result["rule"] = {**rule.as_data(), "colleges": rule.as_data()["colleges"][:1]}
        result["voters"], result["colleges"] = result["voters"][:1], result["colleges"][:1]
        result["is_adopted"] = True
        return replace(facts, computation=result, computation_digest=digest_of(result))

    assert faults(an_edition_file(decision=alone)) == [("1.json", "college-without-rule")]


def test_a_record_of_an_unknown_format_is_not_guessed():
    file = an_edition_file()
    file["record"]["format"] = "concerte-record/9"

    report = verify([("x.json", as_bytes(signed_again(file)))])

    assert ([fault.code for fault in report.faults], report.exit_code) == (["unknown-format"], 2)


@given(st.data(), st.booleans())
@settings(max_examples=200, deadline=None)
def test_no_file_makes_it_fail_and_no_change_goes_unseen(data, is_first_format):
    file = an_edition_file() if is_first_format else an_edition_file(decision=decided)
    owner = file
    for _level in range(data.draw(st.integers(0, 7))):
        inside = [
            value for value in (owner.values() if isinstance(owner, dict) else owner) if isinstance(value, dict | list)
        ]
        owner = data.draw(st.sampled_from(inside)) if inside else owner
    place = (
        data.draw(st.sampled_from(sorted(owner) if isinstance(owner, dict) else range(len(owner)))) if owner else None
    )
    value = data.draw(json_values)
    if place is None or json.dumps(owner[place]) == json.dumps(value):
        return
    before = copy.deepcopy(file)
    owner[place] = value

    report = verify([("x.json", json.dumps(file).encode())])

    assert report.exit_code > 0 or file == before


@pytest.mark.django_db
def test_editions_published_here_pass():
    at_work = workshop()
    files = []
    for rank in (1, 2):
        at_work.write(f"Phrase {rank}, avec « guillemets », é et 😀.")
        proposal = at_work.adopted()
        edition = publish_edition(proposal, digest=proposal.digest, acting_user=at_work.coordinator)
        file = edition_file(
            content=json.loads(edition.content),
            digest=edition.digest,
            record=json.loads(edition.record),
            record_digest=edition.record_digest,
        )
        files.append((f"{rank}.json", as_bytes(file)))

    report = verify(reversed(files))

    assert (report.faults, report.notes) == ((), ())
    assert [edition.number for edition in report.editions] == [1, 2]


def run(capsys, *files):
    with pytest.raises(SystemExit) as end:
        call_command("verify", *map(str, files))
    return end.value.code, capsys.readouterr()


def test_the_command_says_what_it_found(tmp_path, capsys, first, second):
    for name, file in (("un.json", first), ("deux.json", second)):
        (tmp_path / name).write_bytes(as_bytes(file))

    code, said = run(capsys, tmp_path / "deux.json", tmp_path / "un.json")

    assert code == 0
    assert "✓ Exercice, édition n°\u00a01 (2026-S2)" in said.out
    assert first["digest"] in said.out
    assert "2 éditions vérifiées" in said.out


def test_the_command_fails_on_a_changed_file(tmp_path, capsys, first):
    first["edition"]["title"] = "Autre"
    (tmp_path / "un.json").write_bytes(as_bytes(first))

    code, said = run(capsys, tmp_path / "un.json")

    assert code == 1
    assert "le texte a été modifié" in said.out


def test_the_command_says_which_file_is_missing(tmp_path, capsys, first):
    (tmp_path / "un.json").write_bytes(as_bytes(first))

    code, said = run(capsys, tmp_path / "un.json", tmp_path / "absent.json")

    assert code == 2
    assert "absent.json" in said.err
