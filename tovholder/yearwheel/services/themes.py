"""The theme of each month: for everybody or one layer, from the themes of the set-up or a topic of the bank."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.directory.models import Theme
from tovholder.forums.models import ForumType
from tovholder.meetings.models import AgendaItem, Meeting, MeetingKind, Topic
from tovholder.meetings.services import agenda
from tovholder.yearwheel import policy
from tovholder.yearwheel.models import MonthTheme, YearPlan


@transaction.atomic
def choose(
    *,
    by: User,
    plan: YearPlan,
    month: date,
    layer: ForumType | None,
    theme: Theme | None,
    topic: Topic | None,
) -> None:
    """Give a month its theme, or take it away when neither theme nor topic is given."""
    policy.may_plan(by).require()
    if topic is not None and topic.level != Level.GENERAL:
        raise ValueError("only a general topic can be the theme of a month")
    rows = MonthTheme.objects.filter(plan=plan, month=month, layer=layer)
    rows.delete()
    if theme is not None or topic is not None:
        MonthTheme.objects.create(plan=plan, month=month, layer=layer, theme=theme, topic=topic)
    record(by=by, action="year_plan.theme_chosen", obj=plan, details={"month": month.isoformat()})


def theme_of(rows: list[MonthTheme], day: date, layers: set[int]) -> str:
    """Return the theme of a day for forums of some layers: their own before that of everybody."""
    month = day.replace(day=1)
    here = [row for row in rows if row.month == month]
    own = next((row for row in here if row.layer_id in layers), None)
    found = own or next((row for row in here if row.layer_id is None), None)
    return str(found) if found is not None else ""


def lay_on(*, by: User, plan: YearPlan, meeting: Meeting) -> None:
    """Write the month's theme into the heading of the item that the agenda has for a theme.

    The theme of another month gives way to it; a heading that somebody has written stays.
    """
    if meeting.kind == MeetingKind.EVENT:
        return
    rows = list(plan.themes.select_related("theme", "topic"))
    layers = {forum.forum_type_id for forum in meeting.forums.all()}
    name = theme_of(rows, timezone.localtime(meeting.starts_at).date(), layers)
    item = AgendaItem.objects.filter(meeting=meeting, kind="theme", source=AgendaItem.Source.TEMPLATE).first()
    if item is None:
        return
    for plain in (each.heading for each in agenda.template_items(meeting) if each.kind == "theme"):
        if item.heading in {_with(plain, each) for each in ["", *map(str, rows)]}:
            item.heading = _with(plain, name)
            item.save(update_fields=["heading"])
            return


def _with(heading: str, theme: str) -> str:
    if theme:
        heading = _("%(heading)s: %(theme)s") % {"heading": heading, "theme": theme}
    return heading[: AgendaItem._meta.get_field("heading").max_length]
