"""Pages about the case team: who comes on, on what ground, who gains and who loses before anything is saved."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tovholder.accounts.models import User
from tovholder.accounts.queries import with_roles
from tovholder.concerns import policy, queries
from tovholder.concerns.forms.case_team import AT_FIELD, FindPersonForm, SeatForm
from tovholder.concerns.models import Concern
from tovholder.concerns.services import naming, seats
from tovholder.concerns.views.child_frame import case_of, crumbs, tell
from tovholder.directory.models import Person
from tovholder.directory.queries import visible_to as persons_visible_to

AT_MOST = 20


@require_GET
def find(request: HttpRequest, code: str) -> HttpResponse:
    concern = _triaged(request, code)
    asked = request.GET.get("q", "").strip()
    form = FindPersonForm(request.GET or None)
    found: list[Person] = []
    if asked and form.is_valid():
        people = persons_visible_to(request.user).filter(left_on__isnull=True)
        for word in asked.split()[:5]:
            people = people.filter(
                Q(name__icontains=word) | Q(title__icontains=word) | Q(organisation__name__icontains=word)
            )
        on_it = queries.case_team(concern).values("person_id")
        shown = people.exclude(pk__in=on_it).select_related("organisation")
        shown = shown.prefetch_related(Prefetch("user", with_roles(User.objects.all())))
        found = list(shown.order_by("name", "pk")[: AT_MOST + 1])
    context = {
        "concern": concern,
        "form": form,
        "asked": asked,
        # Who cannot be seated is shown with the reason, so that nobody looks for them in vain.
        "found": [(each, policy.may_be_seated(each)) for each in found[:AT_MOST]],
        "more": len(found) > AT_MOST,
        "crumbs": crumbs(concern, _("Ny i sagens team")),
    }
    return render(request, "concerns/case_team_find.html", context)


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, code: str, person: int) -> HttpResponse:
    """First who gains what, and what the sharing rules say; then, when that is confirmed, it is saved."""
    concern = _triaged(request, code)
    who = get_object_or_404(
        persons_visible_to(request.user).select_related("organisation__kind", "user"),
        pk=person,
        left_on__isnull=True,
    )
    form = SeatForm(request.POST or None)
    answer = None
    seated = policy.may_be_seated(who)
    if request.method == "POST" and form.is_valid() and not seated:
        form.add_error(None, seated.reason)
    elif request.method == "POST" and form.is_valid():
        answer = seats.assess_seat(concern, who, form.ground())
        field = AT_FIELD.get(answer.assessment.code) if not answer.allowed else None
        if field is not None:
            form.add_error(field, answer.assessment.reason)
            answer = None
        elif answer.allowed and form.cleaned_data["confirmed"]:
            try:
                seats.join_case_team(by=request.user, concern=concern, person=who, ground=form.ground())
            except ValidationError as fault:
                tell(form, fault)
            else:
                messages.success(request, _("%(name)s er nu med i sagens team.") % {"name": who.name})
                return redirect("children:overview", code)
    context = {
        "concern": concern,
        "who": who,
        "form": form,
        "answer": answer,
        "unseated": seated.reason if not seated else "",
        "crumbs": crumbs(concern, _("Ny i sagens team")),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "concerns/case_team_join.html", context, status=status)


@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    concern = case_of(request, code)
    seat = get_object_or_404(queries.case_team(concern), pk=pk)
    if seat.person.user_id != request.user.pk:
        policy.may_triage(request.user, concern).require()
    if request.method == "POST":
        naming.take_off_case_team(by=request.user, member=seat)
        messages.success(request, _("%(name)s er taget af sagens team.") % {"name": seat.person.name})
        if not policy.may_work(request.user, concern):
            return redirect("/")
        return redirect("children:overview", code)
    context = {
        "title": _("Tag %(name)s af sagens team?") % {"name": seat.person.name},
        "text": _("Det, personen har læst, kan ikke tages tilbage."),
        "loses": [_what_is_lost(concern, seat.person)],
        "button": _("Tag af teamet"),
        "cancel_url": reverse("children:overview", args=[code]),
        "crumbs": crumbs(concern, _("Tag af teamet")),
    }
    return render(request, "ui/confirm.html", context)


def _what_is_lost(concern: Concern, person: Person) -> str:
    if queries.triagers(concern.district_id).filter(pk=person.pk).exists():
        said = _("%(name)s er ikke længere i sagens team, men ser stadig alt som medlem af SSP-teamet.")
    else:
        said = _("%(name)s mister fra næste klik adgang til alt i sagen.")
    return said % {"name": person.name}


def _triaged(request: HttpRequest, code: str) -> Concern:
    concern = case_of(request, code)
    policy.may_triage(request.user, concern).require()
    return concern
