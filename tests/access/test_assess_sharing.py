"""`manage.py assess_sharing`: many cases in, one JSON answer a line, and the rest runs when one cannot be read."""

from __future__ import annotations

import io
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.access.test_sharing_table import BASE, EARLY, case, person
from tovholder.access.sharing import SharingRules
from tovholder.citizens.models import SharingSetting
from tovholder.setup.management.commands.assess_sharing import _rules


def run(
    tmp_path: Path, *lines: str | bytes | dict[str, Any], **options: Any
) -> tuple[int, list[dict[str, Any]]]:
    """Return the exit status and the answers."""
    raw = [
        line if isinstance(line, bytes) else (line if isinstance(line, str) else json.dumps(line)).encode()
        for line in lines
    ]
    file = tmp_path / "cases.jsonl"
    file.write_bytes(b"\n".join(raw))
    out, status = io.StringIO(), 0
    try:
        call_command("assess_sharing", str(file), stdout=out, **options)
    except SystemExit as ended:
        status = int(ended.code or 0)
    return status, [json.loads(line) for line in out.getvalue().splitlines()]


def test_each_case_is_answered_on_a_line_of_its_own_without_the_database(tmp_path: Path) -> None:
    status, answers = run(
        tmp_path, "", BASE, "   ", case(EARLY, {"id": "b"}), case({"id": None, "basis": None})
    )
    assert status == 0
    assert [(each["id"], each["allowed"], each["code"]) for each in answers] == [
        ("x", True, "rpl115"), ("b", True, "early_cooperation"), (None, False, "basis_missing"),
    ]  # fmt: skip
    assert answers[0]["coverage"] == {"police": "rpl115", "school": "rpl115"}
    assert answers[0]["warnings"] == ["consent_not_required"]
    assert "Samtykke er ikke et krav" in answers[0]["warning_reasons"][0]


def without(key: str) -> dict[str, Any]:
    made = deepcopy(BASE)
    inner, _, last = key.rpartition(".")
    del (made[inner] if inner else made)[last]
    return made


@pytest.mark.parametrize(
    "key",
    ["id", "level", "date", "forum", "forum.highest_level", "participants", "basis", "purpose", "purpose_code", "child",
     "child.birth_date"],
)  # fmt: skip
def test_what_is_required_is_asked_for_by_its_path(tmp_path: Path, key: str) -> None:
    status, (answer,) = run(tmp_path, without(key))
    assert status == 2
    assert set(answer) == {"id", "error"}
    assert answer["error"].startswith(key)


@pytest.mark.parametrize("key", ["basis", "purpose", "purpose_code", "child"])
def test_below_the_named_level_these_need_not_be_there(tmp_path: Path, key: str) -> None:
    status, (answer,) = run(tmp_path, without(key) | {"level": "general"})
    assert (status, answer["code"]) == (0, "no_person")


@pytest.mark.parametrize(
    "fault",
    [
        {"level": "secret"}, {"basis": "law"}, {"purpose_code": "fun"}, {"purpose_code": None}, {"purpose": None},
        {"forum.highest_level": "top"}, {"forum.bases": ["rpl115", "law"]}, {"forum.bases": "rpl115"},
        {"date": "22-11-2026"}, {"date": "20261122"}, {"date": "2026-02-30"}, {"date": 20261122}, {"date": None},
        {"child.birth_date": "i går"}, {"participants": [person("wizard")]}, {"participants": ["police"]},
        {"participants": [person("police", "a"), person("school", "a")]}, {"participants": {}},
        {"participants": [{"kind": "police"}]}, {"participants": [{"id": "a"}]},
        {"participants": [person("school", public_task="fun")]}, {"participants": [person("school", age="12")]},
        {"participants": [person("school", in_cooperation="yes")]}, {"consents": [{"given": "2026-13-01"}]},
        {"prior_early_cooperation_meetings": True}, {"prior_early_cooperation_meetings": -1},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_the_rest_runs(tmp_path: Path, fault: dict[str, Any]) -> None:
    status, answers = run(tmp_path, case(fault), BASE)
    assert status == 2
    assert answers[0]["id"] == "x"
    assert answers[0]["error"]
    assert answers[1]["code"] == "rpl115"


@pytest.mark.parametrize(
    "line",
    [
        b'{"id": NaN}',
        b'{"id": 1, "level": Infinity}',
        b"{",
        b"\xff\xfe",
        b"[1,2",
        b"nix",
        b"[" * 100_000,
        b'{"id": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_line_that_is_no_json_has_no_id(tmp_path: Path, line: bytes) -> None:
    status, answers = run(tmp_path, line, BASE)
    assert status == 2
    assert answers[0]["id"] is None
    assert "error" in answers[0]
    assert answers[1]["code"] == "rpl115"


@pytest.mark.parametrize("value", [[], 1, None, "x"])
def test_json_that_is_no_case_is_said(tmp_path: Path, value: Any) -> None:
    status, (answer,) = run(tmp_path, json.dumps(value))
    assert (status, answer["id"]) == (2, None)


def test_unknown_keys_are_ignored_and_null_is_the_default(tmp_path: Path) -> None:
    more = {
        "colour": "red",
        "consents": None,
        "special_reason": None,
        "family_told": None,
        "forum.bases": None,
    }
    status, (answer,) = run(tmp_path, case(more))
    assert (status, answer["code"]) == (0, "rpl115")


def test_a_lone_surrogate_is_written_as_json_can(tmp_path: Path) -> None:
    _, (answer,) = run(tmp_path, json.dumps(BASE | {"id": "\ud800"}))
    assert answer["id"] == "\ud800"


def test_a_set_up_file_replaces_the_shipped_values(tmp_path: Path) -> None:
    setup = tmp_path / "setup.toml"
    setup.write_text("[sharing]\npolice_in_participation = true\nown_consent_age = 16\n", "utf-8")
    asked = case({"basis": "participation", "family_told": True, "participants": [
        person("police"), person("custody_holder", own_child=True)]})  # fmt: skip
    assert run(tmp_path, asked)[1][0]["code"] == "party_not_named_in_consent"
    assert run(tmp_path, asked, setup=str(setup))[1][0]["code"] == "participation"


def test_a_set_up_file_is_read_with_the_fragments_it_takes_in(tmp_path: Path) -> None:
    (tmp_path / "faelles.toml").write_text(
        "fragment = true\n[sharing]\npolice_in_participation = true\nadult_age = 19\nproposal = true\n",
        "utf-8",
    )
    setup = tmp_path / "kommune.toml"
    setup.write_text('include = ["faelles.toml"]\n[sharing]\nadult_age = 18\n', "utf-8")
    asked = case({"basis": "participation", "family_told": True, "participants": [
        person("police"), person("custody_holder", own_child=True)]})  # fmt: skip
    assert run(tmp_path, asked, setup=str(setup))[1][0]["code"] == "participation"
    assert _rules(str(setup)) == SharingRules(police_in_participation=True)


@pytest.mark.parametrize("file", sorted(Path("setups").glob("*.toml")), ids=lambda file: file.stem)
def test_every_shipped_set_up_can_be_asked_of(file: Path) -> None:
    assert _rules(str(file)) == SharingRules()


@pytest.mark.django_db
def test_what_the_database_holds_changes_nothing(tmp_path: Path) -> None:
    SharingSetting.objects.create(key="standard", police_in_participation=True)
    asked = case({"basis": "participation", "family_told": True, "participants": [
        person("police"), person("custody_holder", own_child=True)]})  # fmt: skip
    assert run(tmp_path, asked)[1][0]["code"] == "party_not_named_in_consent"


@pytest.mark.parametrize(
    "text", ['include = ["ring.toml"]', 'include = ["nowhere.toml"]', "include = 1", "sharing = 1", 'include = ["../x.toml"]']
)  # fmt: skip
def test_fragments_that_cannot_be_read_are_said(tmp_path: Path, text: str) -> None:
    setup = tmp_path / "ring.toml"
    setup.write_text(text, "utf-8")
    with pytest.raises(CommandError):
        run(tmp_path, BASE, setup=str(setup))


@pytest.mark.parametrize("text", ["[sharing]\ncolour = 1", "[sharing]\nown_consent_age = '15'", "[sharing", "[sharing]\npurpose_words = 'x'"])  # fmt: skip
def test_a_set_up_file_that_says_something_else_is_refused(tmp_path: Path, text: str) -> None:
    setup = tmp_path / "setup.toml"
    setup.write_text(text, "utf-8")
    with pytest.raises(CommandError):
        run(tmp_path, BASE, setup=str(setup))


def test_a_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(CommandError):
        call_command("assess_sharing", "nowhere.jsonl", stdout=io.StringIO())
