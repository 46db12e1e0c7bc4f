"""The invariant of the product, over random histories (issue A section 6, rule 29).

Every open agreement is on the next held agenda of its forum, exactly once, until it is done, changed or stopped.
A joint meeting counts for each of its forums, an event never; closing a forum demands a successor.

A small model in plain Python keeps what must be true, and never asks the code it checks.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import ForumFactory, MunicipalityFactory, PersonFactory, join, make_user
from tests.worlds import examples
from tovholder.accounts.models import Role, User
from tovholder.forums.models import Forum
from tovholder.meetings.models import AgendaItem, CarriedAgreement, Meeting, MeetingKind, MeetingStatus
from tovholder.meetings.services import carrying, choosing, planning, running
from tovholder.meetings.services.handover import hand_over_person
from tovholder.meetings.services.succession import close_forum, merge_forums
from tovholder.plans import services as plans
from tovholder.plans.models import Agreement, AgreementStatus

FORUMS = 3
small = st.integers(0, 5)
STEPS = st.one_of(
    st.tuples(st.just("agree"), small, small),
    st.tuples(st.just("plan"), small, small),
    st.tuples(st.just("plan_joint"), small, small),
    st.tuples(st.just("plan_event"), small, small),
    st.tuples(st.just("hold"), small, small),
    st.tuples(st.just("start_and_regret"), small, small),
    st.tuples(st.just("hold_again"), small, small),
    st.tuples(st.just("cancel"), small, small),
    st.tuples(st.just("move"), small, small),
    st.tuples(st.just("done"), small, small),
    st.tuples(st.just("stop"), small, small),
    st.tuples(st.just("change"), small, small),
    st.tuples(st.just("reopen"), small, small),
    st.tuples(st.just("close_forum"), small, small),
    st.tuples(st.just("merge"), small, small),
    st.tuples(st.just("leave"), small, small),
)


class World:
    """The real thing beside a model of it: `open` maps each open agreement to its forum."""

    def __init__(self) -> None:
        MunicipalityFactory()
        self.anna: User = make_user("Anna", Role.CONSULTANT)
        self.hans: User = make_user("Hans", Role.ADMINISTRATOR)
        self.forums: list[Forum] = [ForumFactory() for _ in range(FORUMS)]
        self.people = [PersonFactory() for _ in range(3)]
        for forum in self.forums:
            join(self.anna, forum, convenes=True)
            for person in self.people:
                join(person, forum)
        self.open: dict[int, int] = {}
        self.closed: list[int] = []
        self.held: list[int] = []

    # ------------------------------------------------------------------ choosing from what exists
    def living(self) -> list[Forum]:
        return [forum for forum in Forum.objects.order_by("pk") if forum.closed_on is None]

    def pick(self, rows: Any, number: int) -> Any:
        found = list(rows)
        return found[number % len(found)] if found else None

    def planned(self) -> list[Meeting]:
        return list(Meeting.objects.filter(status=MeetingStatus.PLANNED).order_by("starts_at", "pk"))

    def an_open(self, number: int) -> Agreement | None:
        pk = self.pick(sorted(self.open), number)
        return Agreement.objects.get(pk=pk) if pk is not None else None

    # ------------------------------------------------------------------ steps
    def agree(self, a: int, b: int) -> None:
        forum = self.pick(self.living(), a)
        made = plans.create_agreement(
            by=self.anna,
            forum=forum,
            what="Ring til klubben",
            responsible=self.pick(self.people, b),
            due_on=timezone.localdate() + timedelta(days=7 * b),
        )
        self.open[made.pk] = forum.pk

    def _plan(self, forums: list[Forum], days: int, kind: str = "") -> None:
        start = timezone.now() + timedelta(days=1 + days)
        planning.create_meeting(
            by=self.anna, forums=forums, starts_at=start, ends_at=start + timedelta(hours=1), kind=kind
        )

    def plan(self, a: int, b: int) -> None:
        self._plan([self.pick(self.living(), a)], b)

    def plan_joint(self, a: int, b: int) -> None:
        living = self.living()
        if len(living) > 1:
            first = a % len(living)
            self._plan([living[first], living[(first + 1) % len(living)]], b)

    def plan_event(self, a: int, b: int) -> None:
        self._plan([self.pick(self.living(), a)], b, MeetingKind.EVENT)

    def expected(self, meeting: Meeting) -> list[int]:
        if meeting.kind == MeetingKind.EVENT:
            return []
        forums = set(meeting.forums.values_list("pk", flat=True))
        return sorted(pk for pk, forum in self.open.items() if forum in forums)

    def hold(self, a: int, b: int) -> None:
        meeting = self.pick(self.planned(), a)
        if meeting is None:
            return
        expected = self.expected(meeting)
        assert [each.pk for each in carrying.open_agreements(meeting).order_by("pk")] == expected, (
            "before the start"
        )
        running.start(by=self.anna, meeting=meeting)
        carried = list(meeting.carried.order_by("agreement_id").values_list("agreement_id", flat=True))
        assert carried == expected, "written down at the start, each exactly once"
        if expected:
            items = meeting.items.filter(source=AgendaItem.Source.OPEN_AGREEMENTS)
            assert items.count() == 1, "one item holds them"
        if expected and b % 2:
            agreement = Agreement.objects.get(pk=expected[b % len(expected)])
            choosing.choose_continue(by=self.anna, meeting=meeting, agreement=agreement)
        meeting.refresh_from_db()
        left = {item.pk: running.DEFER if b % 3 else running.DONE for item in running.unfinished(meeting)}
        deferrable = meeting.items.exclude(source=AgendaItem.Source.OPEN_AGREEMENTS).values_list(
            "pk", flat=True
        )
        left = {pk: (how if pk in set(deferrable) else running.DONE) for pk, how in left.items()}
        running.finish(by=self.anna, meeting=meeting, unfinished_items=left)
        self.held.append(meeting.pk)

    def start_and_regret(self, a: int, b: int) -> None:
        meeting = self.pick(self.planned(), a)
        if meeting is not None:
            running.start(by=self.anna, meeting=meeting)
            running.back_to_planned(by=self.anna, meeting=meeting)
            assert not CarriedAgreement.objects.filter(meeting=meeting).exists()

    def hold_again(self, a: int, b: int) -> None:
        """Taken up again after it had ended: what was carried stays, and nothing comes twice."""
        pk = self.pick(self.held, a)
        if pk is None or any(not forum.is_open for forum in Meeting.objects.get(pk=pk).forums.all()):
            return
        meeting = Meeting.objects.get(pk=pk)
        before = set(meeting.carried.values_list("agreement_id", flat=True))
        running.start(by=self.anna, meeting=meeting)
        meeting.refresh_from_db()
        left = {item.pk: running.DONE for item in running.unfinished(meeting)}
        running.finish(by=self.anna, meeting=meeting, unfinished_items=left)
        assert before <= set(meeting.carried.values_list("agreement_id", flat=True))

    def cancel(self, a: int, b: int) -> None:
        meeting = self.pick(self.planned(), a)
        if meeting is not None:
            planning.cancel(by=self.anna, meeting=meeting, reason="Sygdom")
            assert not carrying.open_agreements(Meeting.objects.get(pk=meeting.pk)).exists()

    def move(self, a: int, b: int) -> None:
        meeting = self.pick(self.planned(), a)
        if meeting is not None:
            start = timezone.now() + timedelta(days=10 + b)
            planning.move(by=self.anna, meeting=meeting, starts_at=start, ends_at=start + timedelta(hours=1))

    def done(self, a: int, b: int) -> None:
        agreement = self.an_open(a)
        if agreement is not None:
            plans.mark_done(by=self.anna, agreement=agreement)
            del self.open[agreement.pk]
            self.closed.append(agreement.pk)

    def stop(self, a: int, b: int) -> None:
        agreement = self.an_open(a)
        if agreement is not None:
            plans.stop(by=self.anna, agreement=agreement, reason="Løst på anden måde")
            del self.open[agreement.pk]
            self.closed.append(agreement.pk)

    def change(self, a: int, b: int) -> None:
        agreement = self.an_open(a)
        if agreement is not None:
            new = plans.change(
                by=self.anna,
                agreement=agreement,
                reason="Større end ventet",
                what="Ring igen",
                responsible=self.people[0],
                due_on=date(2027, 1, 1),
            )
            self.open[new.pk] = self.open.pop(agreement.pk)

    def reopen(self, a: int, b: int) -> None:
        pk = self.pick(self.closed, a)
        if pk is None:
            return
        agreement = Agreement.objects.get(pk=pk)
        if not agreement.forum.is_open:
            return
        plans.reopen(by=self.anna, agreement=agreement)
        self.closed.remove(pk)
        self.open[pk] = agreement.forum_id

    def close_forum(self, a: int, b: int) -> None:
        living = self.living()
        if len(living) < 2:
            return
        gone = living[a % len(living)]
        heir = living[(a + 1) % len(living)]
        close_forum(by=self.anna, forum=gone, successor=heir, reason="Samlet")
        self.open = {pk: heir.pk if forum == gone.pk else forum for pk, forum in self.open.items()}

    def merge(self, a: int, b: int) -> None:
        living = self.living()
        if len(living) < 3:
            return
        heir = living[a % len(living)]
        gone = [forum for forum in living if forum.pk != heir.pk][:2]
        merge_forums(by=self.anna, forums=gone, into=heir, reason="Tre fora bliver til ét")
        ids = {forum.pk for forum in gone}
        self.open = {pk: heir.pk if forum in ids else forum for pk, forum in self.open.items()}

    def leave(self, a: int, b: int) -> None:
        if len(self.people) < 2:
            return
        gone = self.people.pop(a % len(self.people))
        heir = self.people[0]
        hand_over_person(by=self.hans, person=gone, to=heir, left_on=timezone.localdate())
        assert not Agreement.objects.filter(responsible=gone, status=AgreementStatus.OPEN).exists()

    # ------------------------------------------------------------------ what must hold after every step
    def check(self) -> None:
        rows = dict(Agreement.objects.filter(status=AgreementStatus.OPEN).values_list("pk", "forum_id"))
        assert rows == self.open, "no agreement appears, disappears or changes forum by itself"
        living = {forum.pk for forum in self.living()}
        assert set(self.open.values()) <= living, "no open agreement belongs to a closed forum"
        for meeting in self.planned():
            shown = [each.pk for each in carrying.open_agreements(meeting)]
            assert sorted(shown) == self.expected(meeting)
            assert len(shown) == len(set(shown))


@pytest.mark.django_db(transaction=False)
@settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, min_size=3, max_size=25))
def test_every_open_agreement_is_on_the_next_held_agenda(steps: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        world = World()
        for name, a, b in steps:
            getattr(world, name)(a, b)
            world.check()
        # However the history went: a meeting held now in each living forum carries all that is open there.
        for forum in world.living():
            world._plan([forum], 0)
            meeting = Meeting.objects.filter(status=MeetingStatus.PLANNED, lead_forum=forum).latest("pk")
            expected = world.expected(meeting)
            running.start(by=world.anna, meeting=meeting)
            assert sorted(meeting.carried.values_list("agreement_id", flat=True)) == expected
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_same_agreement_cannot_be_written_down_twice(network, anna) -> None:
    world_start = timezone.now() + timedelta(days=3)
    plans.create_agreement(
        by=anna, forum=network, what="Ring", responsible=anna.person, due_on=date(2027, 1, 1)
    )
    meeting = planning.create_meeting(
        by=anna, forums=[network], starts_at=world_start, ends_at=world_start + timedelta(hours=1)
    )
    running.start(by=anna, meeting=meeting)
    row = meeting.carried.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        CarriedAgreement.objects.create(meeting=meeting, agreement=row.agreement, created_at=timezone.now())


@pytest.mark.django_db
def test_a_forum_cannot_be_closed_without_a_successor(network) -> None:
    network.closed_on = date(2026, 1, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        network.save()
