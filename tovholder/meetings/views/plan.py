"""Plan meetings: one, a series, a joint one, an event; change, cancel, undo."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tovholder.access.decision import no
from tovholder.forums.standing import convened_forum_ids
from tovholder.meetings.forms.planning import (
    EventForm,
    MeetingForm,
    ReasonForm,
    SeriesForm,
    WhichMeetingForm,
    convened,
    defaults_for,
    series_defaults,
)
from tovholder.meetings.models import MeetingKind, MeetingStatus
from tovholder.meetings.services import days, planning
from tovholder.meetings.services.agenda import joint_rule
from tovholder.meetings.services.series import dates
from tovholder.meetings.views.face import convened_meeting, crumbs, form_page, number_in


def _require_convener(request: HttpRequest) -> None:
    if not convened_forum_ids(request.user):
        no("not_convener", _("Kun tovholdere kan planlægge møder.")).require()


@require_GET
def which(request: HttpRequest) -> HttpResponse:
    """First choose forum and kind; the choice stands in the address of the next page."""
    _require_convener(request)
    chosen = "forum" in request.GET
    data = request.GET.copy()
    data.setdefault("kind", MeetingKind.ORDINARY)
    form = WhichMeetingForm(data if chosen else None, user=request.user)
    if chosen and form.is_valid():
        return redirect(f"{reverse('meetings:create_details')}?{data.urlencode()}")
    return render(request, "meetings/which.html", {"form": form, "crumbs": crumbs(None, _("Nyt møde"))})


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    _require_convener(request)
    choice = WhichMeetingForm(request.GET, user=request.user)
    if not choice.is_valid():
        return redirect("meetings:create")
    forums, kind = choice.forums(), choice.cleaned_data["kind"]
    rule = joint_rule(forums) if kind == MeetingKind.JOINT else None
    chair, taker = planning.usual_roles(forums[0])
    initial = {
        **defaults_for(forums[0], rule.minutes if rule else None),
        "chair": chair,
        "minute_taker": taker,
    }
    form_class = EventForm if kind == MeetingKind.EVENT else MeetingForm
    form = form_class(request.POST or None, forums=forums, initial=initial)
    if request.method == "POST" and form.is_valid():
        meeting = planning.create_meeting(by=request.user, forums=forums, kind=kind, **form.values())
        messages.success(request, _("Mødet er planlagt. Se dagsordenen igennem, og send indkaldelsen."))
        return redirect("meetings:before", meeting.pk)
    names = ", ".join(forum.name for forum in forums)
    page = form_page(
        form, title=_("Nyt møde: %(forums)s") % {"forums": names}, button=_("Planlæg mødet"),
        crumbs=crumbs(None, _("Nyt møde")), cancel_url=reverse("meetings:list"), keep="nyt-moede",
    )  # fmt: skip
    return render(request, "meetings/form.html", page)


@require_http_methods(["GET", "POST"])
def series(request: HttpRequest) -> HttpResponse:
    """The rule, then its days with what speaks against each, then the meetings."""
    _require_convener(request)
    first = (
        convened(request.user).filter(pk=number_in(request.GET.get("forum"))).first()
        or convened(request.user).first()
    )
    form = SeriesForm(
        request.POST or None, user=request.user, initial=series_defaults(first) if first else None
    )
    preview = None
    if request.method == "POST" and form.is_valid():
        found = dates(form.rule())
        picked = set(request.POST.getlist("days"))
        chosen = [day for day in found if day.isoformat() in picked]
        if "create" in request.POST and chosen:
            return _create_series(request, form, chosen)
        against = days.warnings_by_day(found, [form.cleaned_data["forum"]])
        looked = "looked" in request.POST
        preview = [
            (day, against[day], day in chosen if looked and chosen else not against[day]) for day in found
        ]
    context = {"form": form, "preview": preview, "crumbs": crumbs(None, _("Ny møderække"))}
    return render(request, "meetings/series.html", context)


def _create_series(request: HttpRequest, form: SeriesForm, chosen: list[object]) -> HttpResponse:
    data = form.cleaned_data
    made = planning.create_series(
        by=request.user, forum=data["forum"], rule=form.rule(), days=chosen,
        start=data["starts"], minutes=data["minutes"], place=data["place"],
    )  # fmt: skip
    text = ngettext("%(count)s møde er planlagt.", "%(count)s møder er planlagt.", len(made)) % {
        "count": len(made)
    }
    messages.success(request, text)
    return redirect(f"{reverse('meetings:list')}?forum={data['forum'].pk}")


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = convened_meeting(request, pk)
    if meeting.status != MeetingStatus.PLANNED:
        no("meeting_not_planned", _("Mødet kan kun ændres, mens det er planlagt.")).require()
    form_class = EventForm if meeting.kind == MeetingKind.EVENT else MeetingForm
    form = form_class(request.POST or None, forums=list(meeting.forums.all()), meeting=meeting)
    if request.method == "POST" and form.is_valid():
        before = meeting.sequence
        changed = planning.edit_meeting(by=request.user, meeting=meeting, **form.values())
        told = changed.invited_at is not None and changed.sequence > before
        text = _("Mødet er ændret. Alle inviterede får besked.") if told else _("Mødet er ændret.")
        messages.success(request, text)
        return redirect("meetings:before", pk)
    page = form_page(
        form, title=_("Ret eller flyt mødet"), button=_("Gem ændringer"), crumbs=crumbs(meeting, _("Ret mødet")),
        cancel_url=reverse("meetings:before", args=[pk]), keep=f"moede-{pk}",
        lead=_("Nyt tidspunkt, sted eller titel sendes til alle, der er inviteret.") if meeting.invited_at else "",
    )  # fmt: skip
    return render(request, "meetings/form.html", page)


@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = convened_meeting(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        planning.cancel(by=request.user, meeting=meeting, reason=form.cleaned_data["reason"])
        messages.success(request, _("Mødet er aflyst. Det kan fortrydes på mødets side."))
        return redirect("meetings:before", pk)
    told = meeting.participations.filter(invited_sequence__isnull=False, removed_at__isnull=True).count()
    lead = (
        ngettext("%(n)s inviteret får besked.", "%(n)s inviterede får besked.", told) % {"n": told}
        if told
        else ""
    )
    page = form_page(
        form, title=_("Aflys mødet"), button=_("Aflys mødet"), crumbs=crumbs(meeting, _("Aflys")),
        cancel_url=reverse("meetings:before", args=[pk]),
        lead=" ".join((lead, _("Egne punkter på dagsordenen flytter med til næste møde."))).strip(),
    )  # fmt: skip
    return render(request, "meetings/form.html", page)


@require_POST
def undo_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = planning.undo_cancel(by=request.user, meeting=convened_meeting(request, pk))
    if meeting.ends_at < timezone.now():
        messages.warning(request, _("Mødets tidspunkt er gået. Flyt mødet til en ny dag."))
    messages.success(request, _("Mødet er ikke længere aflyst. Alle inviterede får besked."))
    return redirect("meetings:before", pk)


@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = convened_meeting(request, pk)
    if request.method == "POST":
        planning.discard(by=request.user, meeting=meeting)
        messages.success(request, _("Mødet er slettet. Ingen var indkaldt."))
        return redirect("meetings:list")
    context = {
        "title": _("Slet mødet?"),
        "text": _("Ingen er indkaldt til mødet endnu."),
        "loses": [_("Mødet og dets dagsorden")],
        "button": _("Slet mødet"),
        "cancel_url": reverse("meetings:before", args=[pk]),
        "crumbs": crumbs(meeting, _("Slet")),
    }
    return render(request, "ui/confirm.html", context)
