"""Who is in the room."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tovholder.access.levels import Level
from tovholder.directory.models import PartyType
from tovholder.meetings.forms.running import GuestForm
from tovholder.meetings.models import Meeting, Participation
from tovholder.meetings.services import attendance
from tovholder.meetings.services.cases_room import warnings_for
from tovholder.meetings.views.fetching import writable
from tovholder.meetings.views.run_page import RunPage


@require_POST
def attend(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick one person ("12-1" is here, "12-0" is not) or all who said yes; the script gets the list back."""
    meeting, _minutes = writable(request, pk)
    tap = request.POST.get("tap", "")
    if tap == "expected":
        attendance.all_expected_are_here(by=request.user, meeting=meeting)
    else:
        number, _dash, here = tap.partition("-")
        if not number.isdecimal() or len(number) > 12 or here not in {"0", "1"}:
            raise Http404
        participation = get_object_or_404(meeting.participations, pk=number)
        attendance.set_attended(by=request.user, participation=participation, attended=here == "1")
    return _list_or_back(request, meeting)


def out(request: HttpRequest, pk: int) -> HttpResponse:
    """Write that somebody who came has gone out ("12-1") or is back ("12-0"), for an item or for good."""
    meeting, _minutes = writable(request, pk)
    if request.method == "POST":
        number, _dash, gone = request.POST.get("tap", "").partition("-")
        if not number.isdecimal() or len(number) > 12 or gone not in {"0", "1"}:
            raise Http404
        row = get_object_or_404(meeting.participations.filter(attended=True), pk=number)
        attendance.set_out(by=request.user, participation=row, out=gone == "1")
        return redirect(f"{reverse('meetings:out', args=[pk])}?back={came_from(request, meeting)}")
    people = attendance.at_meeting(meeting).filter(attended=True)
    context = {"meeting": meeting, "people": people, "back": came_from(request, meeting)}
    return render(request, "meetings/run_out.html", context)


def _list_or_back(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        context = {
            "page": RunPage(request, meeting, None),
            "meeting": meeting,
        }
        response = render(request, "meetings/_attendance.html", context)
        response.headers["Vary"] = "HX-Request"
        return response
    return redirect(came_from(request, meeting))


def came_from(request: HttpRequest, meeting: Meeting) -> str:
    """Return the page of ours that a form names as its own, or the meeting."""
    back = request.POST.get("back", "") or request.GET.get("back", "")
    if back == "efter":
        return reverse("meetings:after", args=[meeting.pk])
    if back.startswith(f"/moeder/{meeting.pk}/") and url_has_allowed_host_and_scheme(
        back, allowed_hosts=None
    ):
        return back
    return f"/moeder/{meeting.pk}/under/"


def guest(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down who just came, during the meeting or after it."""
    meeting, _minutes = writable(request, pk)
    form = GuestForm(request.POST or None, meeting=meeting)
    if request.method == "POST" and form.is_valid():
        participation = attendance.add_guest(by=request.user, meeting=meeting, **form.cleaned_data)
        messages.success(request, _("%(name)s er skrevet på listen.") % {"name": participation.person.name})
        if _hears_too_much(meeting, participation):
            messages.warning(
                request,
                _(
                    "%(name)s kommer uden for samarbejdet, og punktet lige nu er anonymt. Tag det op uden gæsten."
                )
                % {"name": participation.person.name},
            )
        for line in warnings_for(request.user, meeting, participation.person):  # type: ignore[arg-type]
            messages.warning(request, line)
        return redirect(came_from(request, meeting))
    context = {"meeting": meeting, "form": form, "back": came_from(request, meeting)}
    return render(request, "meetings/run_guest.html", context, status=422 if form.errors else 200)


def _hears_too_much(meeting: Meeting, participation: Participation) -> bool:
    current = meeting.current_item
    organisation = participation.person.organisation
    outside = organisation is not None and organisation.kind.party_type == PartyType.OUTSIDE
    return outside and current is not None and current.level != Level.GENERAL
