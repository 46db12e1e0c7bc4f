"""Whatever is done to agreements, in whatever order: what was agreed is open, or a person closed it with a reason."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import ForumFactory, PersonFactory, join
from tests.worlds import examples
from tovholder.access.decision import Refused
from tovholder.audit.models import Event
from tovholder.forums.models import Forum
from tovholder.plans import services
from tovholder.plans.models import Agreement, AgreementNote

STEPS = ["done", "stop", "change", "continue", "status", "edit", "reopen", "hand_over", "move"]
history = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 5), st.booleans()), max_size=12)
WORDS = {"reason": "Fordi det er løst"}


def take(step: str, agreement: Agreement, anna, people, forums, flag: bool) -> None:
    responsible = people[flag]
    due = timezone.localdate() + timedelta(days=7 if flag else -7)
    match step:
        case "done":
            services.mark_done(by=responsible if flag else anna, agreement=agreement)
        case "stop":
            services.stop(by=anna, agreement=agreement, **WORDS)
        case "change":
            services.change(
                by=anna, agreement=agreement, what="Ny", responsible=responsible, due_on=due, **WORDS
            )
        case "continue":
            services.continue_agreement(by=anna, agreement=agreement, due_on=due if flag else None)
        case "status":
            services.add_status(by=anna, agreement=agreement, text="Det går" if flag else " ")
        case "edit":
            services.edit_agreement(by=anna, agreement=agreement, responsible=responsible, due_on=due)
        case "reopen":
            services.reopen(by=anna, agreement=agreement)
        case "hand_over":
            services.hand_over(by=anna, person=people[flag], to=people[not flag])
        case "move":
            services.move_to_forum(by=anna, agreements=[agreement], forum=forums[flag])


@pytest.mark.django_db(transaction=False)
@given(steps=history)
@settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_nothing_agreed_is_lost(steps, anna, network):
    first, second = PersonFactory(), PersonFactory()
    other = ForumFactory()
    join(anna, other, convenes=True)
    anna = type(anna).objects.get(pk=anna.pk)  # reads its forums anew
    made = [services.create_agreement(by=anna, forum=network, what="Aftale", responsible=first)]
    for step, which, flag in steps:
        agreement = Agreement.objects.get(pk=made[which % len(made)].pk)
        with contextlib.suppress(Refused):
            take(step, agreement, anna, [first, second], [network, other], flag)
        made = list(Agreement.objects.filter(pk__gte=made[0].pk).order_by("pk"))
    check(made)


def check(made: list[Agreement]) -> None:
    for agreement in made:
        assert Forum.objects.get(pk=agreement.forum_id).is_open or not agreement.is_open
        if agreement.status in {"stopped", "changed"}:
            assert agreement.reason
        if not agreement.is_open:
            assert agreement.closed_by
            assert AgreementNote.objects.filter(agreement=agreement, kind="closed").exists()
        if agreement.status == "changed":
            assert agreement.successor is not None
        last_note = agreement.notes.last()
        assert agreement.moved_at >= (last_note.at if last_note else agreement.created_at)
    # One chain: each agreement but the first took the place of exactly one that was changed.
    assert sum(each.status == "changed" for each in made) == len(made) - 1
    closed = Event.objects.filter(action__in=["agreement.done", "agreement.stopped", "agreement.changed"])
    notes = AgreementNote.objects.filter(kind="closed")
    assert closed.count() == notes.count()
