"""The planning rules of all, said in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.forums.models import Forum, JointMeetingRule
from tovholder.ui.naming import MONTHS, WEEKDAYS, listed
from tovholder.yearwheel.models import PlanningRule, Rhythm
from tovholder.yearwheel.queries import defaults, document
from tovholder.yearwheel.queries.defaults import Wanted


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One forum or joint meeting and what it asks for; `own` says that somebody has written a rule for it."""

    pk: int
    is_forum: bool
    name: str
    how_often: str
    when: str
    must: int
    own: bool


def overview() -> list[RuleLine]:
    """Return a line for each open forum, then for each joint meeting and event."""
    rules = list(PlanningRule.objects.filter(retired_at__isnull=True))
    of_forum = {each.forum_id: each for each in rules if each.forum_id}
    of_joint = {each.joint_id: each for each in rules if each.joint_id}
    forums = list(
        Forum.objects.filter(closed_on__isnull=True, retired_at__isnull=True).order_by("position", "pk")
    )
    members = document.members_of(forums, timezone.localdate())
    lines = []
    for forum in forums:
        wanted = defaults.of_forum(forum, of_forum.get(forum.pk))
        must = sum(must for _person, must in members[forum.pk])
        lines.append(
            RuleLine(forum.pk, True, forum.name, often(wanted), when(wanted), must, forum.pk in of_forum)
        )
    for joint in JointMeetingRule.objects.filter(retired_at__isnull=True).prefetch_related("forums"):
        wanted = defaults.of_joint(joint, of_joint.get(joint.pk))
        people = {person for each in joint.forums.all() for person, must in members.get(each.pk, []) if must}
        text = _("En gang mellem %(a)s og %(b)s") % {"a": _day(wanted.window[0]), "b": _day(wanted.window[1])}
        lines.append(
            RuleLine(
                joint.pk, False, joint.name, text if joint.is_event else often(wanted), when(wanted),
                len(people), joint.pk in of_joint,
            )
        )  # fmt: skip
    return lines


def _day(text: str) -> str:
    month, day = (int(part) for part in text.split("-"))
    return f"{day}. {MONTHS[month - 1]}"


def often(wanted: Wanted) -> str:
    """Say a rhythm."""
    match wanted.rhythm:
        case Rhythm.NONE:
            return _("Planlægges ikke")
        case Rhythm.EVERY_WEEKS:
            return _("Hver uge") if wanted.count == 1 else _("Hver %(n)s. uge") % {"n": wanted.count}
        case Rhythm.COUNT:
            return (
                _("En gang om året") if wanted.count == 1 else _("%(n)s gange om året") % {"n": wanted.count}
            )
    if len(wanted.months) == 12:
        return _("Hver måned")
    if len(wanted.months) > 8:
        left_out = [MONTHS[month - 1] for month in range(1, 13) if month not in wanted.months]
        return _("Hver måned undtagen %(months)s") % {"months": listed(left_out)}
    return _("I %(months)s") % {"months": listed(MONTHS[month - 1] for month in wanted.months)}


def when(wanted: Wanted) -> str:
    """Say weekdays and start times."""
    clocks = listed(each.removeprefix("0").replace(":", ".") for each in wanted.starts)
    if wanted.weekdays_by_month:
        days = _("dagen varierer efter måned")
    elif len(wanted.weekdays) == 5 and max(wanted.weekdays) == 5:
        days = _("hverdage")
    else:
        days = listed(f"{WEEKDAYS[day - 1]}e" if day != 7 else "søndage" for day in wanted.weekdays)
    text = _("%(days)s kl. %(clocks)s, %(n)s min") % {"days": days, "clocks": clocks, "n": wanted.minutes}
    if wanted.starts_by_month:
        text += _(", andre klokkeslæt i %(months)s") % {
            "months": listed(MONTHS[int(month) - 1] for month in sorted(wanted.starts_by_month, key=int))
        }
    return text[:1].upper() + text[1:]
