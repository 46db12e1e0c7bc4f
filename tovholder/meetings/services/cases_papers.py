"""The minutes of one case as a document, for those who are covered; never what is criminal, never a name in the file name."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from tovholder.access.bases import LegalBasis
from tovholder.access.sharing import Purpose
from tovholder.accounts.models import User
from tovholder.audit.services import record_reading
from tovholder.directory.queries import municipality_name, municipality_text
from tovholder.documents.shapes import Addendum, AgreementLine, Attendee, DocumentItem, MeetingDocument
from tovholder.meetings.services.cases_reading import CaseView, told_of
from tovholder.meetings.services.letters import MONTHS, when
from tovholder.meetings.services.minutes import minutes_of
from tovholder.meetings.services.papers import approved_line


def case_document(*, by: User, view: CaseView, form: str) -> MeetingDocument:
    """Return the case's minutes as they were approved, else as they stand, and write that they left as a file."""
    item, meeting = view.item, view.item.meeting
    record_reading(
        by=by,
        action="case_item.exported",
        obj=item,
        purpose="minutes file",
        ground=view.ground,
        details={"concern": item.concern_id, "form": form},
    )
    return MeetingDocument(
        municipality=municipality_name(),
        title=_("%(case)s: %(names)s") % {"case": item.concern, "names": view.names},
        when=when(meeting),
        forums=[meeting.lead_forum.name],
        place=meeting.place,
        chair=meeting.chair.name if meeting.chair else "",
        minute_taker=meeting.minute_taker.name if meeting.minute_taker else "",
        present=[
            Attendee(
                name=row.person.name,
                organisation=row.organisation.name if row.organisation else "",
            )
            for row in told_of(item)
            if row.person is not None
        ],
        items=_parts(view),
        addenda=[
            Addendum(
                when=_day(row.saved_at.date() if row.saved_at else None), author=row.saved_by, text=str(text)
            )
            for row, text in view.added
        ],
        approved_line=approved_line(minutes_of(meeting)),
        footer=municipality_text("minutes_footer"),
    )


def _parts(view: CaseView) -> list[DocumentItem]:
    item, frozen = view.item, view.frozen
    ground = [
        _("Grundlag: %(basis)s") % {"basis": LegalBasis(item.basis).label if item.basis else ""},
        _("Formål: %(code)s. %(words)s")
        % {
            "code": Purpose(item.purpose_code).label if item.purpose_code else "",
            "words": view.own["purpose"],
        },
        _("Nødvendigt, fordi: %(words)s") % {"words": view.own["necessity"]},
    ]
    said = frozen.get("minutes", str(view.minutes_text))
    child = frozen.get("child_view", str(view.own["child_view"]))
    missing = frozen.get("no_child_view", str(view.own["no_child_view"]))
    view_text = child or (_("Ikke hørt: %(why)s") % {"why": missing} if missing else "")
    decision = frozen.get("decision", str(item.get_decision_display()) if item.decision else "")
    rows = [
        (_("Grundlag"), "\n\n".join(ground)),
        (_("Barnets egen mening"), view_text),
        (_("Referat"), said),
        (_("Beslutning"), decision),
    ]
    if told := _informed(view):
        rows.append((_("Besked til familien"), told))
    parts = [
        DocumentItem(number=number, heading=heading, text=text)
        for number, (heading, text) in enumerate(rows, start=1)
    ]
    agreed = [
        AgreementLine(what=str(each.words), who=each.responsible, due=_day(each.due_on), status=each.status)
        for each in view.agreements
    ]
    return [*parts, DocumentItem(number=len(parts) + 1, heading=_("Aftaler"), agreements=agreed)]


def _informed(view: CaseView) -> str:
    """Write whether the family was told of what the name was opened for (rule 44), as it stands today; empty where nothing was due."""
    item = view.item
    if item.information_given_on is not None:
        return _("Givet den %(day)s") % {"day": _day(item.information_given_on)}
    if view.own["no_information"]:
        return _("Gives ikke: %(why)s") % {"why": view.own["no_information"]}
    return _("Ikke skrevet ned") if item.information_due_on is not None else ""


def case_file_name(view: CaseView, extension: str) -> str:
    """Return a file name of the code: no person in it."""
    return f"sag-{view.item.concern.code}.{extension}"


def _day(day: date | None) -> str:
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}" if day is not None else ""
