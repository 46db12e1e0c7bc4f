"""Everything that the page after the meeting shows."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tovholder.access.levels import Level
from tovholder.forums.standing import convened_forum_ids, person_of
from tovholder.meetings import policy
from tovholder.meetings.forms.running import FixForm
from tovholder.meetings.models import (
    AgendaItem,
    Meeting,
    MeetingStatus,
    Minutes,
    MinutesComment,
    MinutesStatus,
)
from tovholder.meetings.queries import read_items, readable_levels
from tovholder.meetings.services.checklist import for_meeting
from tovholder.meetings.services.minute_record import Material, MinuteRecord, for_reader
from tovholder.meetings.services.minutes import blockers
from tovholder.meetings.services.papers import approved_line
from tovholder.meetings.services.readership import not_mailed, not_mailed_about, readers
from tovholder.ui.naming import listed
from tovholder.ui.templatetags.ui import dkday, dktime


def _dated(line: Any) -> dict[str, Any]:
    return {**line, "due": date.fromisoformat(line["due_on"]) if line["due_on"] else None}


def _with_home(line: Any) -> str:
    return f"{line['name']} ({line['organisation']})" if line["organisation"] else str(line["name"])


def _last_written(item: AgendaItem | None) -> str:
    if item is None or item.text_saved_at is None:
        return ""
    saved = {"name": item.text_saved_by, "time": dktime(item.text_saved_at)}
    return _("%(name)s, kl. %(time)s") % saved


class AfterPage:
    """Read once for each page, from the frozen record when the minutes are approved."""

    def __init__(self, request: HttpRequest, meeting: Meeting, minutes: Minutes | None) -> None:
        self.request, self.meeting, self.minutes = request, meeting, minutes
        self.user: Any = request.user
        self.material = Material(meeting)

    @cached_property
    def may_read(self) -> bool:
        return bool(policy.may_read_minutes(self.user, self.meeting, self.minutes))

    @cached_property
    def may_write(self) -> bool:
        return bool(policy.may_write_now(self.user, self.meeting, self.minutes))

    @cached_property
    def may_run(self) -> bool:
        return bool(policy.may_write_minutes(self.user, self.meeting))

    @cached_property
    def may_approve(self) -> bool:
        return bool(policy.may_convene(self.user, self.meeting))

    @property
    def is_held(self) -> bool:
        return self.meeting.status == MeetingStatus.HELD

    @property
    def is_approved(self) -> bool:
        return self.minutes is not None and self.minutes.status == MinutesStatus.APPROVED

    @property
    def is_commenting(self) -> bool:
        return self.minutes is not None and self.minutes.status == MinutesStatus.COMMENTING

    @cached_property
    def said(self) -> MinuteRecord:
        self.agenda  # noqa: B018 - read first: who may read what looks in it
        return for_reader(self.user, self.meeting, self.minutes, self.material)

    @cached_property
    def agenda(self) -> list[AgendaItem]:
        return read_items(self.meeting) if self.is_approved else self.material.items

    @cached_property
    def approved_line(self) -> str:
        return approved_line(self.minutes)

    @cached_property
    def agreements(self) -> list[dict[str, Any]]:
        """Who does what: the agreements made at the meeting, each with what is missing."""
        lines = [
            {**_dated(line), "item_pk": item["pk"], "item_number": item["number"]}
            for item in self.said["items"]
            for line in item["agreements"]
        ]
        return [self._with_fix(line) for line in lines]

    @cached_property
    def carried(self) -> list[dict[str, Any]]:
        return [self._with_fix(_dated(line)) for line in self.said["carried"]]

    def _with_fix(self, line: dict[str, Any]) -> dict[str, Any]:
        lacks = line["status"] == "open" and not (line["responsible"] and line["due"])
        if lacks and self.may_write:
            line["fix"] = FixForm(
                meeting=self.meeting, people=self.material.everybody, auto_id=f"aftale-{line['pk']}-%s"
            )
        return line

    @property
    def carried_missing(self) -> list[dict[str, Any]]:
        return [line for line in self.carried if "fix" in line]

    @cached_property
    def items(self) -> list[Any]:
        return self.said["items"]

    @cached_property
    def blockers(self) -> list[dict[str, str]]:
        """What keeps the minutes from approval, each with the place where it is mended."""
        if self.is_approved or not self.may_run:
            return []
        levels = readable_levels(self.user, self.meeting)
        found = []
        for each in blockers(self.meeting, self.material.agreements):
            hidden = each.agreement is not None and each.agreement.level not in levels
            text = _("En aftale, som du ikke kan se, er ikke færdig.") if hidden else each.message
            what = "" if hidden or each.agreement is None else each.agreement.what
            href = "" if hidden else self._mend(each.code, each.agreement)
            found.append({"text": text, "href": href, "what": what})
        return found

    @cached_property
    def choices_to_make(self) -> list[dict[str, str]]:
        """Those of the blockers that are told in one sentence, where they are several: to go on, change or stop."""
        found = [each for each in self.blockers if each["href"].startswith("#valg-")]
        return found if len(found) > 1 else []

    def _mend(self, code: str, agreement: Any) -> str:
        if agreement is None:
            return ""
        if code == "must_choose":
            return f"#valg-{agreement.pk}"
        return f"#aftale-{agreement.pk}-{'responsible' if code == 'no_responsible' else 'due_on'}"

    @cached_property
    def stuck(self) -> set[int]:
        hrefs = (each["href"] for each in self.blockers if each["href"].startswith("#valg-"))
        return {int(href.removeprefix("#valg-")) for href in hrefs}

    @cached_property
    def written_by(self) -> AgendaItem | None:
        saved = [item for item in self.agenda if item.text_saved_at is not None]
        return max(saved, key=lambda item: item.text_saved_at or item.meeting.starts_at, default=None)

    @cached_property
    def comments(self) -> list[MinutesComment]:
        if self.minutes is None or self.minutes.sent_for_comment_at is None:
            return []  # nobody has been asked
        return list(self.minutes.comments.select_related("person"))

    @property
    def objections(self) -> list[MinutesComment]:
        return [each for each in self.comments if each.stance == MinutesComment.Stance.OBJECT]

    @property
    def stances(self) -> list[tuple[str, str, list[MinutesComment]]]:
        """What people have answered, those with an objection first, each with its badge."""
        kinds = ((MinutesComment.Stance.OBJECT, "warning"), (MinutesComment.Stance.ACCEPT, "success"))
        found = [(stance, kind, [c for c in self.comments if c.stance == stance]) for stance, kind in kinds]
        return [(str(stance.label), kind, comments) for stance, kind, comments in found if comments]

    @property
    def accepted_by(self) -> list[Any]:
        return [each.person for each in self.comments if each.stance == MinutesComment.Stance.ACCEPT]

    @cached_property
    def my_comment(self) -> MinutesComment | None:
        person = person_of(self.user)
        return next(
            (each for each in self.comments if person is not None and each.person_id == person.pk), None
        )

    @cached_property
    def may_comment(self) -> bool:
        return self.is_commenting and bool(policy.may_take_part(self.user, self.meeting))

    @cached_property
    def addenda(self) -> list[Any]:
        if self.minutes is None or not self.is_approved:
            return []  # they come after approval only
        return list(self.minutes.addenda.select_related("by"))

    @cached_property
    def readers(self) -> Any:
        """Who reads what; asked only by who runs the meeting."""
        hidden = any(each["level"] != Level.GENERAL for each in self.items) or any(
            each.level != Level.GENERAL for each in self.agenda
        )
        return readers(self.material.everybody, some_anonymous=hidden)

    @cached_property
    def not_mailed(self) -> list[Any]:
        """Whom the convener must tell herself; asked only by who runs the meeting."""
        levels = readable_levels(self.user, self.meeting)
        if self.is_approved:  # the page is then read from the frozen record
            return not_mailed_about(self.meeting, levels)
        return not_mailed(self.material, levels)

    @property
    def present(self) -> list[str]:
        return [_with_home(each) for each in self.said["attendance"] if each["attended"]]

    @property
    def absent(self) -> list[str]:
        return [_with_home(each) for each in self.said["attendance"] if not each["attended"]]

    @cached_property
    def path(self) -> list[dict[str, str]]:
        """The steps from meeting to sent, each done, current or ahead."""
        written = self.written_by
        missing = len(self.blockers)
        steps = [
            (_("Referat skrevet"), self.is_held, _last_written(written)),
            (
                _("Alle aftaler har navn og frist"),
                not missing,
                _("%(n)s mangler") % {"n": missing} if missing else "",
            ),
            (_("Deltagerne har læst med"), self.is_approved or bool(self.comments), self._read_along()),
            (_("Godkendt og sendt"), self.is_approved, self.approved_line),
        ]
        first = next((at for at, step in enumerate(steps) if not step[1]), None)
        return [
            {
                "title": title,
                "info": info,
                "state": "" if done else "current" if at == first else "disabled",
                "done_label": _("Trin %(n)s gennemført") % {"n": at + 1},
            }
            for at, (title, done, info) in enumerate(steps)
        ]

    def _read_along(self) -> str:
        if self.objections:
            n = len(self.objections)
            return ngettext("%(n)s indvending", "%(n)s indvendinger", n) % {"n": n}
        if self.accepted_by:
            return _("%(names)s har læst med") % {"names": listed(self.accepted_by)}
        if self.is_commenting and self.minutes is not None:
            return _("Frist %(day)s") % {"day": dkday(self.minutes.comments_until)}
        return _("Kan springes over")

    @cached_property
    def guide(self) -> Any:
        return for_meeting(self.meeting, "after")

    @cached_property
    def to_review(self) -> list[Any]:
        """The participants whom the convener of the leading forum may note a word about."""
        if not self.is_held or self.meeting.lead_forum_id not in convened_forum_ids(self.user):
            return []
        me = person_of(self.user)
        return [row.person for row in self.material.people if me is None or row.person_id != me.pk]
