"""A network meeting's pages before it: the list, the beginning of the calling, the meeting as those who take part see it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tovholder.access.decision import Decision, no
from tovholder.citizens.services.safe import Opened, Safe
from tovholder.concerns.models import CaseTeamMember, Concern
from tovholder.concerns.policy import Part, may_read, may_work
from tovholder.concerns.queries import readers
from tovholder.concerns.queries import visible_to as concerns_visible_to
from tovholder.concerns.services.reading import note_listing
from tovholder.concerns.standing import triage_of
from tovholder.concerns.suspicion import by_family
from tovholder.forums.models import ChecklistItem
from tovholder.forums.standing import person_of
from tovholder.forums.statements import UserStatement
from tovholder.meetings import policy
from tovholder.meetings.forms.people import AnswerForm
from tovholder.meetings.models import CaseItem, Meeting, MeetingKind, MeetingStatus, NetworkMeeting
from tovholder.meetings.queries import read_network_case, visible_to
from tovholder.meetings.services import answers, family, network, network_people
from tovholder.meetings.services.cases_known import keep_circle
from tovholder.meetings.services.cases_reading import links_shown
from tovholder.meetings.services.cases_room import mends, still_shown
from tovholder.meetings.services.checklist import points_and_guide, set_tick
from tovholder.meetings.services.family_texts import languages
from tovholder.meetings.services.network_meeting import closing_room, note_reading
from tovholder.meetings.services.network_people import part_word
from tovholder.statements import Given

Crumbs = list[tuple[str, str]]


def network_of(request: HttpRequest, pk: int) -> NetworkMeeting:
    """Return the network meeting if the user may know of it, else 404."""
    user: Any = request.user
    meeting = _NETWORK.first(user, meeting=pk)
    if meeting is None:
        raise Http404
    made: NetworkMeeting = meeting.network
    made.meeting = meeting
    person = person_of(user)
    if person is not None:
        made.concern.__dict__["on_case_team"] = {person.pk: meeting.on_team}
    made.concern.by_family = meeting.by_family  # type: ignore[attr-defined]
    return made


def _network(user: Any) -> QuerySet[Any, Any]:
    """The meeting with what its pages show, and what its policies ask of the user and of the concern."""
    seats = CaseTeamMember.objects.filter(
        concern=OuterRef("network__concern"), person=person_of(user), until_at__isnull=True
    )
    found = visible_to(user).filter(kind=MeetingKind.NETWORK, pk=Given("meeting", BigIntegerField()))
    return found.annotate(on_team=Exists(seats), by_family=by_family("network__concern")).select_related(
        "lead_forum__forum_type",
        "chair",
        "minute_taker",
        "minutes_record__approved_by",
        "network__concern",
        "network__initiator",
        "network__form",
        "network__follows__meeting",
        "network__followed_by",
    )


_NETWORK = UserStatement(_network, known=(triage_of,))


def case_shown(request: HttpRequest, made: NetworkMeeting) -> CaseItem | None:
    """Return the case if the user may read it: who was told only while they are still covered."""
    user: Any = request.user
    case = read_network_case(user, made)
    return case if case is not None and still_shown(user, case) else None


def reads_case(request: HttpRequest, made: NetworkMeeting) -> bool:
    """Tell whether the user reads the case: a chair or minute taker for whom the name is not opened does not."""
    user: Any = request.user
    return bool(may_read(user, made.concern, Part.ALL)) or case_shown(request, made) is not None


def refusal_told(request: HttpRequest, made: NetworkMeeting, refused: Decision) -> Decision:
    """Return the refusal as the user may read it: a suspicion only for who reads the case."""
    if refused.code != "family_under_suspicion" or reads_case(request, made):
        return refused
    said = _("Mødet kan ikke holdes lige nu. Spørg %(name)s, som har indkaldt.")
    return no("not_now", said % {"name": made.initiator.name})


def case_or_404(request: HttpRequest, made: NetworkMeeting) -> CaseItem:
    case = case_shown(request, made)
    if case is None:
        raise Http404
    return case


def children_shown(request: HttpRequest, case: CaseItem, safe: Safe | None = None) -> list[Opened]:
    """Return the names of the children that the reader of the case is shown; `safe` holds their keys where they are fetched."""
    user: Any = request.user
    every = {case.concern_id: list(case.concern.concern_children.all())}
    children = [link.child for link in links_shown(user, [case], every)[case.pk]]
    safe = safe or Safe.of(children)
    return [safe.read(each, "name") for each in children]


def crumbs(made: NetworkMeeting | None = None, *more: str) -> Crumbs:
    found: Crumbs = [(_("Møder"), reverse("meetings:list")), (_("Netværksmøder"), reverse("network:list"))]
    if made is not None:
        page = reverse("network:meeting", args=[made.meeting_id]) if more else ""
        found.append((str(made.meeting), page))
    return found + [(label, "") for label in more]


@require_GET
def network_list(request: HttpRequest) -> HttpResponse:
    """The network meetings that the user takes part in or whose case the user works on, those to be called first."""
    rows = (
        visible_to(request.user)
        .filter(kind=MeetingKind.NETWORK)
        .select_related("network__concern", "network__initiator", "minutes_record")
        .order_by("-starts_at", "-pk")
    )
    drafts = list(rows.filter(invited_at__isnull=True, status=MeetingStatus.PLANNED)[:50])
    called = list(rows.exclude(invited_at__isnull=True, status=MeetingStatus.PLANNED)[:100])
    note_listing(
        by=request.user,
        concerns=[each.network.concern for each in (*drafts, *called)],
        purpose="network list",
        ground="takes_part",
    )
    context = {"drafts": drafts, "called": called, "crumbs": [*crumbs()[:1], (_("Netværksmøder"), "")]}
    return render(request, "meetings/network_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """What a network meeting is, and the button that begins the calling of one."""
    concern = get_object_or_404(concerns_visible_to(request.user, Part.ALL), code=code)
    decision = policy.may_call_network(request.user, concern)
    if request.method == "POST":
        made = network.begin(by=request.user, concern=concern)
        return redirect("network:step", made.meeting_id, "sagen")
    note_listing(by=request.user, concerns=[concern], purpose="step")
    context = {
        "concern": concern,
        "decision": decision,
        "forum": network.forum_for() if decision else None,
        "begun": _begun(request, concern),
        "crumbs": [*crumbs(), (str(concern), "")],
    }
    return render(request, "meetings/network_begin.html", context)


def _begun(request: HttpRequest, concern: Concern) -> Meeting | None:
    """A meeting about the concern whose calling is begun already: nobody is to begin twice by mistake."""
    return (
        visible_to(request.user)
        .filter(network__concern=concern, status=MeetingStatus.PLANNED)
        .order_by("-pk")
        .first()
    )


@require_GET
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    made = network_of(request, pk)
    found, person = made.meeting, person_of(request.user)
    keep_circle(found)
    people = network_people.professionals(found)
    mine = next((each for each in people if person is not None and each.person_id == person.pk), None)
    case = case_shown(request, made)
    closing = closing_room(case) if case is not None else None
    said = family.voices(case) if case is not None and closing is None else []
    if case is not None:
        note_reading(by=request.user, case=case, purpose="network meeting")
    planned = found.status == MeetingStatus.PLANNED
    asked = mine is not None and planned and mine.person_id != made.initiator_id
    points, guide = points_and_guide(found, "before")
    context = {
        **base(request, made, face="before"),
        "people": people,
        "family": [(part_word(each), each) for each in network_people.family_of(found)],
        "answer_form": AnswerForm(initial={"answer": mine.answer, "note": mine.answer_note})
        if asked and found.invited_at and found.ends_at >= timezone.now()
        else None,
        "questions": [each for each in said if each.kind == family.Kind.QUESTION],
        "may_prepare": bool(policy.may_prepare_network(request.user, found)),
        "case": case,
        "closing": closing,
        "mends": mends(case, closing) if case is not None and closing is not None else [],
        "ground": ground_of(request, made, case) if closing is None else None,
        # Before the meeting those called stand in the list of who takes part.
        "points": points,
        "guide": guide if planned else None,  # it is of what to do before
        "readers": readers(made.concern) if case is not None and closing is None else [],
    }
    return render(request, "meetings/network_meeting.html", context)


def base(request: HttpRequest, made: NetworkMeeting, *, face: str) -> dict[str, Any]:
    """What all three faces of a network meeting show."""
    found = made.meeting
    user: Any = request.user
    may_write, family = policy.may_write_minutes(user, found), policy.may_meet_family(made.concern)
    return {
        "network": made,
        "meeting": found,
        "face": face,
        "convener": bool(policy.may_convene(user, found)),
        "may_write": bool(may_write),
        "family_shut": family.reason if not family and may_write and reads_case(request, made) else "",
        # The guide leads to the family being told. It goes without a word: why is for those who read the case.
        "guide_shut": not family,
        "draft": found.invited_at is None and found.status == MeetingStatus.PLANNED,
        "planned": found.status == MeetingStatus.PLANNED,
        "crumbs": crumbs(made),
    }


def ground_of(request: HttpRequest, made: NetworkMeeting, case: CaseItem | None) -> Any:
    """What the child is spoken of for, for who may read the case; who works on it reads the preparations too."""
    if case is None:
        return None
    works = bool(may_work(request.user, made.concern))
    return network_people.shown_ground(case, made, works=works)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    made = network_of(request, pk)
    row = get_object_or_404(made.meeting.participations, person__user=request.user, removed_at__isnull=True)
    form = AnswerForm(request.POST)
    if form.is_valid():
        answers.answer(
            by=request.user,
            participation=row,
            answer=form.cleaned_data["answer"],
            note=form.cleaned_data["note"],
        )
        messages.success(request, _("Dit svar er gemt."))
    else:
        messages.warning(request, _("Vælg, om du kommer."))
    return redirect("network:meeting", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def give_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop a meeting that nobody is called to, or call one off: asked once."""
    made = network_of(request, pk)
    policy.may_convene(request.user, made.meeting).require()
    called = made.meeting.invited_at is not None
    if request.method == "POST":
        network.give_up(by=request.user, network=made)
        messages.success(
            request,
            _("Mødet er aflyst, og deltagerne har fået besked.") if called else _("Kladden er slettet."),
        )
        return redirect("network:list")
    context = {**base(request, made, face="before"), "called": called}
    return render(request, "meetings/network_give_up.html", context)


@require_POST
def tick(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    made = network_of(request, pk)
    guide = made.meeting.lead_forum.forum_type.checklist_id
    item = get_object_or_404(ChecklistItem, pk=item_pk, checklist_id=guide or 0)
    set_tick(by=request.user, meeting=made.meeting, item=item, ticked=request.POST.get("ticked") == "1")
    back = request.POST.get("back", "")
    if back.startswith(f"/netvaerksmoeder/{pk}/"):
        return redirect(f"{back}#tjekliste")
    return redirect("network:meeting", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def family_links(request: HttpRequest, pk: int) -> HttpResponse:
    """The links to hand to the family. They are made, and logged, when the button is pressed; Tovholder sends nothing."""
    made = network_of(request, pk)
    policy.may_convene(request.user, made.meeting).require()
    case = case_or_404(request, made)
    members = network_people.family_of(made.meeting)
    note_reading(by=request.user, case=case, purpose="network family")
    names = network_people.names_of(members)
    links: dict[int, str] = {}
    if request.method == "POST":
        if request.POST.get("luk"):
            family.close_links(by=request.user, network=made)
            messages.success(request, _("Alle links til familien er lukket. Lav nye, når de skal bruges."))
            return redirect("network:family_links", pk)
        code = request.POST.get("sprog", "")
        for each in members:
            if family.may_have_link(each, made):
                links[each.pk] = family.link_for(
                    by=request.user, network=made, member=each, language=code if code in languages() else ""
                )
    may_have = [family.may_have_link(each, made) for each in members]
    context = {
        **base(request, made, face="before"),
        "rows": [
            (each, part_word(each), names[each.pk], links.get(each.pk, ""), "" if may else may.reason)
            for each, may in zip(members, may_have, strict=True)
        ],
        # Why nobody of the family can have one.
        "refused": may_have[0].reason if may_have and not any(may_have) else "",
        "made": bool(links),
        "languages": languages().values(),
        "crumbs": crumbs(made, _("Links til familien")),
    }
    return render(request, "meetings/network_family_links.html", context)
