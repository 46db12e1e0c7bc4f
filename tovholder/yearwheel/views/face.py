"""What all pages of the wheel have in common: which year, the filters, the way here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.yearwheel import policy
from tovholder.yearwheel.models import PlannedMeeting, YearPlan
from tovholder.yearwheel.queries import entries
from tovholder.yearwheel.queries.entries import Entry
from tovholder.yearwheel.queries.rings import BY_DISTRICT, BY_LAYER

VIEWS = (
    ("wheel", "sync", "Hjul"),
    ("list", "list-bulleted", "Liste"),
    ("calendar", "calendar-month", "Kalender"),
)
STATES = {
    "draft": ("Ikke offentliggjort", "plain"),
    "moved": ("Flyttes", "warning"),
    "dropped": ("Udgår", "error"),
    "planned": ("Planlagt", "plain"),
    "held": ("Holdt", "success"),
}


@dataclass(frozen=True)
class Chosen:
    """The year and the filters of the address."""

    years: list[YearPlan]
    plan: YearPlan | None
    mine: bool
    by: str
    forum: int | None
    person: Person | None

    def query(self, **more: str) -> str:
        """Return the filters as the end of an address."""
        facts = {
            "aar": str(self.plan.pk) if self.plan else "",
            "vis": "mine" if self.mine else "",
            "ringe": self.by if self.by != BY_DISTRICT else "",
            "forum": str(self.forum or ""),
            "person": str(self.person.pk) if self.person else "",
            **more,
        }
        text = urlencode({name: value for name, value in facts.items() if value})
        return f"?{text}" if text else ""


def number(text: str | None) -> int | None:
    """Return a number of an address, or None for what is none a row can have."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None


def chosen(request: HttpRequest) -> Chosen:
    """Read year and filters from the address. Raises Refused for who may not look at the wheel."""
    policy.may_look(request.user).require()
    years = entries.years_of(request.user)
    wanted = number(request.GET.get("aar"))
    plan = next((each for each in years if each.pk == wanted), None)
    plan = plan or entries.current_year(years, timezone.localdate())
    person = None
    if policy.may_see_plan(request.user) and (pk := number(request.GET.get("person"))):
        person = Person.objects.current().filter(pk=pk).first()
    return Chosen(
        years=years,
        plan=plan,
        mine=request.GET.get("vis") == "mine",
        by=BY_LAYER if request.GET.get("ringe") == BY_LAYER else BY_DISTRICT,
        forum=number(request.GET.get("forum")),
        person=person,
    )


def shown(request: HttpRequest, choice: Chosen) -> list[Entry]:
    """Return the meetings of the year that the user may see and asked for."""
    if choice.plan is None:
        return []
    forums = None
    if choice.mine:
        forums = entries.my_forums(request.user)
    if choice.forum is not None:
        forums = frozenset({choice.forum})
    return entries.entries(
        request.user, choice.plan, forums=forums, person=choice.person.pk if choice.person else None
    )


def url_of(entry: Entry, *, changes: bool) -> str:
    """Return where a mark leads: for who plans to its place in the plan, else to the meeting."""
    if entry.planned is not None and (changes or entry.pk is None):
        return reverse("yearwheel:meeting", args=[entry.planned])
    return reverse("meetings:before", args=[entry.pk]) if entry.pk else ""


def tabs(choice: Chosen, current: str) -> list[tuple[str, str, str, bool]]:
    """Return the ways to look at the year: address, icon, word, whether it is this one."""
    return [
        (reverse(f"yearwheel:{name}") + choice.query(), icon, _(word), name == current)
        for name, icon, word in VIEWS
    ]


def filter_facts(request: HttpRequest, choice: Chosen, found: list[Entry]) -> dict[str, object]:
    """Return what the filter above the three views needs."""
    facts: dict[str, object] = {"choice": choice, "by_layer": choice.by == BY_LAYER}
    may_plan = bool(policy.may_plan(request.user))
    facts["may_plan"] = may_plan
    facts["may_see_plan"] = bool(policy.may_see_plan(request.user))
    names = {forum.pk: forum.name for entry in found for forum in entry.forums}
    if choice.forum is not None and choice.forum not in names:
        names |= dict(Forum.objects.filter(pk=choice.forum).values_list("pk", "name"))
    facts["forums"] = sorted(names.items(), key=lambda each: each[1])
    return facts


def the_plan(request: HttpRequest, pk: int) -> YearPlan:
    """Return a year for who plans it. Raises Refused, and Http404 for a year that is not there."""
    policy.may_plan(request.user).require()
    plan = YearPlan.objects.filter(pk=pk).first() if pk < 2**63 else None
    if plan is None:
        raise Http404
    return plan


def the_row(request: HttpRequest, pk: int) -> PlannedMeeting:
    """Return a meeting of a plan for who may change it."""
    policy.may_plan(request.user).require()
    rows = PlannedMeeting.objects.select_related("plan", "forum", "joint", "meeting__lead_forum")
    row = rows.filter(pk=pk).first() if pk < 2**63 else None
    if row is None:
        raise Http404
    return row


def own_page(wanted: str, otherwise: str) -> str:
    """Return the page of the wheel that a form was sent from, or another when it says something else."""
    ours = wanted.startswith(reverse("yearwheel:wheel")) and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=None
    )
    return wanted if ours else otherwise


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way here."""
    return [(_("Årshjul"), reverse("yearwheel:wheel")), *more]


def plan_crumbs(plan: YearPlan, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way to what belongs to planning a year."""
    return crumbs(
        (_("Planlæg %(year)s") % {"year": plan}, reverse("yearwheel:plan", args=[plan.pk]) if more else ""),
        *more,
    )


def planned_from(request: HttpRequest) -> YearPlan | None:
    """Return the year that somebody was planning when she came here (`?plan=`), so that she finds back to it."""
    pk = number(request.GET.get("plan"))
    return YearPlan.objects.filter(pk=pk).first() if pk and policy.may_plan(request.user) else None


def way_crumbs(plan: YearPlan | None, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the way here, over the year that is being planned where there is one."""
    return plan_crumbs(plan, *more) if plan else crumbs(*more)


def on_the_way(address: str, plan: YearPlan | None) -> str:
    """Return an address that still knows which year is being planned."""
    return f"{address}?plan={plan.pk}" if plan else address


def month_of(text: str | None, plan: YearPlan) -> date:
    """Return the first day of a month "2027-09" of the year; the current or the first one when it is none."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        today = timezone.localdate()
        found = today if plan.starts_on <= today <= plan.ends_on else plan.starts_on
    return min(max(found, plan.starts_on), plan.ends_on).replace(day=1)
