"""Look at the year: as a wheel, a list, a calendar, a file for a calendar program, a page on paper, and in public."""

from __future__ import annotations

from calendar import Calendar
from datetime import date, timedelta
from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tovholder.directory.models import Person
from tovholder.directory.queries import municipality_name
from tovholder.forums.models import Membership
from tovholder.ui.download import PARAM, exported
from tovholder.ui.naming import MONTHS
from tovholder.yearwheel import policy, tables
from tovholder.yearwheel.models import YearPlan
from tovholder.yearwheel.presenters import Marks, linked_themes, picture, themes_by_month, totals
from tovholder.yearwheel.queries import entries, watch
from tovholder.yearwheel.queries.entries import Entry
from tovholder.yearwheel.services import papers
from tovholder.yearwheel.views import undoing
from tovholder.yearwheel.views.face import (
    STATES,
    Chosen,
    chosen,
    crumbs,
    filter_facts,
    month_of,
    shown,
    tabs,
    url_of,
)

NEXT_SHOWN = 9
# Of a large year the drawing itself is heavy: the page says less beside it, and the marks say their day in digits.
LARGE, NEXT_OF_LARGE = 60, 1
# Beside the wheel, unfolded below them, and in the list. Beside the wheel of a large year there is room to count them.
PROMPTS_SHOWN, PROMPTS_UNFOLDED, PROMPTS_LISTED = 3, 20, 60
MOST_PEOPLE = 60


def _page(request: HttpRequest, choice: Chosen, found: list[Entry], view: str) -> dict[str, object]:
    return {
        **filter_facts(request, choice, found),
        "plan": choice.plan,
        "tabs": tabs(choice, view),
        "here": reverse(f"yearwheel:{view}"),
        "query": choice.query(),
        "today": timezone.localdate(),
        "states": STATES,
        "undo": undoing.offered(request, choice.plan),
        "full_path": request.get_full_path(),
    }


def _nothing(request: HttpRequest) -> HttpResponse:
    return render(request, "yearwheel/empty.html", {"may_plan": policy.may_plan(request.user)})


@require_GET
def wheel(request: HttpRequest) -> HttpResponse:
    choice = chosen(request)
    if choice.plan is None:
        return _nothing(request)
    found, today = shown(request, choice), timezone.localdate()
    changes = bool(policy.may_plan(request.user))
    week = reverse("yearwheel:calendar") + choice.query(uge="")
    here, large = request.path, len(found) > LARGE
    month = reverse("yearwheel:calendar").removeprefix(here) + choice.query(maaned=" ").removesuffix("+")
    themes = linked_themes(themes_by_month(request.user, choice.plan), month)
    marks = Marks(
        url=lambda entry: url_of(entry, changes=changes).removeprefix(here), week_url=week, short=large
    )
    most = NEXT_OF_LARGE if large else NEXT_SHOWN
    coming = [each for each in found if each.date >= max(today, choice.plan.starts_on)][:most]
    coming = coming or found[:most]
    told = watch.prompts(request.user, choice.plan)
    beside, unfolded = (int(len(told) == 1), 0) if large else (PROMPTS_SHOWN, PROMPTS_UNFOLDED)
    page = _page(request, choice, found, "wheel")
    context = {
        **page,
        "wheel": picture(choice.plan, found, choice.by, today, marks, themes),
        "themed": bool(themes),
        "totals": totals(choice.plan, found),
        "one_coming": len(coming) == 1,
        "coming": _by_month((each, url_of(each, changes=changes)) for each in coming),
        # Many forums are chosen among in the list; the choice comes along to the wheel.
        "forums": page["forums"] if not large or choice.forum else [],
        "prompts": told[:beside],
        "more_prompts": told[beside : beside + unfolded],
        "prompts_folded": len(told) - beside,
        "prompts_left": len(told) - beside - unfolded,
        "prompts_url": reverse("yearwheel:list").removeprefix(here) + choice.query(se="til") + "#se-til",
    }
    return render(request, "yearwheel/wheel.html", context)


def _by_month(rows: object) -> list[tuple[str, list[tuple[Entry, str]]]]:
    grouped = groupby(rows, key=lambda row: row[0].date.replace(day=1))  # type: ignore[call-overload]
    return [(f"{MONTHS[first.month - 1].capitalize()} {first.year}", list(group)) for first, group in grouped]


@require_GET
def year_list(request: HttpRequest) -> HttpResponseBase:
    choice = chosen(request)
    if choice.plan is None:
        return _nothing(request)
    found = shown(request, choice)
    if PARAM in request.GET and (file := exported(request, tables.meetings(found, choice.plan))):
        return file
    changes = bool(policy.may_plan(request.user))
    months = sorted({each.date.replace(day=1) for each in found})
    paged = len(found) > tables.SHOWN
    month = month_of(request.GET.get("maaned"), choice.plan) if paged or "maaned" in request.GET else None
    rows = [each for each in found if month is None or each.date.replace(day=1) == month]
    told = watch.prompts(request.user, choice.plan) if "se" in request.GET else []
    context = {
        **_page(request, choice, found, "list"),
        "prompts": told[:PROMPTS_LISTED],
        "prompts_left": len(told) - PROMPTS_LISTED,
        "months": months,
        "month": month,
        "paged": paged,
        "count": len(found),
        "rows": _by_month((each, url_of(each, changes=changes)) for each in rows[: tables.SHOWN]),
        "more": max(0, len(rows) - tables.SHOWN),
        "people": _people(request, choice),
    }
    return render(request, "yearwheel/list.html", context)


def _people(request: HttpRequest, choice: Chosen) -> list[tuple[int, str]]:
    """Return whose meetings can be asked for: of the forum that is chosen, else of all while that is a list to choose from."""
    if not policy.may_see_plan(request.user):
        return []
    seats = Membership.objects.filter(valid_until__isnull=True)
    if choice.forum is not None:
        seats = seats.filter(forum=choice.forum)
    people = Person.objects.current().filter(pk__in=seats.values("person"))
    found = list(people.order_by("name").values_list("pk", "name")[: MOST_PEOPLE + 1])
    kept = [(choice.person.pk, choice.person.name)] if choice.person else []
    return found if len(found) <= MOST_PEOPLE else kept


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """A month, or one week of it; both without script, a move by drag with it."""
    choice = chosen(request)
    if choice.plan is None:
        return _nothing(request)
    found, changes = shown(request, choice), bool(policy.may_plan(request.user))
    week = _week(request.GET.get("uge"))
    month = week or month_of(request.GET.get("maaned"), choice.plan)
    weeks = [[week + timedelta(days=n) for n in range(7)]] if week else _weeks(month)
    by_day: dict[date, list[tuple[Entry, str]]] = {}
    for entry in found:
        by_day.setdefault(entry.date, []).append((entry, url_of(entry, changes=changes)))
    context = {
        **_page(request, choice, found, "calendar"),
        "weeks": [
            (each[0].isocalendar().week, f"{each[0]:%G-W%V}", [(day, by_day.get(day, [])) for day in each])
            for each in weeks
        ],
        "month": month,
        "is_week": week is not None,
        "themes": [] if week else themes_by_month(request.user, choice.plan).get(month, []),
        "closed": _closed(choice.plan, weeks[0][0], weeks[-1][-1]),
        "title": _("Uge %(n)s") % {"n": week.isocalendar().week}
        if week
        else f"{MONTHS[month.month - 1].capitalize()} {month.year}",
        "earlier": choice.query(**_step(month, week, -1)),
        "later": choice.query(**_step(month, week, 1)),
        "month_query": choice.query(maaned=f"{month:%Y-%m}"),
    }
    return render(request, "yearwheel/calendar.html", context)


def _week(text: str | None) -> date | None:
    try:
        return date.fromisoformat(f"{text}-1") if text else None
    except ValueError:
        return None


def _weeks(month: date) -> list[list[date]]:
    return Calendar().monthdatescalendar(month.year, month.month)


def _step(month: date, week: date | None, step: int) -> dict[str, str]:
    if week is not None:
        return {"uge": f"{week + timedelta(days=7 * step):%G-W%V}"}
    number = month.year * 12 + month.month - 1 + step
    return {"maaned": f"{number // 12}-{number % 12 + 1:02d}"}


def _closed(plan: YearPlan, first: date, last: date) -> dict[date, str]:
    from_plan = papers.closed_names(plan)
    return {day: name for day, name in from_plan.items() if first <= day <= last}


@require_GET
def calendar_file(request: HttpRequest) -> HttpResponse:
    choice = chosen(request)
    if choice.plan is None:
        raise Http404
    found = [each for each in shown(request, choice) if each.pk is not None]
    response = HttpResponse(
        papers.as_calendar(found, choice.plan), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="aarshjul-{choice.plan.starts_on.year}.ics"'
    return response


@require_GET
def paper(request: HttpRequest) -> HttpResponse:
    choice = chosen(request)
    if choice.plan is None:
        raise Http404
    content = papers.a3(choice.plan, shown(request, choice), choice.by, timezone.localdate())
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="aarshjul-{choice.plan.starts_on.year}.pdf"'
    return response


@login_not_required
@require_GET
def public(request: HttpRequest) -> HttpResponse:
    """The year for everybody, where the municipality shows it: forums, days and times, never a person."""
    today = timezone.localdate()
    plan = entries.public_year(today)
    if plan is None:
        raise Http404
    found = entries.public_entries(plan)
    context = {
        "plan": plan,
        "municipality": municipality_name(),
        "wheel": picture(plan, found, "distrikt", today, Marks(url=lambda _entry: "", week_url="")),
        "rows": _by_month((each, "") for each in found),
        "crumbs": crumbs(),
    }
    return render(request, "yearwheel/public.html", context)
