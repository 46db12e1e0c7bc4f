"""What is exported and loaded again is the same, to the byte."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.factories import OrganisationFactory
from tests.setup.conftest import SMALL, load, problems, read, read_shipped
from tests.worlds import examples
from tovholder.access.personal_data import contains_cpr
from tovholder.audit.models import SYSTEM
from tovholder.forums.models import Forum
from tovholder.setup.export import export_setup
from tovholder.setup.plan import make_plan
from tovholder.setup.sections import SECTIONS
from tovholder.setup.services import apply_setup
from tovholder.setup.wording import said
from tovholder.yearwheel.models import PlanningRule

pytestmark = pytest.mark.django_db


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside leaves the tables as they were."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def loaded_afresh(text: str) -> str:
    """Load `text` into empty tables, return the export, and undo it all."""
    with undone():
        load(text)
        exported = export_setup()
    return exported


@pytest.mark.parametrize("name", ["broendby.toml", "holbaek.toml", "aalborg.toml", "demo.toml"])
def test_export_load_export_is_byte_identical(name: str) -> None:
    with undone():
        apply_setup(by=SYSTEM, document=read_shipped(name))
        first = export_setup()
        assert make_plan(read(first)).changes == []
    assert loaded_afresh(first) == first


@pytest.mark.parametrize("name", ["broendby.toml", "holbaek.toml", "aalborg.toml", "demo.toml"])
def test_the_export_says_what_the_files_said(name: str) -> None:
    shipped = read_shipped(name)
    apply_setup(by=SYSTEM, document=shipped)
    exported = read(export_setup())
    for section in SECTIONS:
        assert exported.canonical(section) == shipped.canonical(section)


def test_retired_rows_are_left_out_and_own_rows_are_in(small: str) -> None:
    load(small + '\n[[theme]]\nkey = "sorg"\nname = "Sorg"\n')
    load(small)
    OrganisationFactory(key="klubben", name="Klubben", kind__key="skole")
    exported = tomllib.loads(export_setup())
    assert "theme" not in exported
    assert "klubben" in [row["key"] for row in exported["organisation"]]


def test_a_closed_forum_gives_way_to_its_successor(small: str) -> None:
    other = '\n[[forum]]\nkey = "ny"\nname = "Ny"\nforum_type = "netvaerk"\n'
    load(small + other)
    Forum.objects.filter(key="oppe").update(
        closed_on=timezone.localdate(), successor=Forum.objects.get(key="ny")
    )
    exported = tomllib.loads(export_setup())["forum"]
    assert [(row["key"], row.get("parent")) for row in exported] == [("netvaerk-nord", "ny"), ("ny", None)]


def test_dates_are_dates(small: str) -> None:
    load(
        small
        + '\n[[school_holiday]]\nkey = "jul"\nname = "Jul"\nstarts_on = "2026-12-19"\nends_on = 2027-01-03\n'
    )
    assert tomllib.loads(export_setup())["school_holiday"][0]["starts_on"] == date(2026, 12, 19)


def test_the_command_writes_to_a_file_or_out(
    small: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("export_setup")
    printed = capsys.readouterr().out
    call_command("export_setup", "--output", str(tmp_path / "ud.toml"))
    assert (tmp_path / "ud.toml").read_bytes().decode() == printed == export_setup()


SEEN = st.characters(exclude_categories=["Cc", "Cs"])
LINES = st.one_of(SEEN, st.sampled_from("\n\t\"'\\#=[]{}"))


def _line(alphabet: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    texts = st.text(alphabet, min_size=1, max_size=100)
    return texts.filter(lambda text: bool(text.strip()) and not contains_cpr(text))


@hypothesis_settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=_line(SEEN), purpose=_line(LINES), points=st.lists(_line(SEEN), max_size=4, unique=True))
def test_any_text_survives(name: str, purpose: str, points: list[str]) -> None:
    with undone():
        load(SMALL)
        forum = Forum.objects.get(key="netvaerk-nord")
        forum.name, forum.purpose, forum.basis_documents = name, purpose, points
        forum.save()
        first = export_setup()
    row = tomllib.loads(first)["forum"][1]
    assert (row["name"], row["purpose"], row.get("basis_documents", [])) == (name, purpose, points)
    assert loaded_afresh(first) == first


RULE = """
[[planning_rule]]
key = "aar"
name = "Nord"
forum = "netvaerk-nord"
starts = ["13:00"]
preferred_starts = ["09:00"]
starts_by_month = { september = ["14:30", "09:00"] }
"""


def test_start_times_by_month_go_both_ways(db: None) -> None:
    load(SMALL + RULE)
    assert PlanningRule.objects.get().starts_by_month == {"9": ["09:00", "14:30"]}
    assert tomllib.loads(export_setup())["planning_rule"][0]["starts_by_month"] == {
        "september": ["09:00", "14:30"]
    }
    assert (
        said("planning_rule", "starts_by_month", {"september": ["09:00", "14:30"]}, {})
        == "september: 09:00, 14:30"
    )


def test_what_was_loaded_is_not_changed_in_whatever_order_a_month_lists_it(db: None) -> None:
    days = 'weekdays_by_month = { march = ["friday", "tuesday"] }\n'
    load(SMALL + RULE + days)
    assert PlanningRule.objects.get().weekdays_by_month == {"3": [2, 5]}
    assert make_plan(read(SMALL + RULE + days)).changes == []


JOINT = """
[[joint_meeting]]
key = "faelles"
name = "Fællesmøde"
forums = ["netvaerk-nord", "oppe"]
times_a_year = 2
"""


def test_a_joint_meeting_has_no_days_and_times_of_single_months(db: None) -> None:
    rule = RULE.replace('forum = "netvaerk-nord"', 'joint = "faelles"')
    found = problems(SMALL + JOINT + rule + 'weekdays_by_month = { march = ["friday"] }\n')
    assert [each.key.rpartition(", ")[2] for each in found] == ["starts_by_month", "weekdays_by_month"]


def test_a_wish_that_is_only_in_another_month_is_what_the_form_allows_too(db: None) -> None:
    days = 'weekdays = ["monday"]\nweekdays_by_month = { march = ["friday"] }\npreferred_weekdays = ["%s"]\n'
    assert problems(SMALL + RULE + days % "friday") == []
    assert [each.key.rpartition(", ")[2] for each in problems(SMALL + RULE + days % "tuesday")] == [
        "preferred_weekdays"
    ]


@pytest.mark.parametrize(
    "wrong", ['{ september = ["9:00"] }', "{ september = [] }", '{ 9 = ["09:00"] }', '["09:00"]']
)
def test_start_times_by_month_are_checked(wrong: str) -> None:
    found = problems(SMALL + RULE.replace('{ september = ["14:30", "09:00"] }', wrong))
    assert any("starts_by_month" in each.sentence for each in found)
