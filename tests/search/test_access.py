"""What a person finds is exactly what the policies let this person read, in any world."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import (
    AgendaItemFactory,
    AgreementFactory,
    ForumFactory,
    MeetingFactory,
    ParticipationFactory,
    TopicFactory,
    join,
)
from tests.worlds import examples
from tovholder.accounts.models import User
from tovholder.directory import policy as directory_policy
from tovholder.documents.models import Attachment
from tovholder.forums import policy as forums_policy
from tovholder.forums.models import Forum, OlderMinutes
from tovholder.forums.standing import forget, own_forum_ids
from tovholder.meetings import policy as meetings_policy
from tovholder.meetings.models import (
    AgendaAttachment,
    AgendaItem,
    Meeting,
    Minutes,
    MinutesAddendum,
    MinutesStatus,
    Topic,
)
from tovholder.meetings.queries import minutes_visible_to
from tovholder.plans import policy as plans_policy
from tovholder.plans.models import Agreement
from tovholder.search import services, sources
from tovholder.search.models import Entry, Kind
from tovholder.search.queries import matching, understand

WORD = "rundtur"
LEVELS = st.sampled_from(["general", "general", "anonymous"])


def readable(user: User, entry: Entry) -> bool:
    """The policies of the pages, asked one by one."""
    kind, pk = entry.kind, entry.object_id
    if kind in {Kind.MEETING, Kind.ITEM, Kind.MINUTES, Kind.ADDENDUM, Kind.FILE}:
        meeting = Meeting.objects.get(pk=entry.parent_id)
        levels = {item.level for item in _items_of(kind, pk, meeting) if item is not None}
        if not meetings_policy.may_read(user, meeting) or levels - {"general"}:
            return False
        minutes = Minutes.objects.filter(meeting=meeting).first()
        of_minutes = kind in {Kind.MINUTES, Kind.ADDENDUM}
        return not of_minutes or bool(meetings_policy.may_read_minutes(user, meeting, minutes))
    if kind == Kind.AGREEMENT:
        return bool(plans_policy.may_read(user, Agreement.objects.get(pk=pk)))
    if kind == Kind.TOPIC:
        return Topic.objects.get(pk=pk).forum_id in own_forum_ids(user)
    if kind == Kind.OLDER:
        return bool(forums_policy.may_read_older_minutes(user, OlderMinutes.objects.get(pk=pk).forum))
    found = sources.SORTS[kind].model._default_manager.get(pk=pk)
    asked = forums_policy.may_read if kind == Kind.FORUM else directory_policy.may_read
    return bool(asked(user, found))  # type: ignore[operator]


def _items_of(kind: str, pk: int, meeting: Meeting) -> list[AgendaItem | None]:
    """The items whose level an entry goes by: an addendum may be about any of the meeting's."""
    if kind in {Kind.ITEM, Kind.MINUTES}:
        return [AgendaItem.objects.get(pk=pk)]
    if kind == Kind.FILE:
        return [AgendaAttachment.objects.get(pk=pk).item]
    return list(meeting.items.all()) if kind == Kind.ADDENDUM else []


def make(draw: Any, personas: dict[str, User]) -> None:
    forums = [ForumFactory(name=f"{WORD} {n}") for n in range(2)]
    seated = draw(st.lists(st.sampled_from(sorted(personas)), max_size=4, unique=True))
    for name in seated:
        join(personas[name], draw(st.sampled_from(forums)), convenes=draw(st.booleans()))
    corrected_meeting(draw(st.sampled_from(forums)), draw, personas)
    for forum in forums:
        meeting = MeetingFactory(
            lead_forum=forum, title=WORD, kind=draw(st.sampled_from(["ordinary", "ordinary", "event"]))
        )
        for name in draw(st.lists(st.sampled_from(sorted(personas)), max_size=2, unique=True)):
            ParticipationFactory(meeting=meeting, person=personas[name].person)
        if draw(st.booleans()):
            meeting.chair = personas[draw(st.sampled_from(sorted(personas)))].person
            meeting.save()
        items = [
            AgendaItemFactory(meeting=meeting, heading=WORD, text=WORD, level=draw(LEVELS)) for _ in range(2)
        ]
        for item in (None, *items):
            attachment = Attachment.objects.create(name=f"{WORD} {item}.pdf", size=1)
            AgendaAttachment.objects.create(meeting=meeting, item=item, attachment=attachment)
        status = draw(st.sampled_from([None, *MinutesStatus.values]))
        if status is not None:
            approver = personas["anna"] if status == MinutesStatus.APPROVED else None
            at = timezone.now() if approver else None
            minutes = Minutes.objects.create(
                meeting=meeting, status=status, approved_by=approver, approved_at=at
            )
            MinutesAddendum.objects.create(minutes=minutes, text=WORD, by=personas["anna"], at=timezone.now())
        attachment = Attachment.objects.create(name="gammelt.pdf", size=1)
        OlderMinutes.objects.create(forum=forum, attachment=attachment, title=WORD, held_on=date(2019, 5, 7))
        TopicFactory(forum=forum, heading=WORD, level=draw(LEVELS))
        responsible = personas[draw(st.sampled_from(sorted(personas)))].person
        AgreementFactory(forum=forum, what=WORD, level=draw(LEVELS), responsible=responsible)


def corrected_meeting(forum: Forum, draw: Any, personas: dict[str, User]) -> None:
    """A meeting of general items with files, and minutes with a correction: so that each world has both sorts."""
    meeting = MeetingFactory(lead_forum=forum, title=WORD)
    item = AgendaItemFactory(meeting=meeting, heading=WORD, text=WORD)
    for beside in (None, item):
        attachment = Attachment.objects.create(name=f"{WORD}.pdf", size=1)
        AgendaAttachment.objects.create(meeting=meeting, item=beside, attachment=attachment)
    status = draw(st.sampled_from(MinutesStatus.values))
    approver = personas["anna"] if status == MinutesStatus.APPROVED else None
    minutes = Minutes.objects.create(
        meeting=meeting, status=status, approved_by=approver, approved_at=timezone.now() if approver else None
    )
    MinutesAddendum.objects.create(minutes=minutes, text=WORD, by=personas["anna"], at=timezone.now())


class Undo(Exception):
    pass


@settings(max_examples=examples(8), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_hits_are_what_the_policies_say(personas, data) -> None:
    try:
        with transaction.atomic():
            make(data.draw, personas)
            services.rebuild()
            everything = list(Entry.objects.filter(words__contains=WORD)) + list(
                Entry.objects.filter(kind="forum")
            )
            assert {Kind.FILE, Kind.ADDENDUM, Kind.OLDER} <= {each.kind for each in everything}
            for user in data.draw(st.lists(st.sampled_from(list(personas.values())), min_size=4, max_size=4)):
                user = User.objects.get(pk=user.pk)
                forget(user)
                hits = {
                    (each.kind, each.object_id)
                    for each in Entry.objects.filter(pk__in=matching(user, understand(WORD)))
                }
                may = {(each.kind, each.object_id) for each in everything if readable(user, each)}
                assert hits == may, user.name
                for meeting in Meeting.objects.all():
                    minutes = Minutes.objects.filter(meeting=meeting).first()
                    allowed = meetings_policy.may_read(user, meeting) and meetings_policy.may_read_minutes(
                        user, meeting, minutes
                    )
                    assert minutes_visible_to(user).filter(pk=meeting.pk).exists() == bool(allowed), user.name
            raise Undo
    except Undo:
        pass


def test_a_stale_index_shows_nothing_that_may_no_longer_be_read(network, bo) -> None:
    """Even if a row were never indexed again: the access rule is asked of the row itself, not of the index."""
    agreement = AgreementFactory(forum=network, what=WORD)
    item = AgendaItemFactory(meeting=MeetingFactory(lead_forum=network), heading=WORD, text=WORD)
    services.rebuild()
    assert len(matching(bo, understand(WORD))) == 2
    Agreement.objects.filter(pk=agreement.pk).update(level="anonymous")
    AgendaItem.objects.filter(pk=item.pk).update(level="anonymous")
    assert matching(bo, understand(WORD)) == []


def test_a_name_one_slip_away_tells_nothing_of_hidden_persons(network, frida) -> None:
    services.rebuild()
    assert matching(frida, understand("Carl", wide=True)) == []
