"""What the planner says, in Danish: why a meeting has no place and what would free it, and what a move breaks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tovholder.directory.models import Person
from tovholder.ui.naming import MONTHS, WEEKDAYS, day_and_month, listed
from tovholder.yearwheel.models import Rhythm, YearPlan
from tovholder.yearwheel.queries.defaults import Wanted
from tovholder.yearwheel.queries.document import Thing, things

SHOWN_NAMES, SHOWN_DATES, DATES_OF_PROPOSAL = 4, 3, 2


@dataclass(frozen=True, slots=True)
class Proposal:
    """One change that would be enough for a meeting to have a place, when it could be, and the address where it is made."""

    text: str
    when: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A meeting without a place: of what, which one, why and what would help."""

    of: str
    which: int
    name: str
    when: str
    because: list[str]
    # None where there was no time to look; an empty list says that no single change was found that is enough.
    helps: list[Proposal] | None
    near: date
    # Whether a rule still asks for it: the forum may have been closed, or have no rhythm any more.
    is_asked_for: bool = True


class Words:
    """Says the ids of the planner's files in names; read once for a page."""

    def __init__(
        self,
        plan: YearPlan,
        reasons: Iterable[dict[str, Any]] = (),
        known: dict[str, Thing] | None = None,
        names: dict[int, str] | None = None,
    ) -> None:
        """`known` and `names` (of persons) are what a page has read already."""
        self.plan = plan
        self.things = things() if known is None else known
        self.persons = dict(names or {})
        persons = {int(who[1:]) for each in reasons for who in each.get("persons") or ()}
        if unread := persons - self.persons.keys():
            self.persons.update(Person.objects.filter(pk__in=unread).values_list("pk", "name"))

    def name(self, of: str) -> str:
        return str(self.things[of].row) if of in self.things else _("Et forum, der er lukket")

    def people(self, ids: Sequence[str]) -> str:
        names = [self.persons.get(int(who[1:]), _("en, der er slettet")) for who in ids]
        return some(names, SHOWN_NAMES)

    def days(self, dates: Sequence[str]) -> str:
        """Say days: the first few, and how many more."""
        days = [day_and_month(date.fromisoformat(each)) for each in dates]
        rest = len(days) - SHOWN_DATES
        more = ngettext("%(n)s dag mere", "%(n)s dage mere", rest) % {"n": rest}
        return listed(days[:SHOWN_DATES] + ([more] if rest > 0 else []))


def some(names: Sequence[str], most: int) -> str:
    """Say the first names, and how many more there are."""
    rest = len(names) - most
    more = ngettext("%(n)s anden", "%(n)s andre", rest) % {"n": rest}
    return listed([*names[:most], *([more] if rest > 0 else [])])


def unplaced(
    plan: YearPlan,
    known: dict[str, Thing] | None = None,
    rows: list[dict[str, Any]] | None = None,
    names: dict[int, str] | None = None,
) -> list[Unplaced]:
    """Return the meetings of the plan that have no place (or those of them in `rows`), with the reasons in words."""
    rows = plan.unplaced if rows is None else rows
    told = [reason for each in rows for reason in each["because"]]
    told += [{"persons": [h["person"]]} for each in rows for h in each.get("helps") or [] if h.get("person")]
    words = Words(plan, told, known, names)
    return [_unplaced(words, each) for each in rows]


def _unplaced(words: Words, each: dict[str, Any]) -> Unplaced:
    of, which = each["of"], each["which"]
    thing = words.things.get(of)
    when, near = _when(words.plan, thing, which)
    if thing is None or thing.wanted.rhythm == Rhythm.NONE:
        gone = _("Reglen beder ikke om mødet længere. Linjen går ud, når planen regnes igen.")
        return Unplaced(of, which, words.name(of), when, [gone], None, near, is_asked_for=False)
    because = [said(words, reason) for reason in each["because"]]
    helps = _frees(words, each)
    if not helps and any(reason["code"] == "no_working_day" for reason in each["because"]):
        # The notice, and weekends, are not among what is tried.
        because, helps = [*because, _("Tillad flere ugedage, eller gør varslet kortere.")], None
    return Unplaced(of, which, words.name(of), when, because, helps, near)


def near_day(plan: YearPlan, thing: Thing, which: int) -> date:
    """Return a day near which the meeting should have stood."""
    return _when(plan, thing, which)[1]


def _when(plan: YearPlan, thing: Thing | None, which: int) -> tuple[str, date]:
    """Say which meeting it is, and a day near which it should have stood."""
    days = (plan.ends_on - plan.starts_on).days + 1
    if thing is None:
        return _("møde nr. %(n)s") % {"n": which}, plan.starts_on
    if thing.wanted.rhythm == Rhythm.MONTHS:
        months = _listed_months(plan, thing.wanted)
        if 0 < which <= len(months):
            first = months[which - 1]
            middle = min(max(first.replace(day=15), plan.starts_on), plan.ends_on)
            return f"{MONTHS[first.month - 1]} {first.year}", middle
    if thing.wanted.rhythm == Rhythm.EVERY_WEEKS:
        step = 7 * thing.wanted.count
        near = date.fromordinal(plan.starts_on.toordinal() + (which - 1) * step + step // 2)
        near = min(near, plan.ends_on)
        return _("ugerne omkring %(day)s") % {"day": day_and_month(near)}, near
    if thing.is_event:
        return _("arrangementet"), plan.ends_on
    count = max(thing.wanted.count, which)
    near = date.fromordinal(plan.starts_on.toordinal() + int((which - 0.5) * days / count))
    return _("møde %(n)s af %(count)s") % {"n": which, "count": count}, near


def _listed_months(plan: YearPlan, wanted: Wanted) -> list[date]:
    month, found = plan.starts_on.replace(day=1), []
    while month <= plan.ends_on:
        if month.month in wanted.months:
            found.append(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return found


def said(words: Words, reason: dict[str, Any]) -> str:
    """Say one reason, or one broken rule, in one sentence."""
    who, days = words.people(reason.get("persons") or []), words.days(reason.get("dates") or [])
    on = _(" %(days)s") % {"days": days} if days else ""
    match reason["code"]:
        case "no_working_day":
            return _("Der er ingen dag tilbage, hvor forummet kan mødes%(on)s.") % {"on": on}
        case "no_start":
            return _("Der er ingen tilladt starttid%(on)s.") % {"on": on}
        case "person_busy":
            return _("%(who)s er optaget%(on)s.") % {"who": who, "on": on}
        case "person_double":
            return _("%(who)s sidder i et andet møde på samme tid%(on)s.") % {"who": who, "on": on}
        case "max_per_day":
            return _("%(who)s har allerede så mange møder, som én kan have på en dag%(on)s.") % {
                "who": who,
                "on": on,
            }
        case "min_gap":
            return _("Der er for få dage til forummets andre møder%(on)s.") % {"on": on}
        case "max_parallel":
            return _("Der er allerede så mange møder på samme tid, som I har tilladt%(on)s.") % {"on": on}
        case "replaced":
            return _("Et fællesmøde træder i stedet for det.")
        case "out_of_time":
            return _("Tiden løb ud, før der var fundet en plads. Regn igen i længere tid.")
        case "overlap":
            return _("To møder for det samme ligger oven i hinanden%(on)s.") % {"on": on}
        case "notice":
            return _("Det er for tæt på i dag til forummets varsel%(on)s.") % {"on": on}
        case "number":
            return _("Der er allerede et møde for den periode%(on)s.") % {"on": on}
        case "midnight":
            return _("Mødet ville slutte efter midnat.")
        case _:
            return _("Reglerne for forummet tillader det ikke%(on)s.") % {"on": on}


# What is said of a proposal, and where the rule it would change is changed: a page and a field of it.
FREES = {
    "solve_again": (gettext_lazy("Der er plads"), ""),
    "allow_start": (gettext_lazy("Tillad også kl. %(start)s%(month)s"), "starts"),
    "allow_weekday": (gettext_lazy("Tillad også %(weekday)s%(month)s"), "weekdays"),
    "drop_min_gap": (
        gettext_lazy("Sæt »Mindst så mange dage imellem« ned til %(number)s%(whose)s"), "min_gap_days",
    ),
    "make_optional": (gettext_lazy("Gør deltagelsen valgfri for %(person)s%(whose)s"), "must"),
    "raise_max_per_day": (gettext_lazy("Lad %(person)s have %(number)s møder på en dag"), "meetings"),
    "raise_max_parallel": (gettext_lazy("Tillad %(number)s møder på samme tid"), "max_parallel"),
}  # fmt: skip


def _frees(words: Words, missing: dict[str, Any]) -> list[Proposal] | None:
    """Say what would be enough, each alone, and where it is changed; None where nobody has looked.

    What an earlier version proposed was tried otherwise and says no number: it is left out.
    """
    if "helps" not in missing or any("number" not in each for each in missing["helps"]):
        return None
    return [_proposal(words, each, missing["of"]) for each in missing["helps"] if each["code"] in FREES]


def _proposal(words: Words, change: dict[str, Any], of: str) -> Proposal:
    text, field = FREES[change["code"]]
    owner, month, person = change.get("of") or of, change.get("month"), change.get("person")
    said = str(text) % {
        "start": str(change.get("start") or "").removeprefix("0").replace(":", "."),
        "weekday": WEEKDAYS[(change.get("weekday") or 1) - 1],
        "month": _(" i %(month)s") % {"month": MONTHS[month - 1]} if month else "",
        "number": change.get("number") or 0,
        "person": words.people([person]) if person else "",
        "whose": _(" i %(forum)s") % {"forum": words.name(owner)} if owner != of else "",
    }
    page = ""
    if field == "meetings" and person:
        page = reverse("yearwheel:busy_of", args=[int(person[1:])]) + f"?plan={words.plan.pk}"
    elif field == "max_parallel":
        page = reverse("yearwheel:settings", args=[words.plan.pk])
    elif field and owner in words.things:
        kind = "rule_forum" if owner[0] == "f" else "rule_joint"
        page = reverse(f"yearwheel:{kind}", args=[int(owner[1:])]) + f"?plan={words.plan.pk}"
    # Of boxes to tick the first: the group itself is no place to go to.
    place = f"{field}_in_{month}" if month else f"{field}_0" if field in ("weekdays", "must") else field
    days = words.days((change.get("dates") or [])[:DATES_OF_PROPOSAL])
    when = _(", for eksempel %(days)s.") % {"days": days} if days else "."
    if change["code"] == "solve_again":
        when += _(" Regn igen i længere tid.")
    return Proposal(said, when, f"{page}#id_{place}" if page else "")


def place_said(day: date, start: time) -> str:
    """Say a place in the year: tirsdag 4. maj kl. 13.00."""
    return _("%(weekday)s %(day)s kl. %(hour)s.%(minute)s") % {
        "weekday": WEEKDAYS[day.weekday()],
        "day": day_and_month(day),
        "hour": start.hour,
        "minute": f"{start.minute:02d}",
    }


def time_left(seconds: int | None) -> str:
    """Say about how long something still takes; nothing while that is not known."""
    if seconds is None:
        return ""
    if seconds < 50:
        return _("under et minut")
    minutes = max(1, round(seconds / 60))
    return ngettext("omkring %(n)s minut", "omkring %(n)s minutter", minutes) % {"n": minutes}
