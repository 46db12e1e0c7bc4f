"""A joint meeting takes up what is open in each of its forums: who may plan one, and with which."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import AgreementFactory, ForumFactory, join
from tovholder.access.decision import Refused
from tovholder.forums.models import JointMeetingRule, Membership
from tovholder.meetings.models import Meeting
from tovholder.meetings.services import planning


def test_nobody_reads_another_forum_by_planning_a_meeting_with_it(bo, dina, client_for, network):
    """A joint meeting takes up what is open in each forum, so one's own forum is not enough to plan it."""
    join(bo, own := ForumFactory(name="Bos forum", highest_level="anonymous"), convenes=True)
    Membership.objects.filter(person=bo.person, forum=network).delete()
    other = ForumFactory(name="Dinas forum", highest_level="anonymous")
    join(dina, other, convenes=True)
    AgreementFactory(forum=other, what="Hemmelig aftale", level="anonymous", responsible=dina.person)
    chosen = {"forum": own.pk, "kind": "joint", "others": [other.pk]}
    client, address = client_for(bo), reverse("meetings:create_details")
    page = client.get(reverse("meetings:create"), chosen)
    assert page.status_code == 200
    assert "Dinas forum" not in page.content.decode()
    day = timezone.localdate() + timedelta(days=40)
    facts = {"day": day.isoformat(), "starts": "10:00", "ends": "11:00", "confirmed": "on"}
    client.post(f"{address}?{urlencode(chosen, doseq=True)}", facts, follow=True)
    assert not Meeting.objects.filter(forums=other).exists()
    starts = timezone.now() + timedelta(days=40)
    with pytest.raises(Refused):
        planning.create_meeting(
            by=bo, forums=[own, other], starts_at=starts, ends_at=starts + timedelta(hours=1)
        )


def test_a_joint_meeting_is_planned_by_who_sits_in_both_or_by_the_municipalitys_rule(bo, dina, network):
    join(bo, own := ForumFactory(), convenes=True)
    starts = timezone.now() + timedelta(days=40)
    times = {"starts_at": starts, "ends_at": starts + timedelta(hours=1)}
    assert planning.create_meeting(by=bo, forums=[own, network], **times)
    other = ForumFactory()
    rule = JointMeetingRule.objects.create(key="faelles", name="Fælles", minutes=60, times_a_year=2)
    rule.forums.set([own, other])
    assert planning.create_meeting(by=bo, forums=[own, other], **times)


def test_a_forum_that_the_chosen_one_does_not_meet_with_is_told_at_the_field(bo, client_for):
    """The partners of all the forums one convenes are offered; the wrong pair was refused only when all was filled in."""
    lead, other, partner = (ForumFactory(name=name) for name in ("Fører", "Andet", "Makker"))
    for forum in (lead, other):
        join(bo, forum, convenes=True)
    rule = JointMeetingRule.objects.create(key="faelles", name="Fælles", minutes=60, times_a_year=2)
    rule.forums.set([other, partner])
    client, url = client_for(bo), reverse("meetings:create")
    page = client.get(url, {"forum": lead.pk, "kind": "joint", "others": partner.pk}).content.decode()
    assert "Fører holder ikke møder sammen med Makker. Vælg et andet forum." in page
    for forum, others in ((other, partner), (lead, other)):
        page = client.get(
            url, {"forum": forum.pk, "kind": "joint", "others": others.pk}, follow=True
        ).content.decode()
        assert "holder ikke møder sammen" not in page
        assert "Starter kl." in page
