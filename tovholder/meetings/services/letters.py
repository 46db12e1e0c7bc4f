"""What mails about meetings say: forum, time, place and links. Never names, headings or what people typed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.directory.models import Person
from tovholder.directory.queries import municipality_name
from tovholder.documents.calendar import Method, invitation
from tovholder.meetings.models import Meeting, MeetingKind, Participation
from tovholder.meetings.services.links import answer_url, meeting_url
from tovholder.outbox.services import queue_mail

WEEKDAYS = "mandag tirsdag onsdag torsdag fredag lørdag søndag".split()
MONTHS = "januar februar marts april maj juni juli august september oktober november december".split()


def about(meeting: Meeting) -> str:
    """The key under which a meeting's mails are found again."""
    return f"meeting:{meeting.pk}"


def when(meeting: Meeting) -> str:
    """Write "tirsdag 17. marts 2026 kl. 13.00-14.30"."""
    starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    day = f"{WEEKDAYS[starts.weekday()]} {starts.day}. {MONTHS[starts.month - 1]} {starts.year}"
    until = (
        _clock(ends)
        if ends.date() == starts.date()
        else f"{ends.day}. {MONTHS[ends.month - 1]} {_clock(ends)}"
    )
    return f"{day} kl. {_clock(starts)}–{until}"


def _clock(moment: datetime) -> str:
    return f"{moment.hour}.{moment.minute:02d}"


def subject_line(meeting: Meeting, prefix: str) -> str:
    starts = timezone.localtime(meeting.starts_at)
    line = f"{prefix}: {meeting.lead_forum.name}, {starts.day}. {MONTHS[starts.month - 1]}"
    return " ".join(line.split())[:150]


def calendar_title(forum: str, kind: str, title: str = "") -> str:
    """Write what a calendar shows of a meeting, the same in invitations and feeds: "Netværk Vester, fællesmøde".

    A network meeting carries its case code ("Netværksmøde, Sag 26-041"), which says nothing about the child.
    """
    if kind == MeetingKind.NETWORK and title:
        return title
    return f"{forum}, {MeetingKind(kind).label.lower()}"


def calendar_part(participation: Participation, method: Method) -> str:
    """Return the iTIP part for one invited person."""
    meeting, person = participation.meeting, participation.person
    sender = municipality_name() or "Tovholder"
    replies = settings.REPLIES["address"]
    return invitation(
        method=method,
        uid=meeting.uid,
        sequence=meeting.sequence,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        summary=calendar_title(meeting.lead_forum.name, meeting.kind, meeting.title),
        location=meeting.place,
        # A calendar may be shared: whoever sees the entry must not be able to answer for its owner.
        description=_("Se dagsordenen (log ind): %(url)s. %(how)s")
        % {
            "url": meeting_url(meeting),
            "how": _("Svar her i kalenderen eller med linket i mailen.")
            if replies
            else _("Svar med linket i mailen."),
        }
        if method == "REQUEST"
        else _("Mødet er aflyst, eller du er ikke længere inviteret."),
        url=meeting_url(meeting),
        organizer_email=replies or settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">"),
        organizer_name=sender,
        attendee_email=person.email,
        attendee_name=person.email,  # a calendar may be shared: no name in it
        now=timezone.now(),
        rsvp=bool(replies),
    )


def send_request(participation: Participation, *, opening: str, prefix: str) -> None:
    """Queue one invitation (or a changed one) with its calendar part."""
    meeting = participation.meeting
    lines = [opening, "", *_facts(meeting), ""]
    lines += [
        _("Se den generelle dagsorden, og svar ja, nej eller måske (du behøver ikke at logge ind):"),
        answer_url(participation),
        "",
        _("Har du et login, kan du se hele mødet her:"),
        meeting_url(meeting),
        "",
        _("Linket er dit eget. Send det ikke videre."),
    ]
    queue_mail(
        to=participation.person.email,
        subject=subject_line(meeting, prefix),
        body="\n".join(lines),
        about=about(meeting),
        calendar=calendar_part(participation, "REQUEST"),
        calendar_method="REQUEST",
    )


def send_cancel(participation: Participation, *, opening: str) -> None:
    """Queue one cancellation that also takes the meeting out of the calendar."""
    meeting = participation.meeting
    queue_mail(
        to=participation.person.email,
        subject=subject_line(meeting, _("Aflyst")),
        body="\n".join([opening, "", *_facts(meeting), "", _("Mødet bliver taget ud af din kalender.")]),
        about=about(meeting),
        calendar=calendar_part(participation, "CANCEL"),
        calendar_method="CANCEL",
    )


def send_reminder(participation: Participation, about_key: str = "") -> None:
    """Queue one reminder; who has not answered is asked to."""
    meeting = participation.meeting
    missing = participation.answer == "none"
    opening = _("Vi mangler dit svar.") if missing else _("Husk mødet.")
    lines = [
        opening,
        "",
        *_facts(meeting),
        "",
        _("Se den generelle dagsorden, og svar her:"),
        answer_url(participation),
    ]
    queue_mail(
        to=participation.person.email,
        subject=subject_line(meeting, _("Svar mangler") if missing else _("Påmindelse")),
        body="\n".join(lines),
        about=about_key or about(meeting),
    )


def send_note(*, to: Person, subject: str, text: str, url: str, about: str) -> None:
    """Queue one mail without content: a sentence and a link."""
    if to.email and to.left_on is None:
        queue_mail(to=to.email, subject=subject, body=f"{text}\n\n{url}\n", about=about)


def _facts(meeting: Meeting) -> list[str]:
    lines = [meeting.lead_forum.name, _("Tid: %(when)s") % {"when": when(meeting)}]
    if meeting.place:
        lines.append(_("Sted: %(place)s") % {"place": meeting.place})
    if meeting.online_url:
        lines.append(_("Online: %(url)s") % {"url": meeting.online_url})
    return lines


def next_reminder_at(meeting: Meeting) -> datetime:
    """Return when the reminder is due by the forum's rule."""
    return meeting.starts_at - timedelta(days=meeting.lead_forum.reminder_days)
