"""The face before a meeting: the agenda, who comes, what is missing, send."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from tovholder.forums.standing import own_forum_ids, person_of
from tovholder.meetings import policy
from tovholder.meetings.forms.people import AnswerForm
from tovholder.meetings.models import Answer, Meeting, MeetingKind, MeetingStatus, Minutes, Participation
from tovholder.meetings.services import agenda, events, invitations, overview, reminders
from tovholder.meetings.services.cases_room import warnings_for
from tovholder.meetings.services.checklist import for_meeting
from tovholder.meetings.services.reading import note_reading
from tovholder.meetings.services.topics import deadline
from tovholder.meetings.views.cases_links import case_links
from tovholder.meetings.views.face import convened_meeting, crumbs, meeting_of

UNDO_FOR = timedelta(minutes=30)


@require_GET
def before(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = meeting_of(request, pk, overview.MEETING, network=True)
    if meeting.kind == MeetingKind.NETWORK:
        return redirect("network:meeting", pk)
    shown = overview.agenda_for(request.user, meeting)
    people = overview.participants(meeting)
    note_reading(
        by=request.user, meeting=meeting, items=[line.item for line in shown.lines], purpose="agenda",
        agreements=[row.agreement for line in shown.lines for row in (*line.due, *line.later)],
    )  # fmt: skip
    context = {
        "meeting": meeting,
        "face": "before",
        "agenda": shown,
        "people": people,
        "crumbs": crumbs(meeting),
        **_standing(request, meeting, people),
        **case_links(request, meeting),
    }
    if context["may_edit"]:
        context.update(_for_convener(request, meeting, shown, people))
    context["attachments"] = _attachments(meeting, shown)
    return render(request, "meetings/before.html", context)


def _standing(request: HttpRequest, meeting: Meeting, people: list[Participation]) -> dict[str, Any]:
    """What this reader may do here."""
    user, person = request.user, person_of(request.user)
    mine = next((each for each in people if person is not None and each.person_id == person.pk), None)
    planned = meeting.status == MeetingStatus.PLANNED
    open_now = planned and meeting.ends_at >= timezone.now()
    convener = bool(policy.may_convene(user, meeting))
    return {
        "mine": mine,
        "answer_form": AnswerForm(initial={"answer": mine.answer, "note": mine.answer_note})
        if mine and open_now
        else None,
        "convener": convener,
        "may_edit": convener
        and bool(policy.may_change_agenda(meeting, getattr(meeting, "minutes_record", None))),
        "may_write": convener or bool(policy.may_write_minutes(user, meeting)),
        "planned": planned,
        "is_past": meeting.starts_at < timezone.now() and meeting.status != MeetingStatus.CANCELLED,
        "may_sign_up": meeting.kind == MeetingKind.EVENT and bool(events.may_sign_up(meeting)),
        "coming": sum(each.answer == Answer.YES and not each.waiting_list for each in people),
        "places_left": _places_left(meeting, people),
        "may_propose": planned
        and meeting.kind != MeetingKind.EVENT
        and meeting.lead_forum_id in own_forum_ids(user),
        "deadline": deadline(meeting),
        "in_time": timezone.localdate() <= deadline(meeting),
    }


def _places_left(meeting: Meeting, people: list[Participation]) -> int | None:
    if meeting.kind != MeetingKind.EVENT or meeting.capacity is None:
        return None
    return max(
        meeting.capacity - sum(each.answer == Answer.YES and not each.waiting_list for each in people), 0
    )


def _for_convener(
    request: HttpRequest, meeting: Meeting, shown: overview.Agenda, people: list[Participation]
) -> dict[str, Any]:
    told = meeting.sequence
    unsent = [each for each in people if _is_to_be_told(each, told)]
    return {
        "checks": overview.checks(meeting, shown, people) if meeting.status == MeetingStatus.PLANNED else [],
        "unsent": len(unsent),
        "unanswered": sum(each.invited_sequence is not None and each.answer == "none" for each in people),
        "late": meeting.invited_at is None and overview.is_late(meeting),
        "topics": {"bank": meeting.banked_topics or 0, "waiting": meeting.waiting_topics or 0},  # type: ignore[attr-defined]
        "undo": _undo(request, meeting),
        "guide": for_meeting(meeting, "before"),
    }


def _is_to_be_told(row: Participation, sequence: int) -> bool:
    waits = row.part == Participation.Part.SUBSTITUTE and not row.substitute_confirmed
    known = row.invited_sequence is not None and row.invited_sequence >= sequence
    return bool(row.person.email) and not (waits or known or row.waiting_list)


def _undo(request: HttpRequest, meeting: Meeting) -> dict[str, Any] | None:
    """What was taken off this agenda a short while ago, if it can still be put back."""
    kept: dict[str, Any] | None = request.session.get("removed_item")
    if kept is None or kept["meeting"] != meeting.pk:
        return None
    taken_at = parse_datetime(kept["at"])
    return kept if taken_at is not None and timezone.now() - taken_at < UNDO_FOR else None


def _attachments(meeting: Meeting, shown: overview.Agenda) -> list[Any]:
    """The files of the meeting and of the items that are shown."""
    if not meeting.has_files:  # type: ignore[attr-defined]
        return []
    visible = {line.item.pk for line in shown.lines}
    rows = meeting.attachments.select_related("attachment", "item")
    return [row for row in rows if row.item_id is None or row.item_id in visible]


@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the invitation; a late one is asked about once."""
    meeting = convened_meeting(request, pk)
    if meeting.invited_at is None and overview.is_late(meeting) and "late" not in request.POST:
        messages.warning(
            request, _("Varslet er overskredet. Sæt kryds, hvis indkaldelsen skal sendes alligevel.")
        )
        return redirect("meetings:before", pk)
    count = invitations.send(by=request.user, meeting=meeting)
    text = ngettext(
        "Indkaldelsen er sendt til %(n)s deltager.", "Indkaldelsen er sendt til %(n)s deltagere.", count
    )
    messages.success(request, text % {"n": count} if count else _("Alle har allerede fået indkaldelsen."))
    for line in warnings_for(request.user, meeting):
        messages.warning(request, line)
    return redirect("meetings:before", pk)


@require_POST
def ask_again(request: HttpRequest, pk: int) -> HttpResponse:
    count = reminders.ask_again(by=request.user, meeting=convened_meeting(request, pk))
    text = ngettext(
        "%(n)s deltager har fået en påmindelse.", "%(n)s deltagere har fået en påmindelse.", count
    )
    messages.success(request, text % {"n": count} if count else _("Alle har svaret."))
    return redirect("meetings:before", pk)


@require_POST
def refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring in what has come since the agenda was made."""
    meeting = convened_meeting(request, pk)
    policy.may_change_agenda(meeting, Minutes.objects.filter(meeting=meeting).first()).require()
    count = agenda.refresh(by=request.user, meeting=meeting)
    text = ngettext("%(n)s nyt punkt er kommet på.", "%(n)s nye punkter er kommet på.", count) % {"n": count}
    messages.success(request, text if count else _("Der er ikke kommet noget nyt til dagsordenen."))
    return redirect("meetings:before", pk)
