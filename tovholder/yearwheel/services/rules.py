"""Change how a forum or a joint meeting wants its year. The set-up file owns the same rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max

from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.directory.models import Role
from tovholder.forums.models import Forum, JointMeetingRule
from tovholder.yearwheel import policy
from tovholder.yearwheel.models import AttendanceChoice, PlanningRule

FIELDS = frozenset(
    "rhythm months count minutes weekdays weekdays_by_month preferred_weekdays starts starts_by_month preferred_starts "
    "min_gap_days replaces window_starts window_ends".split()
)


def rule_of(thing: Forum | JointMeetingRule) -> PlanningRule:
    """Return the rule of a forum or joint meeting, or a new one that is not saved."""
    of = {"forum": thing} if isinstance(thing, Forum) else {"joint": thing}
    found = PlanningRule.objects.filter(**of).first()
    key = f"{'forum' if 'forum' in of else 'faelles'}-{thing.key}"[:80]
    return found or PlanningRule(**of, key=key, name=thing.name)


@transaction.atomic
def change(
    *, by: User, thing: Forum | JointMeetingRule, must_roles: Iterable[Role] | None = None, **values: Any
) -> PlanningRule:
    """Write the rule of a forum or a joint meeting."""
    policy.may_plan(by).require()
    unknown = set(values) - FIELDS
    if unknown:
        raise TypeError(f"no such parts of a rule: {sorted(unknown)}")
    rule = rule_of(thing)
    changed = sorted(name for name, value in values.items() if getattr(rule, name) != value)
    for name in changed:
        setattr(rule, name, values[name])
    if rule.pk is None:
        rule.position = (PlanningRule.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    rule.retired_at = None
    rule.save()
    if must_roles is not None:
        rule.must_roles.set(must_roles)
    record(by=by, action="planning_rule.changed", obj=rule, details={"fields": changed})
    return rule


@transaction.atomic
def choose_attendance(*, by: User, forum: Forum, must: dict[int, bool], usual: dict[int, bool]) -> None:
    """Write who must be there, by person id; only what differs from `usual`, what their roles say, is kept."""
    policy.may_plan(by).require()
    AttendanceChoice.objects.filter(forum=forum).delete()
    AttendanceChoice.objects.bulk_create(
        AttendanceChoice(forum=forum, person_id=person, must=wanted)
        for person, wanted in must.items()
        if usual.get(person) != wanted
    )
    record(by=by, action="planning_rule.attendance_chosen", obj=forum)
