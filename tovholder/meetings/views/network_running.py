"""The network meeting under way: who is here, the form, the efforts. One form saves it all, so nothing typed is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tovholder.access.decision import Decision, Refused
from tovholder.concerns.queries import readers
from tovholder.meetings import policy
from tovholder.meetings.forms.network import EffortForm
from tovholder.meetings.models import MeetingStatus, NetworkMeeting
from tovholder.meetings.services import network_efforts as efforts
from tovholder.meetings.services import network_meeting as running
from tovholder.meetings.services import network_people
from tovholder.meetings.services.cases import assess_room
from tovholder.meetings.services.cases_known import keep_circle, known_of
from tovholder.meetings.services.checklist import points_and_guide
from tovholder.meetings.services.minutes import minutes_of
from tovholder.meetings.services.network_people import part_word
from tovholder.meetings.views.effort_window import window
from tovholder.meetings.views.network import (
    base,
    case_or_404,
    case_shown,
    children_shown,
    crumbs,
    network_of,
    refusal_told,
)
from tovholder.meetings.views.network_efforts import effort_row, saved, to_effort
from tovholder.meetings.views.network_steps import _numbers as numbers
from tovholder.plans.models import CaseAgreement
from tovholder.ui.templatetags.ui import dktime

Troubles = dict[str, dict[str, Any]]


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick who is here, and begin. What the sharing rules refuse is said to who begins, with what would mend it."""
    made = network_of(request, pk)
    policy.may_write_minutes(request.user, made.meeting).require()
    refused: Decision | None = None  # a decision that says no is false: ask whether there is one
    shut: running.RoomRefused | None = None
    if request.method == "POST":
        try:
            running.start(
                by=request.user,
                network=made,
                people=numbers(request, "p"),
                family=numbers(request, "f"),
                as_development=request.POST.get("udviklingsmoede") == "1",
            )
        except Refused as error:
            refused = refusal_told(request, made, error.decision)
            if isinstance(error, running.RoomRefused) and case_shown(request, made) is not None:
                shut = error
        else:
            return redirect("network:run", pk)
    people = network_people.professionals(made.meeting)
    ticked = (
        set(numbers(request, "p")) if refused is not None else {e.pk for e in people if e.answer == "yes"}
    )
    members = network_people.family_of(made.meeting)
    there = set(numbers(request, "f")) if refused is not None else {each.pk for each in members}
    context = {
        **base(request, made, face="run"),
        "people": [(each, each.pk in ticked) for each in people],
        "members": [(each, part_word(each), each.pk in there) for each in members],
        "refused": refused,
        "shut": shut,
        "crumbs": crumbs(made, _("Begynd mødet")),
    }
    return render(request, "meetings/network_start.html", context, status=200 if refused is None else 422)


@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    made = network_of(request, pk)
    if made.meeting.status == MeetingStatus.PLANNED:
        return redirect("network:start", pk)
    return _run_page(request, made)


def _run_page(
    request: HttpRequest, made: NetworkMeeting, troubles: Troubles | None = None, **more: Any
) -> HttpResponse:
    meeting = made.meeting
    policy.may_write_now(request.user, meeting, minutes_of(meeting)).require()
    case = case_or_404(request, made)
    keep_circle(meeting)
    known = known_of([case])
    room = assess_room(case, known=known)
    is_running = meeting.status == MeetingStatus.RUNNING
    closed = is_running and not room.allowed
    points, guide = points_and_guide(meeting, "during")
    context: dict[str, Any] = {
        **base(request, made, face="run"),
        "case": case,
        "room": room,
        "closed": closed,
        "is_running": is_running,
        "people": network_people.professionals(meeting),
        "members": [(each, part_word(each)) for each in network_people.family_of(meeting)],
        "points": points,
        "guide": guide,
        **more,
    }
    if not closed:
        old, new = efforts.efforts(case, made)
        fields = running.read_fields(case, made)
        lists = [each.key for each in fields if not each.is_text]
        running.note_reading(by=request.user, case=case, purpose="network meeting")
        context.update(
            fields=[(_shown(each, troubles), (troubles or {}).get(each.key, {})) for each in fields],
            shown=window(old, new, more.get("show") or request.GET.get("indsats", "")),
            first_list=lists[0],
            last_list=lists[-1],
            readers=readers(made.concern),
            children=children_shown(request, case, known.keys),
            effort_form=more.get("effort_form")
            or EffortForm(meeting=meeting, prefix="ny", owner="skema", initial=_typed(request)),
        )
    return render(request, "meetings/network_run.html", context, status=409 if troubles else 200)


def _shown(field: running.Field, troubles: Troubles | None) -> running.Field:
    """The field as the writer left it where it could not be saved, else as it is stored."""
    trouble = (troubles or {}).get(field.key)
    if trouble is None:
        return field
    return replace(field, text=trouble["mine"], version=trouble["version"])


@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save every field that was sent, then do what the button says. A script sends one field and gets JSON."""
    made = network_of(request, pk)
    if not request.accepts("text/html"):
        return _save_one(request, made)
    present = request.POST.get("do") == "tilstede"
    if present:  # first: whoever goes out may be the one who keeps the case closed for writing
        _set_present(request, made)
    troubles = _save_all(request, made)
    made = network_of(request, pk)
    if troubles:
        return _run_page(request, made, troubles)
    done = _stay_with_what_is_typed(request, made)
    if done is None:
        done = redirect("network:run", pk) if present else _do(request, made, request.POST.get("do", ""))
    return done


def _stay_with_what_is_typed(request: HttpRequest, made: NetworkMeeting) -> HttpResponse | None:
    """Show the page again where an effort is being written that the button does not keep; nothing typed is lost."""
    act = request.POST.get("do", "").partition(":")[0]
    if not _typed(request) or act in {"indsats", "op", "ned", "vis"}:
        return None
    if act in {"ret", "vaelg", "slut", "efter"}:
        said = _("Tilføj først den indsats, du er ved at skrive. Skal den ikke med, så slet dens tekst.")
        messages.warning(request, said)
    elif act != "tilstede":
        messages.success(
            request, _("Skemaet er gemt. Indsatsen, du er ved at skrive, er ikke tilføjet endnu.")
        )
    return _run_page(request, made)


def _set_present(request: HttpRequest, made: NetworkMeeting) -> None:
    try:
        running.set_present(
            by=request.user, network=made, people=numbers(request, "p"), family=numbers(request, "f")
        )
    except Refused as refused:
        said = refusal_told(request, made, refused.decision).reason
        if isinstance(refused, running.RoomRefused) and case_shown(request, made) is not None:
            said = refused.told
        messages.warning(request, said)
    else:
        messages.success(request, _("Fremmødet er gemt."))


def _save_all(request: HttpRequest, made: NetworkMeeting) -> Troubles:
    found: Troubles = {}
    agreed, chosen = running.child_agrees(made), _chosen(request)
    for name in request.POST:
        if not name.startswith("t-"):
            continue
        key, text = name[2:], request.POST.get(name, "")
        try:
            running.save_field(
                by=request.user, network=made, key=key, text=text, base_version=_version(request, key)
            )
        except running.FieldConflictError as conflict:
            row = conflict.theirs
            found[key] = {
                "mine": conflict.mine,
                "theirs": conflict.text,
                "by": row.saved_by,
                "at": row.saved_at,
                "version": row.version,
            }
        except ValidationError as refused:
            found[key] = {
                "mine": text,
                "error": " ".join(refused.messages),
                "version": _version(request, key),
            }
    words = found.get(running.CHILD_FIELD)
    if words is not None and chosen:  # a yes to words that are not saved waits with them
        words["agrees"] = True
    elif chosen is not None:
        running.save_child_agrees(by=request.user, network=made, agrees=chosen)
    elif agreed and not running.child_agrees(made):
        messages.info(request, _("Barnets ord er ændret, så svaret er nej igen. Spørg barnet på ny."))
    return found


def _chosen(request: HttpRequest) -> bool | None:
    """Return the yes or no that was chosen on this page, else None: what only stood there may be old."""
    shown, chosen = request.POST.get("barn-enig-foer"), request.POST.get("barn-enig")
    if shown == chosen or not {shown, chosen} <= {"0", "1"}:
        return None
    return chosen == "1"


def _version(request: HttpRequest, key: str) -> int:
    text = request.POST.get(f"v-{key}", "")
    return int(text) if text.isdecimal() and len(text) <= 9 else -1


def _save_one(request: HttpRequest, made: NetworkMeeting) -> HttpResponse:
    key = next((name[2:] for name in request.POST if name.startswith("t-")), "")
    chosen = _chosen(request)
    try:
        if not key and chosen is not None:
            running.save_child_agrees(by=request.user, network=made, agrees=chosen)
            return JsonResponse({"agrees": chosen, "at": dktime(timezone.now())})
        row = running.save_field(
            by=request.user,
            network=made,
            key=key,
            text=request.POST.get(f"t-{key}", ""),
            base_version=_version(request, key),
        )
        if key == running.CHILD_FIELD and chosen is not None:
            running.save_child_agrees(by=request.user, network=made, agrees=chosen)
    except running.FieldConflictError as conflict:
        theirs = conflict.theirs
        running.note_reading(by=request.user, case=case_or_404(request, made), purpose="network meeting")
        return JsonResponse(
            {
                "text": conflict.text,
                "version": theirs.version,
                "by": theirs.saved_by,
                "at": dktime(theirs.saved_at),
            },
            status=409,
        )
    except ValidationError as refused:
        return JsonResponse({"error": " ".join(refused.messages)}, status=422)
    except Refused as refusal:
        return JsonResponse({"error": refusal.decision.reason}, status=403)
    told = {"agrees": running.child_agrees(made)} if key == running.CHILD_FIELD else {}
    return JsonResponse({"version": row.version, "at": dktime(row.saved_at), **told})


def _do(request: HttpRequest, made: NetworkMeeting, what: str) -> HttpResponse:
    """Do what the button beside the form says, now that the form is saved."""
    pk, (act, _dash, number) = made.meeting_id, what.partition(":")
    home = redirect("network:run", pk)
    if act == "indsats":
        return _add_effort(request, made)
    if act in {"op", "ned"}:
        row = effort_row(made, number)
        efforts.move_effort(by=request.user, network=made, row=row, up=act == "op")
    if act in {"op", "ned", "vis"}:
        if _typed(request):  # an effort that is being written, and is not added yet, stays in its fields
            return _run_page(request, network_of(request, pk), show=number)
        return redirect(to_effort(pk, number))
    if act in {"ret", "vaelg"}:
        return redirect(
            "network:effort" if act == "ret" else "network:choose", pk, effort_row(made, number).pk
        )
    if act == "slut":
        running.finish(by=request.user, network=made)
        return redirect("network:after", pk)
    if act == "efter":
        return redirect("network:after", pk)
    messages.success(request, _("Skemaet er gemt."))
    return home


def _add_effort(request: HttpRequest, made: NetworkMeeting) -> HttpResponse:
    form = EffortForm(request.POST, meeting=made.meeting, prefix="ny", owner="skema")
    added: list[CaseAgreement] = []
    if not form.is_valid() or not saved(
        form,
        lambda: added.append(efforts.add_effort(by=request.user, network=made, effort=form.effort())),
    ):
        return _run_page(request, made, effort_form=form)
    messages.success(request, _("Indsatsen er skrevet."))
    return redirect(to_effort(made.meeting_id, added[0].pk))


def _typed(request: HttpRequest) -> dict[str, str]:
    """What is typed of an effort that is not added yet; nothing where its words are not begun."""
    names = ("words", "responsible", "due_on", "sign_of_progress")
    found = {name: request.POST.get(f"ny-{name}", "") for name in names}
    return found if found["words"].strip() else {}
