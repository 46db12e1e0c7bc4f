"""The topic bank: members propose, the convener says yes or no with a reason, topics are used again and again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.forums.models import Forum
from tovholder.forums.policy import convenes
from tovholder.forums.policy import may_convene as may_convene_forum
from tovholder.forums.standing import own_forum_ids, person_of
from tovholder.meetings.models import AgendaItem, Meeting, MeetingKind, MeetingStatus, Topic, TopicStatus
from tovholder.meetings.policy import may_use_level
from tovholder.meetings.services import agenda, letters
from tovholder.meetings.services.items import may_change_topic_level, may_edit_items, may_have_level
from tovholder.meetings.services.links import public_url
from tovholder.meetings.standing import is_open_participant

EDITABLE = ("heading", "why", "kind", "level", "minutes", "theme", "wanted_on")


def may_propose(user: User, forum: Forum) -> Decision:
    """May propose topics: the forum's members."""
    if not forum.is_open:
        return no("forum_closed", _("Forummet er lukket. Brug det forum, der har afløst det."))
    if forum.pk in own_forum_ids(user):
        return yes("member")
    return no("not_member", _("Kun forummets medlemmer kan foreslå emner."))


def deadline(meeting: Meeting) -> date:
    """Return the last day on which a proposal reaches the meeting's agenda."""
    return timezone.localtime(meeting.starts_at).date() - timedelta(
        days=meeting.lead_forum.topic_deadline_days
    )


@transaction.atomic
def propose(*, by: User, forum: Forum, heading: str, **details: Any) -> Topic:
    """Propose a topic for the forum's next meeting; after its deadline, or without one, it goes to the bank.

    `details`: why, kind, level, minutes, theme, wanted_on. The convener's own proposal needs no yes.
    """
    unknown = set(details) - set(EDITABLE)
    if unknown:
        raise TypeError(f"no such details of a topic: {sorted(unknown)}")
    may_propose(by, forum).require()
    level = details.get("level") or Level.GENERAL
    may_use_level(forum, level).require()
    if level != Level.GENERAL and is_open_participant(by):
        no("general_only", _("Du kan foreslå generelle emner.")).require()
    meeting = agenda.next_planned([forum.pk])
    in_time = meeting is not None and timezone.localdate() <= deadline(meeting)
    status = TopicStatus.PROPOSED if in_time and not convenes(by, forum) else TopicStatus.BANKED
    topic = Topic.objects.create(
        forum=forum, heading=heading, proposed_by=person_of(by), status=status, **{**details, "level": level}
    )
    record(by=by, action="topic.proposed", obj=topic, details={"forum": forum.pk, "status": str(status)})
    if topic.wanted_on is not None:
        agenda.refresh_next(by=by, forum=forum)
    return topic


def _locked(topic: Topic, by: User) -> Topic:
    topic = Topic.objects.select_for_update().get(pk=topic.pk)
    may_convene_forum(by, topic.forum).require()
    return topic


@transaction.atomic
def edit(*, by: User, topic: Topic, **changes: Any) -> Topic:
    """Change a topic in the bank (EDITABLE); what stands on an agenda already stays as it is there."""
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    topic = _locked(topic, by)
    if "level" in changes:
        may_use_level(topic.forum, changes["level"]).require()
    changed = sorted(name for name, value in changes.items() if getattr(topic, name) != value)
    if "level" in changed:
        may_change_topic_level(topic).require()
    for name in changed:
        setattr(topic, name, changes[name])
    topic.save()
    if changed:
        record(by=by, action="topic.changed", obj=topic, details={"fields": changed})
    return topic


@transaction.atomic
def put_on_agenda(*, by: User, topic: Topic, meeting: Meeting) -> AgendaItem:
    """Put a topic on a meeting's agenda. The yes to a proposal is told to who proposed it."""
    topic = _locked(topic, by)
    meeting = Meeting.every.select_for_update().select_related("lead_forum").get(pk=meeting.pk)
    may_edit_items(by, meeting).require()
    if meeting.kind == MeetingKind.EVENT or meeting.status != MeetingStatus.PLANNED:
        no("meeting_not_planned", _("Emner sættes på dagsordenen til et planlagt møde.")).require()
    if not meeting.forums.filter(pk=topic.forum_id).exists():
        no("other_forum", _("Emnet hører til et andet forum.")).require()
    if meeting.items.filter(topic=topic).exists():
        no("topic_on_agenda", _("Emnet er allerede på dagsordenen.")).require()
    may_have_level(meeting, topic.level).require()
    proposal = topic.status == TopicStatus.PROPOSED
    source = AgendaItem.Source.PROPOSAL if proposal else AgendaItem.Source.TOPIC
    item = agenda.insert_topic(meeting, topic, source)
    agenda.renumber(meeting)
    record(by=by, action="topic.scheduled", obj=topic, details={"meeting": meeting.pk})
    if proposal:
        _tell_proposer(by, topic)
    return item


@transaction.atomic
def decline(*, by: User, topic: Topic, reason: str) -> Topic:
    """Say no to a proposal with a reason; the proposer gets a mail with a link and no content."""
    topic = _locked(topic, by)
    if topic.status != TopicStatus.PROPOSED:
        no("topic_answered", _("Der er allerede svaret på forslaget.")).require()
    topic.status, topic.decline_reason = TopicStatus.DECLINED, reason
    topic.save(update_fields=["status", "decline_reason"])
    record(by=by, action="topic.declined", obj=topic)
    _tell_proposer(by, topic)
    return topic


@transaction.atomic
def bank(*, by: User, topic: Topic) -> Topic:
    """Keep a topic in the bank for later: the answer "not now" to a proposal, or the undo of putting away."""
    topic = _locked(topic, by)
    proposal = topic.status == TopicStatus.PROPOSED
    if topic.status not in {TopicStatus.PROPOSED, TopicStatus.ARCHIVED, TopicStatus.DECLINED}:
        no("topic_in_bank", _("Emnet er allerede i emnebanken.")).require()
    topic.status, topic.decline_reason = TopicStatus.BANKED, ""
    topic.save(update_fields=["status", "decline_reason"])
    record(by=by, action="topic.banked", obj=topic)
    if proposal:
        _tell_proposer(by, topic)
    return topic


@transaction.atomic
def archive(*, by: User, topic: Topic) -> Topic:
    """Put a topic away; `bank` takes it back."""
    topic = _locked(topic, by)
    if topic.status == TopicStatus.PROPOSED:
        no("topic_waits", _("Svar på forslaget først.")).require()
    topic.status = TopicStatus.ARCHIVED
    topic.wanted_on = None
    topic.save(update_fields=["status", "wanted_on"])
    record(by=by, action="topic.archived", obj=topic)
    return topic


def _tell_proposer(by: User, topic: Topic) -> None:
    person = topic.proposed_by
    if person is None or person == person_of(by):
        return
    letters.send_note(
        to=person,
        subject=_("Svar på dit forslag til et emne"),
        text=_("Tovholderen har svaret på det emne, du har foreslået. Se svaret her:"),
        url=public_url(reverse("meetings:topics", args=[topic.forum_id])),
        about=f"topic:{topic.pk}",
    )
