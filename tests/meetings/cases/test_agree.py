"""`may_read_case` and `cases_visible_to` say the same, in any world."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.meetings.cases.conftest import KINDS
from tests.worlds import examples
from tovholder.concerns.models import CaseTeamMember, Concern
from tovholder.meetings import policy
from tovholder.meetings.models import CaseItem, Disclosure
from tovholder.meetings.queries import cases_visible_to
from tovholder.meetings.services.cases_room import shown_cases

TOLD = st.fixed_dictionaries(
    {
        "who": st.sampled_from(sorted(KINDS)),
        "ground": st.sampled_from(["rpl115", "consent", "none"]),
        "days": st.sampled_from([None, -1, 1]),
    }
)


@pytest.mark.django_db
@settings(
    max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    status=st.sampled_from(["planned", "opened", "done"]),
    told=st.lists(TOLD, max_size=4, unique_by=lambda each: each["who"]),
    team=st.sets(st.sampled_from(sorted(KINDS)), max_size=2),
    ended=st.sampled_from([None, 1, 400]),
)
def test_the_policy_and_the_query_agree(item, people, status, told, team, ended):
    now = timezone.now()
    Disclosure.objects.all().delete()
    CaseTeamMember.objects.all().delete()
    opened = None if status == "planned" else now
    CaseItem.objects.filter(pk=item.pk).update(status=status, opened_at=opened)
    ended_at = now - timedelta(days=ended) if ended else None
    Concern.objects.filter(pk=item.concern_id).update(
        status="closed" if ended else "clarifying", ended_at=ended_at
    )
    child = item.concern.children.get()
    for each in told:
        until = now + timedelta(days=each["days"]) if each["days"] else None
        Disclosure.objects.create(
            case_item=item, child=child, person=people[each["who"]].person, ground=each["ground"], at=now,
            reads_until=until,
        )  # fmt: skip
    for name in team:
        CaseTeamMember.objects.create(
            concern=item.concern, person=people[name].person, basis="rpl115", from_at=now, added_by="x"
        )
    fresh = CaseItem.objects.select_related("concern", "meeting").get(pk=item.pk)
    for user in people.values():
        sees = cases_visible_to(user, fresh.meeting).filter(pk=item.pk).exists()
        assert sees == bool(policy.may_read_case(user, fresh)), user.name
        # What is shown now is never more than what may be read.
        assert sees or not shown_cases(user, fresh.meeting)
