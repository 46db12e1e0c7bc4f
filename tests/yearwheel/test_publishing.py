"""From plan to calendar: made once, invited once, moved with the right calendar update, taken back before anybody knows."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from tests.factories import AgendaItemFactory, ForumFactory, MeetingFactory, RoleFactory, TopicFactory
from tests.yearwheel.conftest import out, place, rows, solved
from tovholder.access.decision import Refused
from tovholder.directory.models import SchoolHoliday, Theme
from tovholder.forums.models import AgendaTemplate, AgendaTemplateItem, JointMeetingRule
from tovholder.meetings.models import Meeting, MeetingStatus
from tovholder.meetings.services import planning
from tovholder.meetings.services.days import at
from tovholder.outbox.models import OutgoingMail
from tovholder.yearwheel.models import MonthTheme, Publication
from tovholder.yearwheel.queries import watch
from tovholder.yearwheel.services import applying, moving, publishing, rules, runs, themes, years


@pytest.fixture
def planned(plan, fake, anna, east, west, joint, event):
    fake.answer = lambda data: out(
        [
            place(f"f{east.pk}", 1, "2026-08-13"),
            place(f"f{west.pk}", 1, "2026-08-18"),
            place(f"j{joint.pk}", 1, "2026-11-10", end="15:00"),
            place(f"j{event.pk}", 1, "2027-05-20", "09:00", "14:00", kind="event"),
        ]
    )
    return solved(anna, plan)


def publish(by, plan, *, invites=False):
    plan.refresh_from_db()
    made = publishing.start(by=by, plan=plan, version=plan.version, invites=invites)
    publishing.run(made.pk)
    made.refresh_from_db()
    return made


class TestPublish:
    def test_each_becomes_a_meeting_of_its_kind_and_nobody_is_told(self, planned, anna, east, west):
        done = publish(anna, planned)
        assert (done.status, done.counts["made"], done.left) == ("done", 4, [])
        kinds = sorted(Meeting.objects.values_list("kind", "title"))
        assert kinds == [
            ("event", "Forebyggelsesdag"), ("joint", "Fællesmøde"), ("ordinary", ""), ("ordinary", ""),
        ]  # fmt: skip
        joint = Meeting.objects.get(kind="joint")
        assert set(joint.forums.all()) == {east, west}
        assert not OutgoingMail.objects.exists()
        assert Meeting.objects.filter(invited_at__isnull=False).count() == 0

    def test_everybody_is_invited_once(self, planned, anna):
        first = publish(anna, planned, invites=True)
        mails = OutgoingMail.objects.count()
        assert first.counts["mails"] == mails > 0
        again = publish(anna, planned, invites=True)
        assert again.counts.get("mails", 0) == 0
        assert OutgoingMail.objects.count() == mails

    def test_moving_a_published_meeting_tells_the_invited_with_a_higher_sequence(self, planned, anna, east):
        publish(anna, planned, invites=True)
        row = planned.planned.get(forum=east)
        mails = OutgoingMail.objects.count()
        moving.move(by=anna, row=row, day=date(2026, 8, 20), start=time(9))
        assert OutgoingMail.objects.count() == mails  # nobody hears of it before it is published
        done = publish(anna, planned)
        assert done.counts == {"moved": 1}
        meeting = Meeting.objects.get(pk=row.meeting_id)
        assert meeting.sequence == 1
        assert timezone.localtime(meeting.starts_at).date() == date(2026, 8, 20)
        told = OutgoingMail.objects.count() - mails
        assert told == east.memberships.count()

    def test_a_forum_that_somebody_else_convenes_is_published_too(self, planned, anna, east):
        east.memberships.filter(person=anna.person).update(role=RoleFactory())
        assert publish(anna, planned, invites=True).left == []

    def test_a_meeting_held_meanwhile_is_left_alone_and_said_so(self, planned, anna, east):
        publish(anna, planned)
        row = planned.planned.get(forum=east)
        moving.move(by=anna, row=row, day=date(2026, 8, 20), start=time(9))
        Meeting.objects.filter(pk=row.meeting_id).update(status=MeetingStatus.HELD, held_at=timezone.now())
        done = publish(anna, planned)
        assert [what for what, _why in done.left] == ["Netværk Øster"]
        assert "Mødet er holdt" in done.left[0][1]
        meeting = Meeting.objects.get(pk=row.meeting_id)
        assert timezone.localtime(meeting.starts_at).date() == date(2026, 8, 13)

    def test_one_taken_out_is_called_off_when_published(self, planned, anna, east):
        publish(anna, planned, invites=True)
        row = planned.planned.get(forum=east)
        moving.take_out(by=anna, row=row)
        assert Meeting.objects.get(pk=row.meeting_id).status == MeetingStatus.PLANNED
        publish(anna, planned)
        assert Meeting.objects.get(pk=row.meeting_id).status == MeetingStatus.CANCELLED
        assert not planned.planned.filter(forum=east).exists()

    def test_one_moved_on_its_own_page_is_not_moved_back(self, planned, anna, east):
        publish(anna, planned)
        row = planned.planned.get(forum=east)
        meeting = Meeting.objects.get(pk=row.meeting_id)
        later = meeting.starts_at + timedelta(days=7)
        planning.move(by=anna, meeting=meeting, starts_at=later, ends_at=later + timedelta(hours=1))
        publish(anna, planned)
        assert Meeting.objects.get(pk=meeting.pk).starts_at == later

    def test_two_at_once_one_wins_and_the_other_is_told(self, planned, anna):
        planned.refresh_from_db()
        publishing.start(by=anna, plan=planned, version=planned.version, invites=False)
        with pytest.raises(Refused, match="Anna er i gang"):
            publishing.start(by=anna, plan=planned, version=planned.version, invites=False)

    def test_a_plan_changed_since_it_was_seen_is_told(self, planned, anna, east):
        seen = planned.version
        moving.move(by=anna, row=planned.planned.get(forum=east), day=date(2026, 8, 20), start=time(9))
        with pytest.raises(Refused, match="ændret, siden du så den"):
            publishing.start(by=anna, plan=planned, version=seen, invites=False)

    def test_a_killed_worker_is_gone_on_from(self, planned, anna):
        planned.refresh_from_db()
        made = publishing.start(by=anna, plan=planned, version=planned.version, invites=True)
        Publication.objects.filter(pk=made.pk).update(
            status="running", heartbeat_at=timezone.now() - timedelta(minutes=5)
        )
        made.refresh_from_db()
        assert publishing.is_quiet(made)
        publishing._one(anna, planned.planned.first().pk, invites=True)  # what the first had done
        publishing.start_again(by=anna, publication=made)
        publishing.run(made.pk)
        assert Meeting.objects.count() == 4

    def test_only_who_plans(self, planned, bo, hans, grethe):
        for user in (bo, hans, grethe):
            with pytest.raises(Refused):
                publishing.start(by=user, plan=planned, version=planned.version, invites=False)


class TestTakeBack:
    def test_before_the_invitations_it_is_free(self, planned, anna):
        publish(anna, planned)
        assert publishing.take_back(by=anna, plan=planned) == (4, 0)
        assert not Meeting.objects.exists()
        assert len(rows(planned)) == 4
        assert publish(anna, planned).counts == {"made": 4}

    def test_after_them_nothing_is_taken(self, planned, anna):
        publish(anna, planned, invites=True)
        assert publishing.take_back(by=anna, plan=planned) == (0, 0)
        assert Meeting.objects.count() == 4

    def test_one_with_items_of_its_own_stays(self, planned, anna, east):
        publish(anna, planned)
        meeting = Meeting.objects.get(lead_forum=east, kind="ordinary")
        AgendaItemFactory(meeting=meeting, position=9, heading="Eget punkt", source="manual")
        assert publishing.take_back(by=anna, plan=planned) == (3, 1)
        assert list(Meeting.objects.all()) == [meeting]


class TestThemes:
    def test_the_months_theme_comes_on_the_agenda(self, planned, anna, east, calendar):
        template = AgendaTemplate.objects.create(key="t", name="T")
        AgendaTemplateItem.objects.create(
            template=template, position=1, heading="Aktuelt emne", kind="theme", minutes=15
        )
        east.agenda_template = template
        east.save()
        theme = _theme()
        themes.choose(by=anna, plan=planned, month=date(2026, 8, 1), layer=None, theme=theme, topic=None)
        publish(anna, planned)
        meeting = Meeting.objects.get(lead_forum=east, kind="ordinary")
        assert "Aktuelt emne: Rusmidler" in list(meeting.items.values_list("heading", flat=True))

    def test_a_meeting_moved_to_another_month_takes_that_months_theme(self, planned, anna, east, calendar):
        template = AgendaTemplate.objects.create(key="t", name="T")
        AgendaTemplateItem.objects.create(
            template=template, position=1, heading="Aktuelt emne", kind="theme", minutes=15
        )
        east.agenda_template = template
        east.save()
        other = Theme.objects.create(key="digital", name="Digital dannelse")
        for month, theme in ((8, _theme()), (9, other)):
            themes.choose(
                by=anna, plan=planned, month=date(2026, month, 1), layer=None, theme=theme, topic=None
            )
        publish(anna, planned)
        meeting = Meeting.objects.get(lead_forum=east, kind="ordinary")

        def moved(day: date) -> str:
            moving.move(by=anna, row=planned.planned.get(forum=east), day=day, start=time(13))
            publish(anna, planned)
            return meeting.items.get(kind="theme").heading

        assert moved(date(2026, 9, 10)) == "Aktuelt emne: Digital dannelse"
        assert moved(date(2026, 10, 8)) == "Aktuelt emne"
        assert moved(date(2026, 8, 20)) == "Aktuelt emne: Rusmidler"
        meeting.items.filter(kind="theme").update(heading="Festen på fredag")
        assert moved(date(2026, 9, 10)) == "Festen på fredag"

    def test_topics_come_along_to_the_next_year_as_themes_do(self, planned, anna, east):
        banked, away = (
            TopicFactory(forum=east, heading=heading, status=status)
            for heading, status in (("Natteravne", "banked"), ("Løbehjul", "archived"))
        )
        planned.themes.create(month=date(2026, 9, 1), topic=banked)
        planned.themes.create(month=date(2026, 10, 1), topic=away)
        planned.themes.create(month=date(2026, 11, 1), theme=_theme())
        after = years.make(by=anna, starts_on=date(2027, 8, 1), ends_on=date(2028, 7, 31), like=planned)
        assert [(each.month.month, str(each)) for each in after.themes.all()] == [
            (9, "Natteravne"),
            (11, "Rusmidler"),
        ]

    def test_a_layers_own_theme_goes_before_that_of_all(self, plan, east):
        own = MonthTheme(plan=plan, month=date(2026, 8, 1), layer=east.forum_type, theme=_theme())
        everybody = MonthTheme(plan=plan, month=date(2026, 8, 1), theme=None)
        assert themes.theme_of([everybody, own], date(2026, 8, 13), {east.forum_type_id}) == "Rusmidler"


def _theme():
    return Theme.objects.get(key="rusmidler")


class TestProgress:
    def test_it_tells_how_many_are_left_and_about_how_long(self, planned, anna, client_for):
        made = Publication.objects.create(plan=planned, asked_by=anna, total=115)
        client, page = client_for(anna), f"/aarshjul/offentliggoerelse/{made.pk}/"
        assert "Venter på at begynde" in client.get(page).content.decode()
        now = timezone.now()
        begun = (now - timedelta(seconds=60)).isoformat()

        def told(done: int) -> str:
            rows = Publication.objects.filter(pk=made.pk)
            rows.update(status="running", done=done, heartbeat_at=now, counts={"begun": begun})
            html = client.get(page, headers={"HX-Request": "true"}).content.decode()
            assert f'<progress class="th-progress" max="115" value="{done}"' in html
            return html

        assert "112 møder tilbage." in told(3)  # too early to say how long
        assert "15 af 115 møder." in told(15)
        assert "100 møder tilbage, omkring 7 minutter." in told(15)
        assert "1 møde tilbage, under et minut." in told(114)

    def test_it_is_measured_while_it_runs(self, planned, anna, monkeypatch):
        seen: list[Publication] = []
        real = publishing._one

        def one(by, pk, *, invites):
            seen.append(Publication.objects.get())
            return real(by, pk, invites=invites)

        monkeypatch.setattr(publishing, "_one", one)
        assert publish(anna, planned).counts["made"] == 4
        assert "begun" in seen[-1].counts
        assert seen[-1].done == 3
        assert "begun" not in Publication.objects.get().counts


class TestTooFew:
    def test_a_joint_meeting_that_replaces_is_the_own_one_of_its_month(self, planned, anna, west, joint):
        assert _too_few(planned) == {
            "Netværk Øster mangler 11 af årets 11 møder.",
            "Netværk Vester mangler 11 af årets 11 møder.",
            "Fællesmøde mangler 2 af årets 2 møder.",
            "Forebyggelsesdag mangler årets møde.",
        }
        rules.change(by=anna, thing=joint, replaces=True)
        planned.runs.update(used_at=None)  # never planned: watched by the rules of today
        publish(anna, planned)
        assert _too_few(planned) == {
            "Netværk Øster mangler 9 af årets 10 møder.",
            "Netværk Vester mangler 9 af årets 10 møder.",
            "Fællesmøde mangler 1 af årets 2 møder.",
        }

    def test_a_joint_meeting_belongs_to_the_rule_it_was_published_from(self, planned, anna, west, joint):
        """A forum that comes into the rule in mid-year does not make the meetings of the year be missing."""
        publish(anna, planned)
        missing = "Fællesmøde mangler 1 af årets 2 møder."
        assert missing in _too_few(planned)
        third = ForumFactory(key="strand", name="Netværk Strand", cadence="when_needed")
        joint.forums.add(third)
        assert missing in _too_few(planned)
        # One made by hand, of whom the plan knows nothing, belongs to the rule with the same forums.
        by_hand = MeetingFactory(lead_forum=west, kind="joint", starts_at=at(date(2027, 4, 6), time(13)))
        by_hand.forums.set(joint.forums.all())
        assert missing not in _too_few(planned)
        by_hand.forums.remove(third)
        assert missing in _too_few(planned)

    def test_two_rules_of_the_same_forums_do_not_share_their_meetings(self, planned, anna, east, west, joint):
        publish(anna, planned)
        other = JointMeetingRule.objects.create(key="andet", name="Temamøde", times_a_year=1, minutes=60)
        other.forums.set([east, west])
        assert "Temamøde mangler årets møde." in _too_few(planned)

    def test_a_month_without_a_day_to_meet_on_is_not_asked_for(self, planned, west):
        SchoolHoliday.objects.create(
            key="feb", name="Lukket", starts_on=date(2027, 2, 1), ends_on=date(2027, 2, 28)
        )
        assert "Netværk Vester mangler 10 af årets 10 møder." in _too_few(planned)
        west.cadence, west.cadence_count = "every_n_weeks", 4
        west.save()
        planned.runs.update(used_at=None)
        # Of the 14 blocks of four weeks the last is a Saturday alone.
        assert "Netværk Vester mangler 13 af årets 13 møder." in _too_few(planned)


def _too_few(plan) -> set[str]:
    return {each.text for each in watch.look(plan, date(2026, 10, 1)) if each.rule == 32}


class TestRulesOfTheNextYear:
    def test_they_leave_this_years_plan_and_its_watching_alone(self, planned, anna, east, west, client_for):
        """Rules are shared by all years; what is planned stands, and is watched by the rules it was planned by."""
        publish(anna, planned)
        before = list(planned.planned.values_list("pk", "date", "start", "meeting__starts_at"))

        def too_few() -> list[str]:
            return [each.text for each in watch.look(planned, date(2026, 10, 1)) if each.rule == 32]

        watched = too_few()
        assert "Netværk Øster mangler 10 af årets 11 møder." in watched
        years.make(by=anna, starts_on=date(2027, 8, 1), ends_on=date(2028, 7, 31), like=planned)
        rules.change(by=anna, thing=east, rhythm="count", count=20, weekdays=[3], starts=["08:00"])
        rules.change(by=anna, thing=west, rhythm="none")
        assert too_few() == watched
        assert list(planned.planned.values_list("pk", "date", "start", "meeting__starts_at")) == before
        again = publish(anna, planned)
        assert (again.counts, again.left) == ({}, [])
        assert list(planned.planned.values_list("pk", "date", "start", "meeting__starts_at")) == before
        html = client_for(anna).get(f"/aarshjul/{planned.pk}/").content.decode()
        assert "Reglerne er ændret, siden planen blev regnet: Netværk Vester og Netværk Øster." in html

    def test_the_next_year_follows_them_and_so_does_this_one_when_it_is_planned_again(
        self, planned, anna, east, client_for
    ):
        after = years.make(by=anna, starts_on=date(2027, 8, 1), ends_on=date(2028, 7, 31), like=planned)
        rules.change(by=anna, thing=east, rhythm="count", count=20)
        texts = [each.text for each in watch.look(after, date(2027, 10, 1))]
        assert "Netværk Øster mangler 20 af årets 20 møder." in texts
        run = runs.start(by=anna, plan=planned)
        runs.solve(run.pk)
        run.refresh_from_db()
        applying.use(by=anna, run=run)
        planned.refresh_from_db()
        texts = [each.text for each in watch.look(planned, date(2026, 10, 1))]
        assert "Netværk Øster mangler 20 af årets 20 møder." in texts
        html = client_for(anna).get(f"/aarshjul/{planned.pk}/").content.decode()
        assert "Reglerne er ændret" not in html

    def test_a_plan_from_before_rules_had_a_part_follows_the_same_rules(
        self, planned, anna, east, client_for
    ):
        """A key that has come into the file since is empty in both, until somebody writes something in it."""
        run = planned.runs.get()
        for each in run.data["forums"]:
            del each["starts_by_month"]
        run.save()
        page = f"/aarshjul/{planned.pk}/"
        assert "Reglerne er ændret" not in client_for(anna).get(page).content.decode()
        rules.change(by=anna, thing=east, starts_by_month={"9": ["10:00"]})
        html = client_for(anna).get(page).content.decode()
        assert "Reglerne er ændret, siden planen blev regnet: Netværk Øster." in html
