"""Agenda and minutes as documents, with only what the reader may see, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.directory.queries import municipality_name, municipality_text
from tovholder.documents.shapes import (
    Addendum,
    AgreementLine,
    Attendee,
    DocumentItem,
    MeetingDocument,
    OutcomeLine,
)
from tovholder.meetings.models import AgendaItem, Meeting, Minutes, MinutesStatus, Participation
from tovholder.meetings.queries import items_visible_to, readable_levels
from tovholder.meetings.services import minute_record
from tovholder.meetings.services.agenda import highest_level
from tovholder.meetings.services.carrying import visible_open_agreements
from tovholder.meetings.services.letters import MONTHS, when
from tovholder.meetings.standing import sits_at_table
from tovholder.plans.models import Agreement

GUESTS = (Participation.Part.GUEST, Participation.Part.SPEAKER)


def agenda_document(*, user: User, meeting: Meeting, carried: Sequence[Agreement]) -> MeetingDocument:
    """Return the agenda as the user may read it: what the page shows, so no clock times where a gap would tell."""
    levels = readable_levels(user, meeting)
    all_shown = len(levels) > 1 or highest_level(meeting) == Level.GENERAL
    begins, items = meeting.starts_at, []
    for number, item in enumerate(items_visible_to(user, meeting), start=1):
        items.append(_agenda_item(number, item, begins if all_shown else None))
        begins += timedelta(minutes=item.minutes)
    return MeetingDocument(
        municipality=municipality_name(),
        title=str(meeting),
        when=when(meeting),
        forums=[forum.name for forum in meeting.forums.all()],
        place=meeting.place,
        chair=meeting.chair.name if meeting.chair else "",
        minute_taker=meeting.minute_taker.name if meeting.minute_taker else "",
        note=meeting.note,
        principles=meeting.lead_forum.principles,
        items=items,
        carried=[
            AgreementLine(
                what=each.what,
                who=each.responsible.name if each.responsible else "",
                due=_day(each.due_on),
                status=str(each.get_status_display()),
            )
            for each in carried
        ],
    )


def carried_for(user: User, meeting: Meeting) -> list[Agreement]:
    """Return the open agreements that stand on the user's copy of the agenda."""
    levels = readable_levels(user, meeting)
    return list(visible_open_agreements(meeting, levels)) if sits_at_table(user, meeting) else []


def _agenda_item(number: int, item: AgendaItem, begins: datetime | None) -> DocumentItem:
    starts = timezone.localtime(begins) if begins is not None else None
    return DocumentItem(
        number=number,
        heading=item.heading,
        level_word=str(item.get_level_display()),
        minutes=item.minutes,
        clock=f"{starts.hour}.{starts.minute:02d}" if starts is not None else "",
        presenter=item.presenter.name if item.presenter else "",
        question=item.question,
        sub_points=[str(point) for point in item.sub_points],
    )


def minutes_document(
    *, meeting: Meeting, minutes: Minutes | None, said: minute_record.MinuteRecord
) -> MeetingDocument:
    """Return the minutes as the reader may read them (`said`): as they were approved, else as they stand now."""
    present = [each for each in said["attendance"] if each["attended"]]
    return MeetingDocument(
        municipality=municipality_name(),
        title=said["title"],
        when=when(meeting),
        forums=said["forums"],
        place=said["place"],
        chair=said["chair"],
        minute_taker=said["minute_taker"],
        present=[_attendee(each) for each in present if each["part"] not in GUESTS],
        guests=[_attendee(each) for each in present if each["part"] in GUESTS],
        absent=[_attendee(each) for each in said["attendance"] if not each["attended"]],
        items=[_minutes_item(item) for item in said["items"]],
        carried=[_carried(line) for line in said["carried"]],
        addenda=_addenda(minutes),
        approved_line=approved_line(minutes),
        footer=municipality_text("minutes_footer"),
    )


def approved_line(minutes: Minutes | None) -> str:
    """Write "Godkendt den 24. marts 2026 af Anna", or nothing for a draft."""
    if minutes is None or minutes.status != MinutesStatus.APPROVED or minutes.approved_at is None:
        return ""
    name = minutes.approved_by.name if minutes.approved_by else ""
    return _("Godkendt den %(day)s af %(name)s") % {
        "day": _day(timezone.localtime(minutes.approved_at).date()),
        "name": name,
    }


def file_name(meeting: Meeting, kind: str, extension: str) -> str:
    """Return a file name of kind, forum key and day: no person and no heading in it."""
    day = timezone.localtime(meeting.starts_at).date()
    return f"{kind}-{meeting.lead_forum.key}-{day.isoformat()}.{extension}"


def _minutes_item(item: minute_record.ItemRecord) -> DocumentItem:
    text = item["text"]
    if item["is_deferred"]:
        put_off = _("Punktet er udskudt til næste møde.")
        text = f"{text}\n\n{put_off}" if text else put_off
    return DocumentItem(
        number=item["number"],
        heading=item["heading"],
        level_word=item["level_word"],
        presenter=item["presenter"],
        question=item["question"],
        sub_points=item["sub_points"],
        text=text,
        outcomes=[OutcomeLine(kind=each["kind_word"], text=_addressed(each)) for each in item["outcomes"]],
        agreements=[_agreement(each) for each in item["agreements"]],
    )


def _addressed(outcome: minute_record.OutcomeLine) -> str:
    if not outcome["to"]:
        return outcome["text"]
    return _("%(text)s (til %(receiver)s)") % {"text": outcome["text"], "receiver": outcome["to"]}


def _agreement(line: minute_record.AgreementLine) -> AgreementLine:
    who = line["responsible"]
    if line["helpers"]:
        who = _("%(who)s sammen med %(helpers)s") % {"who": who, "helpers": ", ".join(line["helpers"])}
    due = date.fromisoformat(line["due_on"]) if line["due_on"] else None
    return AgreementLine(what=line["what"], who=who, due=_day(due), status=line["status_word"])


def _carried(line: minute_record.CarriedLine) -> AgreementLine:
    due = date.fromisoformat(line["due_on"]) if line["due_on"] else None
    status = line["choice_word"] or line["status_word"]
    return AgreementLine(what=line["what"], who=line["responsible"], due=_day(due), status=status)


def _addenda(minutes: Minutes | None) -> list[Addendum]:
    if minutes is None:
        return []
    return [
        Addendum(
            when=f"{_day(timezone.localtime(each.at).date())} kl. {timezone.localtime(each.at):%H.%M}",
            author=each.by.name,
            text=each.text,
        )
        for each in minutes.addenda.select_related("by")
    ]


def _attendee(line: minute_record.Attendee) -> Attendee:
    return Attendee(name=line["name"], organisation=line["organisation"])


def _day(day: date | None) -> str:
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}" if day is not None else ""
