"""The steps of calling a network meeting: one page each, saved one by one, in whatever order. Works without script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tovholder.citizens.models import Adult
from tovholder.citizens.services.safe import Opened, Safe
from tovholder.meetings import policy
from tovholder.meetings.forms import network as forms
from tovholder.meetings.models import CaseItem, FamilyMember, NetworkMeeting
from tovholder.meetings.services import cases_room, family, network, network_people
from tovholder.meetings.services.cases import assess_room, children_of, recorded_ground
from tovholder.meetings.services.cases_known import circle_of, keep_circle, known_of
from tovholder.meetings.services.network_meeting import note_reading
from tovholder.meetings.views.network import base, case_or_404, crumbs, network_of
from tovholder.ui.forms import TovholderForm
from tovholder.ui.twice import FIELD, mark_of, was_shown

STEPS = {
    "sagen": gettext_lazy("Kendt eller ukendt sag"),
    "deltagere": gettext_lazy("Fagfolk"),
    "opgaver": gettext_lazy("Hvem leder og skriver"),
    "tid-og-sted": gettext_lazy("Tid og sted"),
    "grundlag": gettext_lazy("Formål og grundlag"),
    "familien": gettext_lazy("Familien"),
    "indkald": gettext_lazy("Se efter og indkald"),
}
ORDER = list(STEPS)


def _after(slug: str) -> str:
    return ORDER[min(ORDER.index(slug) + 1, len(ORDER) - 1)]


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Show a step, or save what one form of it says and go on to the next."""
    if slug not in STEPS:
        raise Http404
    made = network_of(request, pk)
    policy.may_prepare_network(request.user, made.meeting).require()
    _read(request, made)
    form = _form(request, made, slug)
    if request.method == "POST" and form is not None and form.is_valid():
        if slug == "grundlag" and not was_shown(request, form):
            return _page(request, made, slug, form, **_weighed(request, made, form))
        try:
            _SAVE[slug](request, made, form)
        except ValidationError as refused:
            _tell(form, refused)
        else:
            messages.success(request, _("Gemt."))
            return redirect("network:step", pk, _after(slug))
    bad = form is not None and bool(form.errors)
    return _page(request, made, slug, form, status=422 if bad else 200)


def _weighed(request: HttpRequest, made: NetworkMeeting, form: forms.GroundForm) -> dict[str, Any]:
    """Who gains and who loses by the ground as it was sent, and the mark that lets just that be saved."""
    case = network.case_of(made)
    weighed = cases_room.weigh(case, network.as_it_would_stand(case, form.ground()))
    return {
        "weighed": weighed,
        "mends": cases_room.mends(case, weighed.room),
        "mark": mark_of(form),
        "changed": FIELD in request.POST,
    }


def _read(request: HttpRequest, made: NetworkMeeting) -> CaseItem:
    """Read the case and all who belong to the meeting once. What a step saves is read anew where it is saved."""
    case = made.__dict__.get("case_item") or case_or_404(request, made)
    network.keep_case(made, case)
    if circle_of(made.meeting) is None:
        keep_circle(made.meeting)
    return case


def _page(
    request: HttpRequest,
    made: NetworkMeeting,
    slug: str,
    form: TovholderForm | None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    case = _read(request, made)
    room = assess_room(case, known=known_of([case]))
    lacks = network_people.lacks(made, room)
    faulty = {each.step for each in lacks}
    context = {
        **base(request, made, face="step"),
        "slug": slug,
        "title": STEPS[slug],
        "number": ORDER.index(slug) + 1,
        "steps": [(key, label, key not in faulty) for key, label in STEPS.items()],
        "form": form,
        "here": [each for each in lacks if each.step == slug],
        "lacks": lacks,
        "room": room,
        "crumbs": crumbs(made, str(STEPS[slug])),
        **(_MORE[slug](request, made, room) if slug in _MORE else {}),
        **more,
    }
    note_reading(by=request.user, case=case, purpose="network calling")
    return render(request, "meetings/network_step.html", context, status=status)


def _form(request: HttpRequest, made: NetworkMeeting, slug: str) -> Any:
    """The main form of a step; the parts of "deltagere" and "familien" have theirs besides."""
    data = request.POST if request.method == "POST" else None
    meeting = made.meeting
    initial: dict[str, Any]
    if slug == "sagen":
        initial = {
            "known_case": "yes" if made.known_case else "no",
            "adviser_talked_on": made.adviser_talked_on,
        }
        return forms.CaseKindForm(data, initial=initial)
    if slug == "opgaver":
        initial = {
            "initiator_leads": made.initiator_leads,
            "leader_talked_on": made.leader_talked_on,
            "chair": meeting.chair_id,
            "minute_taker": meeting.minute_taker_id,
        }
        return forms.DutiesForm(data, initial=initial, meeting=meeting)
    if slug == "grundlag":
        case = network.case_of(made)
        ground = recorded_ground(case, known_of([case]).keys)
        names = ("basis", "purpose_code", "purpose", "necessity")
        initial = {name: getattr(ground, name) for name in names}
        initial["basis"] = initial["basis"] or (meeting.lead_forum.bases or [""])[0]
        initial["purpose_code"] = initial["purpose_code"] or forms.PURPOSES[0][0]
        return forms.GroundForm(data, initial=initial, meeting=meeting)
    if slug == "tid-og-sted":
        starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
        initial = {
            "day": starts.date(),
            "starts": starts.time(),
            "ends": ends.time(),
            "place": meeting.place,
            "online_url": meeting.online_url,
        }
        return forms.TimeForm(data, initial=initial)
    if slug == "familien":
        return forms.ToldForm(data, initial={"told_on": network.case_of(made).family_told_on})
    return None


_SAVE: dict[str, Callable[[HttpRequest, NetworkMeeting, Any], Any]] = {
    "sagen": lambda request, made, form: network.write_case_kind(
        by=request.user, network=made, **form.values()
    ),
    "opgaver": lambda request, made, form: network.write_duties(
        by=request.user, network=made, **form.cleaned_data
    ),
    "grundlag": lambda request, made, form: network.write_ground(
        by=request.user, network=made, ground=form.ground()
    ),
    "tid-og-sted": lambda request, made, form: network.write_time(
        by=request.user, network=made, **form.values()
    ),
    "familien": lambda request, made, form: network_people.tell_family(
        by=request.user, network=made, on=form.cleaned_data["told_on"]
    ),
}


def _tell(form: TovholderForm, refused: ValidationError) -> None:
    """Put a service's faults at their fields."""
    for field, texts in getattr(refused, "message_dict", {"": refused.messages}).items():
        name = field if field in form.fields else None
        for text in texts:
            form.add_error(name, text)


def _people_more(request: HttpRequest, made: NetworkMeeting, room: Any) -> dict[str, Any]:
    uncovered = {each.pk for each in room.uncovered}
    rows = network_people.professionals(made.meeting)
    notes = Safe.of([made]).read(made, "phone_notes")
    return {
        "people": [
            (each, network_people.is_authority(each.person), each.person_id in uncovered) for each in rows
        ],
        "too_many": network_people.too_many(made.meeting),
        "authority": network_people.authority_comes(made.meeting),
        "person_form": forms.ProfessionalForm(meeting=made.meeting),
        "phone_form": forms.PhoneForm(initial={"text": notes.text}),
        "phone_fault": str(notes) if notes.fault else "",
    }


def _family_more(request: HttpRequest, made: NetworkMeeting, room: Any) -> dict[str, Any]:
    known = known_of([network.case_of(made)])
    children = [link.child for link in known.links[made.concern_id]]
    adults = [adult for each in children for adult in each.adults.all()]
    safe = known.keys
    members = network_people.family_of(made.meeting)
    chosen_adults = {each.adult_id for each in members if each.adult_id}
    chosen = {each.child_id for each in members if each.part == FamilyMember.Part.YOUNG_PERSON}
    support = [each for each in members if each.part == FamilyMember.Part.SUPPORT_PERSON]
    names = network_people.names_of(members)
    return {
        "children": [(each, safe.read(each, "name"), each.pk in chosen) for each in children],
        "adults": [(each, safe.read(each, "name"), each.pk in chosen_adults) for each in adults],
        "support": [(each, names.get(each.pk, Opened())) for each in support],
        "untold": [names[each.pk] for each in members if each.told_on is None],
        "support_form": forms.SupportPersonForm(children=children),
        "comes": family.who_comes(made.meeting),
        "people": network_people.professionals(made.meeting),
        "family_decision": policy.may_meet_family(made.concern),
    }


def _duties_more(request: HttpRequest, made: NetworkMeeting, room: Any) -> dict[str, Any]:
    return {"hand_over_form": forms.HandOverForm(network=made)}


def _call_more(request: HttpRequest, made: NetworkMeeting, room: Any) -> dict[str, Any]:
    members = network_people.family_of(made.meeting)
    names = network_people.names_of(members)
    rows = network_people.professionals(made.meeting)
    return {
        "people": rows,
        "members": [(each, names[each.pk]) for each in members],
        "unsent": [each for each in rows if each.invited_at is None and each.person.email],
        "without_mail": [each for each in rows if not each.person.email],
        "too_many": network_people.too_many(made.meeting),
    }


_MORE: dict[str, Callable[[HttpRequest, NetworkMeeting, Any], dict[str, Any]]] = {
    "deltagere": _people_more,
    "familien": _family_more,
    "opgaver": _duties_more,
    "indkald": _call_more,
}


@require_POST
def act(request: HttpRequest, pk: int, slug: str, what: str) -> HttpResponse:
    """One of the small acts of a step: add or take somebody off, note a call, choose the family."""
    made = network_of(request, pk)
    if what not in _ACTS or slug not in STEPS:
        raise Http404
    if what != "giv-videre":
        policy.may_prepare_network(request.user, made.meeting).require()
    try:
        trouble = _ACTS[what](request, made)
    except ValidationError as refused:
        messages.warning(request, " ".join(refused.messages))
        trouble = None
    if what == "giv-videre" and trouble is None:
        return redirect("network:meeting", pk)
    return trouble or redirect("network:step", pk, slug)


def _add_person(request: HttpRequest, made: NetworkMeeting) -> HttpResponse | None:
    form = forms.ProfessionalForm(request.POST, meeting=made.meeting)
    if not form.is_valid():
        return _page(request, made, "deltagere", None, status=422, person_form=form)
    person = form.cleaned_data["person"]
    network_people.add_professional(by=request.user, network=made, person=person)
    messages.success(request, _("%(name)s er sat på.") % {"name": person.name})
    return None


def _take_person_off(request: HttpRequest, made: NetworkMeeting) -> None:
    row = get_object_or_404(made.meeting.participations, pk=_number(request, "deltager"))
    network_people.take_professional_off(by=request.user, network=made, participation=row)


def _phone(request: HttpRequest, made: NetworkMeeting) -> HttpResponse | None:
    form = forms.PhoneForm(request.POST)
    if not form.is_valid():
        return _page(request, made, "deltagere", None, status=422, phone_form=form)
    network.write_phone_notes(by=request.user, network=made, text=form.cleaned_data["text"])
    messages.success(request, _("Noten er gemt."))
    return None


def _kind(request: HttpRequest, made: NetworkMeeting) -> None:
    network.set_without_authority(by=request.user, network=made, without=request.POST.get("uden") == "1")


def _choose_family(request: HttpRequest, made: NetworkMeeting) -> None:
    children = children_of(made.concern)
    adults = Adult.objects.filter(child__in=children, pk__in=_numbers(request, "voksen"))
    chosen = set(_numbers(request, "barn"))
    network_people.set_family(
        by=request.user,
        network=made,
        adults=list(adults),
        young_people=[each for each in children if each.pk in chosen],
    )
    messages.success(request, _("Familien er gemt."))


def _add_support(request: HttpRequest, made: NetworkMeeting) -> HttpResponse | None:
    form = forms.SupportPersonForm(request.POST, children=children_of(made.concern))
    if form.is_valid():
        try:
            network_people.add_support_person(by=request.user, network=made, **form.cleaned_data)
        except ValidationError as refused:
            _tell(form, refused)
        else:
            return None
    told = _form_unbound(made)
    return _page(request, made, "familien", told, status=422, support_form=form)


def _form_unbound(made: NetworkMeeting) -> forms.ToldForm:
    return forms.ToldForm(initial={"told_on": network.case_of(made).family_told_on})


def _take_support_off(request: HttpRequest, made: NetworkMeeting) -> None:
    row = get_object_or_404(
        made.meeting.family, pk=_number(request, "bisidder"), part=FamilyMember.Part.SUPPORT_PERSON
    )
    network_people.take_support_person_off(by=request.user, network=made, member=row)


def _hand_over(request: HttpRequest, made: NetworkMeeting) -> HttpResponse | None:
    form = forms.HandOverForm(request.POST, network=made)
    if not form.is_valid():
        raise ValidationError(_("Vælg en, der arbejder med sagen."))
    network.hand_over_calling(by=request.user, network=made, to=form.cleaned_data["to"])
    messages.success(request, _("Opgaven er givet til %(name)s.") % {"name": form.cleaned_data["to"].name})
    return None


_ACTS: dict[str, Callable[[HttpRequest, NetworkMeeting], HttpResponse | None]] = {
    "saet-paa": _add_person,
    "tag-af": _take_person_off,
    "telefon": _phone,
    "slags": _kind,
    "vaelg": _choose_family,
    "bisidder": _add_support,
    "bisidder-af": _take_support_off,
    "giv-videre": _hand_over,
}


@require_POST
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """Call the professionals. What lacks stands on the page that this leads back to."""
    made = network_of(request, pk)
    policy.may_prepare_network(request.user, made.meeting).require()
    try:
        sent = network.call(by=request.user, network=made, lacks=network_people.lacks(made))
    except ValidationError as refused:
        messages.warning(request, " ".join(refused.messages))
        return redirect("network:step", pk, "indkald")
    text = ngettext("Indkaldt. %(n)s mail er på vej.", "Indkaldt. %(n)s mails er på vej.", sent)
    messages.success(request, text % {"n": sent})
    return redirect("network:meeting", pk)


def _number(request: HttpRequest, name: str) -> int:
    return next(iter(_numbers(request, name)), 0)


def _numbers(request: HttpRequest, name: str) -> list[int]:
    return [int(each) for each in request.POST.getlist(name) if each.isdecimal() and len(each) <= 18]
