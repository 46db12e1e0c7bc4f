"""When I am busy, and for who plans when another is: times only."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tovholder.directory.models import Person
from tovholder.forums.standing import person_of
from tovholder.ui.download import exported
from tovholder.ui.typed import typed
from tovholder.yearwheel import policy, tables
from tovholder.yearwheel.forms.busy import BusyForm, FeedForm, FileForm, LimitForm
from tovholder.yearwheel.models import BusyFeed, BusyTime, DayLimit
from tovholder.yearwheel.queries.busy import people_with_counts
from tovholder.yearwheel.services import busy
from tovholder.yearwheel.views.face import on_the_way, planned_from, way_crumbs

SHOWN = 40


def _person(request: HttpRequest, pk: int | None) -> Person:
    """Return the person of an address, or the user's own."""
    policy.may_look(request.user).require()
    person = person_of(request.user) if pk is None else None
    if pk is not None and pk < 2**63:
        person = Person.objects.current().filter(pk=pk).first()
    # Who may not see it is told the same of a person that is not there.
    if person is not None or pk is not None:
        policy.may_change_busy(request.user, person or Person()).require()
    if person is None:
        raise Http404
    return person


def _here(request: HttpRequest, person: Person) -> str:
    own = person_of(request.user)
    is_own = own is not None and own.pk == person.pk
    page = reverse("yearwheel:busy") if is_own else reverse("yearwheel:busy_of", args=[person.pk])
    return on_the_way(page, planned_from(request))


@require_http_methods(["GET", "POST"])
def times(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    if pk is None and person_of(request.user) is None and policy.may_plan(request.user):
        return redirect("yearwheel:busy_people")
    person = _person(request, pk)
    which = request.POST.get("hvad", "")
    form = BusyForm(request.POST if which == "tid" else None)
    file = FileForm(request.POST if which == "fil" else None, request.FILES if which == "fil" else None)
    feed = BusyFeed.objects.filter(person=person).first()
    mine = bool(policy.may_read_feed(request.user, person))
    address = FeedForm(
        request.POST if which == "kalender" else None,
        initial={"url": feed.url if feed and mine else ""},
    )
    own = DayLimit.objects.filter(person=person).values_list("meetings", flat=True).first()
    limit = LimitForm(request.POST if which == "antal" else None, initial={"meetings": own})
    if which == "antal" and limit.is_valid():
        busy.limit(by=request.user, person=person, **limit.cleaned_data)
        messages.success(request, _("Antallet er gemt. Det gælder for de planer, der regnes fra nu af."))
        return redirect(_here(request, person))
    if which and _done(request, person, which, form, file, address):
        return redirect(_here(request, person))
    rows, plan = BusyTime.objects.filter(person=person), planned_from(request)
    coming = rows.filter(date__isnull=False, date__gte=timezone.localdate())
    context = {
        "person": person,
        "mine": mine,
        "form": form,
        "file_form": file,
        "feed_form": address,
        "limit_form": limit,
        "feed": feed,
        "weekly": rows.filter(weekday__isnull=False),
        "once": coming.filter(source=BusyTime.Source.HAND)[:SHOWN],
        "from_file": coming.filter(source=BusyTime.Source.FILE).count(),
        "from_feed": coming.filter(source=BusyTime.Source.FEED).count(),
        "may_plan": policy.may_plan(request.user),
        "everybody": on_the_way(reverse("yearwheel:busy_people"), plan),
        "crumbs": way_crumbs(plan, (_("Optaget"), "")),
    }
    return render(request, "yearwheel/busy.html", context, status=422 if which else 200)


def _done(
    request: HttpRequest, person: Person, which: str, form: BusyForm, file: FileForm, address: FeedForm
) -> bool:
    """Do what was sent; False, with the sentence at its field, when it could not be done."""
    by = request.user
    if which == "tid" and form.is_valid():
        data = form.cleaned_data
        busy.add(
            by=by, person=person, day=data["day"], weekday=data["weekday"], starts=data["starts"], ends=data["ends"]
        )  # fmt: skip
        messages.success(request, _("Det er noteret. Andre ser kun, at du er optaget."))
        return True
    if which == "fil" and file.is_valid():
        try:
            count = busy.read_file(by=by, person=person, content=file.cleaned_data["file"].read())
        except busy.CalendarFault as fault:
            file.add_error("file", str(fault))
            return False
        messages.success(request, busy.told(count))
        return True
    if which == "kalender" and address.is_valid():
        try:
            count = busy.follow(by=by, person=person, url=address.cleaned_data["url"])
        except busy.CalendarFault as fault:
            address.add_error("url", str(fault))
            return False
        messages.success(request, busy.told(count))
        return True
    return False


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    policy.may_look(request.user).require()
    row = BusyTime.objects.select_related("person").filter(pk=pk).first() if pk < 2**63 else None
    # Whether somebody is busy is nobody's to find out by guessing numbers.
    if row is None or not policy.may_change_busy(request.user, row.person):
        raise Http404
    busy.remove(by=request.user, row=row)
    messages.success(request, _("Tidspunktet er slettet."))
    return redirect(_here(request, row.person))


@require_POST
def clear(request: HttpRequest, pk: int, source: str) -> HttpResponse:
    person = _person(request, pk)
    if source not in (BusyTime.Source.FILE, BusyTime.Source.FEED):
        raise Http404
    busy.clear(by=request.user, person=person, source=source)
    messages.success(request, _("Det, der kom fra kalenderen, er glemt."))
    return redirect(_here(request, person))


@typed("q")
def people(request: HttpRequest, *, given: QueryDict) -> HttpResponseBase:
    """All who sit in a forum, and how much they have written: for who plans."""
    policy.may_plan(request.user).require()
    rows = people_with_counts(given.get("q", ""))
    if file := exported(request, tables.busy_people(rows)):
        return file
    plan = planned_from(request)
    context = {
        "rows": rows,
        "plan": plan,
        "q": given.get("q", ""),
        "crumbs": way_crumbs(plan, (_("Optaget"), reverse("yearwheel:busy")), (_("Alle"), "")),
    }
    return render(request, "yearwheel/busy_people.html", context)
