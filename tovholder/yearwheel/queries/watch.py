"""The plan watched through the year: what *Min dag* and the wheel say about it (rules 31-33 of the domain)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tovholder.accounts.models import User
from tovholder.directory.models import District
from tovholder.forums.models import Forum, JointMeetingRule
from tovholder.forums.standing import convened_forum_ids
from tovholder.meetings.models import Meeting, MeetingKind, MeetingStatus, Participation
from tovholder.yearwheel import policy
from tovholder.yearwheel.models import PlannedMeeting, YearPlan
from tovholder.yearwheel.queries.as_planned import as_planned
from tovholder.yearwheel.queries.closed import closed_days
from tovholder.yearwheel.queries.document import Thing, forum_row, joint_row
from tovholder.yearwheel.queries.entries import period_of

# Of what lies further ahead nobody needs to be told today.
NEAR = timedelta(days=60)
FEW = 3
LONGEST_NOTICE = 366  # days: so far before the year no notice takes a day of it


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing to see to. `rule` is its number in the domain, `key` a stable word for the list, `forum` whose it is."""

    rule: int
    key: str
    text: str
    day: date
    forum: int | None = None
    meeting: int | None = None
    name: str = ""


def prompts(user: User, plan: YearPlan | None) -> list[Prompt]:
    """Return what the user has to see to: of the forums one convenes, and for who plans the year of all of them.

    It is what the worker found last (`services.watching`), so that no page waits for it.
    """
    if plan is None or not plan.watched:
        return []
    found = [Prompt(**{**each, "day": date.fromisoformat(each["day"])}) for each in plan.watched]
    if policy.may_plan(user):
        mine = found
    else:
        convened = convened_forum_ids(user)
        mine = [each for each in found if each.forum in convened]
    return sorted(_gathered(mine), key=lambda each: (each.rule, each.day, each.key))


def look(plan: YearPlan, today: date) -> list[Prompt]:
    """Return all that there is to see to in a year as it stands today."""
    meetings = _meetings(plan)
    known = as_planned(plan)
    return [
        *_late(meetings, today),
        *_too_few(plan, known, meetings, today),
        *_at_once(meetings, today),
        *_not_spread(plan, meetings, today),
    ]


def _gathered(found: list[Prompt]) -> list[Prompt]:
    """Say once, with a few names, what many forums have in common: a list of twenty is read by nobody."""
    few = [each for each in found if each.rule == 32]
    if len(few) <= FEW:
        return found
    names = ", ".join(each.name for each in few[:FEW])
    rest = len(few) - FEW
    text = ngettext(
        "%(n)s fora mangler møder i år: %(names)s og et andet.",
        "%(n)s fora mangler møder i år: %(names)s og %(rest)s andre.",
        rest,
    ) % {"n": len(few), "names": names, "rest": rest}
    return [each for each in found if each.rule != 32] + [Prompt(32, "few", text, few[0].day, few[0].forum)]


def _meetings(plan: YearPlan) -> list[Meeting]:
    begins, ends = period_of(plan)
    rows = Meeting.objects.filter(starts_at__gte=begins, starts_at__lt=ends)
    rows = rows.exclude(status=MeetingStatus.CANCELLED).select_related("lead_forum")
    columns = ("pk", "name", "forum_type_id", "closed_on", "retired_at")
    forums = Prefetch("forums", Forum.objects.only(*columns))
    return list(rows.prefetch_related(forums).order_by("starts_at", "pk"))


def _day(meeting: Meeting) -> date:
    return timezone.localtime(meeting.starts_at).date()


def _late(meetings: list[Meeting], today: date) -> list[Prompt]:
    """Rule 31: the invitation is later than the forum's notice."""
    found = []
    for each in meetings:
        if each.status != MeetingStatus.PLANNED or each.invited_at or each.kind == MeetingKind.EVENT:
            continue
        last = _day(each) - timedelta(days=each.lead_forum.notice_days)
        if last < today <= _day(each):
            text = _("%(forum)s: indkaldelsen skulle være sendt. Varslet er %(days)s dage.") % {
                "forum": each,
                "days": each.lead_forum.notice_days,
            }
            found.append(Prompt(31, f"late-{each.pk}", text, last, each.lead_forum_id, each.pk))
    return found


def _too_few(plan: YearPlan, known: dict[str, Thing], meetings: list[Meeting], today: date) -> list[Prompt]:
    """Rule 32: a forum will hold fewer meetings than its rule asks for; a joint meeting or an event is missing."""
    own: dict[str, list[date]] = defaultdict(list)
    joint = _of_joint_rules(plan, known, meetings)
    for each in meetings:
        if each.kind == MeetingKind.ORDINARY:
            own[f"f{each.lead_forum_id}"].append(_day(each))
    asked_of = _asked(plan, known, joint)
    found = []
    for of, thing in known.items():
        if isinstance(thing.row, JointMeetingRule):
            days, asked = joint[of], _asked_together(thing)
        else:
            days, asked = own[of], asked_of[of]
        # A forum whose meetings go on being planned as the year goes is not behind yet in its months to come.
        if len(days) < asked:
            missing = asked - len(days)
            text = ngettext(
                "%(name)s mangler årets møde.",
                "%(name)s mangler %(missing)s af årets %(asked)s møder.",
                asked,
            ) % {"name": thing.row, "missing": missing, "asked": asked}
            forum = thing.row.pk if isinstance(thing.row, Forum) else thing.forums[0].pk
            found.append(Prompt(32, f"few-{of}", text, today, forum, name=str(thing.row)))
    return found


def _of_joint_rules(
    plan: YearPlan, known: dict[str, Thing], meetings: list[Meeting]
) -> dict[str, list[date]]:
    """Return, by joint meeting or event of the plan, the days of its meetings.

    A meeting that was published from the plan belongs to its rule while that is in force, whichever forums have come
    into it since. Any other belongs to a rule whose forums are all in it, the very same ones first, and of several
    such rules to the first that still lacks one. Forums that are closed are not looked at.
    """
    of_rule = dict(
        PlannedMeeting.objects.filter(plan=plan, joint__isnull=False, meeting__in=meetings).values_list(
            "meeting_id", "joint_id"
        )
    )
    found: dict[str, list[date]] = defaultdict(list)
    rest = []
    for each in meetings:
        of = f"j{of_rule.get(each.pk)}"
        if of in known:
            found[of].append(_day(each))
        elif each.kind != MeetingKind.ORDINARY:
            rest.append(each)
    for each in rest:
        alike = _alike(known, each)
        lacking = (of for of in alike if len(found[of]) < _asked_together(known[of]))
        if alike:
            found[next(lacking, alike[0])].append(_day(each))
    return found


def _alike(known: dict[str, Thing], meeting: Meeting) -> list[str]:
    """Return the joint meetings or events whose forums are all in a meeting, those with no others first."""
    forums = {each.pk for each in meeting.forums.all() if not each.closed_on and not each.retired_at}
    of_kind = {
        of: {forum.pk for forum in thing.forums}
        for of, thing in known.items()
        if isinstance(thing.row, JointMeetingRule) and thing.is_event == (meeting.kind == MeetingKind.EVENT)
    }
    return sorted((of for of, own in of_kind.items() if own <= forums), key=lambda of: of_kind[of] != forums)


def _asked_together(thing: Thing) -> int:
    """Return how many meetings a year a joint meeting asks for; an event is one."""
    return 1 if thing.is_event else thing.wanted.count


def _asked(plan: YearPlan, known: dict[str, Thing], joint: dict[str, list[date]]) -> dict[str, int]:
    """Return how many own meetings a year each forum has by its rule.

    As the planner asks for them: in each month or block of weeks that has a day to meet on, holidays and today left
    aside, and in which no joint meeting stands for the forum's own.
    """
    from tovholder.yearwheel.planning.problem import understand  # the pages need not wait for the solver
    from tovholder.yearwheel.planning.windows import stands_for, windows_of, working_days  # nor here

    forums = {forum.pk: forum for thing in known.values() for forum in thing.forums}
    joints = [
        thing for thing in known.values() if isinstance(thing.row, JointMeetingRule) and not thing.is_event
    ]
    problem = understand(
        {
            "period": {"start": plan.starts_on.isoformat(), "end": plan.ends_on.isoformat()},
            "today": (plan.starts_on - timedelta(days=LONGEST_NOTICE)).isoformat(),
            "closed": closed_days(plan.starts_on, plan.ends_on),
            "persons": [],
            "forums": [forum_row(forum, known.get(f"f{pk}"), []) for pk, forum in forums.items()],
            "joint": [joint_row(thing) for thing in joints],
        }
    )
    held = {thing.of: [day.toordinal() for day in joint[thing.of]] for thing in joints}
    found = {}
    for thing in problem.things:
        if thing.rule not in ("months", "weeks"):
            found[thing.id] = thing.amount
            continue
        instead = {
            day for other in problem.things if stands_for(other, thing) for day in held.get(other.id, [])
        }
        days = working_days(problem, thing)
        found[thing.id] = sum(
            any(window.first <= day <= window.last for day in days)
            and not any(window.first <= day <= window.last for day in instead)
            for window in windows_of(problem, thing)
        )
    return found


def _at_once(meetings: list[Meeting], today: date) -> list[Prompt]:
    """Rule 33: two forums with members in common meet at the same time."""
    zone = timezone.get_current_timezone()
    begins = datetime.combine(today, time.min, tzinfo=zone)
    near = [
        each
        for each in meetings
        if each.status == MeetingStatus.PLANNED and begins <= each.starts_at < begins + NEAR
    ]
    pairs = [
        (a, b)
        for number, a in enumerate(near)
        for b in near[number + 1 :]
        if b.starts_at < a.ends_at and a.starts_at < b.ends_at
    ]
    if not pairs:
        return []
    asked = {each.pk for pair in pairs for each in pair}
    people: dict[int, dict[int, str]] = defaultdict(dict)
    rows = Participation.objects.filter(meeting__in=asked, removed_at__isnull=True)
    for meeting, person, name in rows.values_list("meeting_id", "person_id", "person__name"):
        people[meeting][person] = name
    found = []
    for a, b in pairs:
        common = sorted(people[a.pk][pk] for pk in people[a.pk].keys() & people[b.pk].keys())
        if common:
            shown = ", ".join(common[:3]) + (_(" og flere") if len(common) > 3 else "")
            text = _("%(a)s og %(b)s ligger på samme tid. %(who)s skulle være begge steder.") % {
                "a": a,
                "b": b,
                "who": shown,
            }
            found.append(Prompt(33, f"once-{a.pk}-{b.pk}", text, _day(a), a.lead_forum_id, b.pk))
    return found


def _not_spread(plan: YearPlan, meetings: list[Meeting], today: date) -> list[Prompt]:
    """Rule 33: a month has a theme, and a district has no meeting that month to take it up at."""
    coming = plan.themes.filter(month__gte=today.replace(day=1))
    themes = list(coming.select_related("theme", "topic"))
    if not themes:
        return []
    districts = {each.pk: each.name for each in District.objects.filter(retired_at__isnull=True)}
    through = Forum.districts.through.objects.values_list("forum_id", "district_id")
    of_forum: dict[int, set[int]] = defaultdict(set)
    for forum, district in through:
        of_forum[forum].add(district)
    found = []
    for theme in themes:
        reached: set[int] = set()
        for meeting in meetings:
            if _day(meeting).replace(day=1) != theme.month or meeting.kind == MeetingKind.EVENT:
                continue
            for each in meeting.forums.all():
                if theme.layer_id in (None, each.forum_type_id):
                    reached |= of_forum[each.pk]
        missing = [name for pk, name in districts.items() if pk not in reached]
        if missing:
            text = _("Temaet %(theme)s når ikke ud i %(districts)s: der er intet møde den måned.") % {
                "theme": theme,
                "districts": ", ".join(missing),
            }
            found.append(Prompt(33, f"theme-{theme.pk}", text, theme.month))
    return found
