"""Loading changes what the file says, all or nothing; nothing is deleted."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from tests.factories import AgreementFactory, ForumFactory, MeetingFactory, OrganisationFactory
from tests.setup.conftest import SMALL, load, problems, read
from tovholder.access.decision import Refused
from tovholder.audit.models import Event
from tovholder.directory.models import District, Municipality, Organisation, School, SchoolHoliday, Theme
from tovholder.forums.models import AgendaTemplateItem, Checklist, ChecklistItem, Forum
from tovholder.meetings.models import ChecklistTick
from tovholder.oversight.models import LogReviewRules
from tovholder.plans.models import AgreementRules
from tovholder.setup.models import SetupFile
from tovholder.setup.plan import make_plan
from tovholder.setup.problems import SetupInvalid
from tovholder.setup.services import apply_setup

pytestmark = pytest.mark.django_db


def test_loading_fills_the_tables(small: str) -> None:
    forum = Forum.objects.get(key="netvaerk-nord")
    assert Municipality.objects.get().name == "Lille Kommune"
    assert forum.parent.key == "oppe"
    assert [district.key for district in forum.districts.all()] == ["nord"]
    assert (forum.weekdays, forum.start_time, forum.cadence) == ([2], time(13), "monthly")
    assert School.objects.get().organisation == Organisation.objects.get(key="nordskolen")
    assert list(AgendaTemplateItem.objects.values_list("heading", "minutes")) == [("Nyt", 20)]


def test_other_values_reach_their_columns(db: None) -> None:
    load(
        SMALL.replace(
            'weekdays = ["tuesday"]', 'weekday_varies = true\nweekdays_by_month = { march = ["friday"] }'
        )
        + "\n[agreement_rules]\ncarry_limit = 3\n"
        + '\n[log_review]\nmany_a_day = 15\nnight_from = "20:30"\noutside_district = false\n'
        + '\n[[school_holiday]]\nkey = "jul"\nname = "Jul"\nstarts_on = 2026-12-19\nends_on = 2027-01-03\nproposal = true\n'
    )
    assert Forum.objects.get(key="netvaerk-nord").weekdays_by_month == {"3": [5]}
    assert AgreementRules.objects.get().carry_limit == 3
    rule = LogReviewRules.objects.get()
    assert (rule.many_a_day, rule.night_from, rule.night_until) == (15, time(20, 30), time(6))
    assert (rule.sample, rule.odd_at_most, rule.outside_district) == (20, 40, False)
    holiday = SchoolHoliday.objects.get()
    assert (holiday.starts_on, holiday.ends_on, holiday.proposal) == (
        date(2026, 12, 19),
        date(2027, 1, 3),
        True,
    )


def test_loading_again_changes_nothing(small: str) -> None:
    assert make_plan(read(small)).changes == []
    load(small)
    assert SetupFile.objects.count() == 1
    assert Event.objects.filter(action="setup.loaded").count() == 1


def test_the_log_says_what_without_what_was_typed(small: str) -> None:
    details = Event.objects.get(action="setup.loaded").details
    assert "forum:netvaerk-nord" in details["new"]
    assert "Netværk Nord" not in str(details)


def test_a_change_is_told_field_by_field(small: str) -> None:
    plan = make_plan(
        read(small.replace('cadence = "monthly"', 'cadence = "times_a_year"\ncadence_count = 4'))
    )
    (change,) = plan.changes
    assert (change.kind, change.key) == ("changed", "netvaerk-nord")
    assert [(each.title, each.old, each.new) for each in change.fields] == [
        ("Hyppighed", "En gang om måneden", "Et antal gange om året"),
        ("Antal", "(ingen)", "4"),
    ]


def test_planning_touches_nothing(small: str) -> None:
    make_plan(read(small.replace("Netværk Nord", "Netværk Nordpå")))
    assert Forum.objects.get(key="netvaerk-nord").name == "Netværk Nord"


THEME = '\n[[theme]]\nkey = "sorg"\nname = "Sorg"\n'


def test_a_row_that_left_the_file_is_retired_and_comes_back(small: str) -> None:
    load(small + THEME)
    plan = load(small)
    theme = Theme.objects.get()
    assert theme.retired_at is not None
    assert [(change.kind, change.key) for change in plan.changes] == [("retired", "sorg")]
    assert make_plan(read(small)).changes == []
    plan = load(small + THEME)
    assert [(change.kind, change.key) for change in plan.changes] == [("back", "sorg")]
    assert Theme.objects.get().pk == theme.pk
    assert Theme.objects.get().retired_at is None


def test_a_row_made_in_tovholder_stays_and_is_mentioned(small: str) -> None:
    made = OrganisationFactory(key="klubben", name="Klubben", kind__key="skole")
    plan = load(small + THEME)
    made.refresh_from_db()
    assert made.retired_at is None
    assert any("Klubben" in notice for notice in plan.notices)


def test_a_forum_with_open_agreements_cannot_leave(small: str) -> None:
    AgreementFactory(forum=Forum.objects.get(key="netvaerk-nord"))
    without = small[: small.index('[[forum]]\nkey = "netvaerk-nord"')]
    with pytest.raises(SetupInvalid) as refused:
        load(without + THEME)
    assert "1 åbne aftaler" in refused.value.problems[0].sentence
    assert Forum.objects.get(key="netvaerk-nord").retired_at is None
    assert not Theme.objects.exists()


def test_a_closed_forum_is_left_alone(small: str) -> None:
    forum = Forum.objects.get(key="netvaerk-nord")
    forum.closed_on, forum.successor = timezone.localdate(), Forum.objects.get(key="oppe")
    forum.save()
    plan = load(small.replace("Netværk Nord", "Netværk Nordpå"))
    forum.refresh_from_db()
    assert (forum.name, forum.retired_at) == ("Netværk Nord", None)
    assert any("lukket" in notice for notice in plan.notices)
    load(small[: small.index('[[forum]]\nkey = "netvaerk-nord"')])
    forum.refresh_from_db()
    assert forum.retired_at is None


def test_another_municipality_is_refused(small: str) -> None:
    with pytest.raises(SetupInvalid) as refused:
        load(small.replace('key = "lille"', 'key = "store"'))
    assert "Tilladt er kun: lille" in refused.value.problems[0].allowed


def test_all_or_nothing(small: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("tovholder.setup.services.record", fail)
    with pytest.raises(OSError, match="disk full"):
        load(small.replace("Netværk Nord", "Netværk Nordpå") + THEME)
    assert Forum.objects.get(key="netvaerk-nord").name == "Netværk Nord"
    assert not Theme.objects.exists()
    assert SetupFile.objects.count() == 1


def test_order_follows_the_file(small: str) -> None:
    other = '\n[[theme]]\nkey = "alkohol"\nname = "Alkohol"\n'
    load(small + THEME + other)
    assert [theme.key for theme in Theme.objects.all()] == ["sorg", "alkohol"]
    plan = load(small + other + THEME)
    assert [(change.kind, change.section) for change in plan.changes] == [("order", "theme")]
    assert [theme.key for theme in Theme.objects.all()] == ["alkohol", "sorg"]


def test_lines_of_a_template_follow_the_file(small: str) -> None:
    kept = AgendaTemplateItem.objects.get().pk
    load(
        small.replace('heading = "Nyt"', 'heading = "Velkomst"\n\n[[agenda_template.items]]\nheading = "Nyt"')
    )
    assert list(AgendaTemplateItem.objects.values_list("heading", "position")) == [
        ("Velkomst", 1),
        ("Nyt", 2),
    ]
    assert AgendaTemplateItem.objects.get(heading="Nyt").pk == kept
    load(small)
    assert list(AgendaTemplateItem.objects.values_list("heading", flat=True)) == ["Nyt"]


def test_a_ticked_line_that_left_is_kept_for_the_meetings_that_had_it(small: str) -> None:
    line = ChecklistItem.objects.get(text="Ring rundt")
    tick = ChecklistTick.objects.create(
        meeting=MeetingFactory(lead_forum=Forum.objects.get(key="oppe")),
        checklist_item=line,
        by="user:1",
        at=timezone.now(),
    )
    load(small.replace("Ring rundt", "Skriv rundt"))
    guide = Checklist.objects.get()
    assert [each.text for each in guide.items.all()] == ["Skriv rundt", "Send referat"]
    assert ChecklistTick.objects.get(pk=tick.pk).checklist_item.text == "Ring rundt"


def test_only_the_administrator_may_load(small: str, anna, hans) -> None:
    with pytest.raises(Refused, match="administrator"):
        apply_setup(by=anna, document=read(small + THEME))
    apply_setup(by=hans, document=read(small + THEME))
    assert Event.objects.filter(action="setup.loaded").first().actor == hans.audit_key


class TestCommand:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        path = tmp_path / "lille.toml"
        path.write_text(SMALL)
        return path

    def run(self, *args: object) -> int:
        try:
            call_command("load_setup", *map(str, args))
        except SystemExit as ended:
            return int(ended.code or 0)
        return 0

    def test_exit_codes(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.run(file) == 3
        assert not District.objects.exists()
        assert self.run(file, "--apply") == 0
        assert District.objects.get().name == "Nord"
        assert self.run(file) == 0
        assert "Intet at ændre." in capsys.readouterr().out
        file.write_text(SMALL.replace('"Nord"', '"Nordby"'))
        assert self.run(file) == 3
        assert "Navn: Nord → Nordby" in capsys.readouterr().out

    def test_invalid_prints_every_error_and_changes_nothing(
        self, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file.write_text(SMALL.replace('"monthly"', '"montly"').replace('parent = "oppe"', 'parent = "ned"'))
        assert self.run(file, "--apply") == 2
        told = capsys.readouterr().err
        assert 'cadence = "montly"' in told
        assert "2 fejl. Intet er ændret." in told
        assert not Municipality.objects.exists()

    def test_a_file_that_is_not_there(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.run(file.with_name("vaek.toml")) == 2
        assert "Filen findes ikke" in capsys.readouterr().err

    def test_a_file_that_is_no_text(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        file.write_bytes(b"a = 1\nb = '\xff'\n")
        assert self.run(file) == 2
        assert "linje 2" in capsys.readouterr().err

    @pytest.mark.parametrize("name", ["broendby", "holbaek", "aalborg", "demo"])
    def test_each_shipped_file_loads(self, name: str) -> None:
        assert self.run(settings.SETUPS_DIR / f"{name}.toml", "--apply") == 0
        assert Forum.objects.count() >= 3


def test_a_retired_row_may_not_be_pointed_to() -> None:
    assert any(
        each.key.endswith("parent") for each in problems(SMALL.replace('parent = "oppe"', 'parent = "vaek"'))
    )


def test_a_draft_a_day_old_is_no_load(small: str) -> None:
    """Only what was applied tells what left the file."""
    SetupFile.objects.create(
        name="x", texts={}, keys={"theme": ["a"]}, uploaded_at=timezone.now() - timedelta(days=1)
    )
    ForumFactory(key="ny", name="Ny")
    assert not [change for change in make_plan(read(small)).changes if change.kind == "retired"]
