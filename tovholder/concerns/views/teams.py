"""The teams, their lists, and who sits in them."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tovholder.concerns import lists, policy, queries
from tovholder.concerns.forms.working import SeatForm
from tovholder.concerns.models import TeamMember
from tovholder.concerns.services import teams as services
from tovholder.concerns.services.reading import note_listing
from tovholder.concerns.views.steps import form_page, saved

PER_PAGE = 25


@require_GET
def teams(request: HttpRequest) -> HttpResponse:
    found = list(queries.teams_visible_to(request.user))
    if not found:
        raise Http404
    crumbs = [(_("Bekymringer"), reverse("concerns:list")), (_("Teams"), "")]
    context = {"teams": found, "crumbs": crumbs, "may_manage": bool(policy.may_manage_teams(request.user))}
    return render(request, "concerns/teams.html", context)


@require_GET
def team(request: HttpRequest, key: str) -> HttpResponse:
    found = get_object_or_404(queries.teams_visible_to(request.user), key=key)
    page = Paginator(lists.on_list_of(request.user, found), PER_PAGE).get_page(request.GET.get("side"))
    note_listing(by=request.user, concerns=page.object_list, purpose="team list")
    context = {
        "team": found,
        "page_obj": page,
        "seats": list(queries.seats_of(found)),
        "may_manage": bool(policy.may_manage_teams(request.user)),
        "crumbs": [(_("Teams"), reverse("concerns:teams")), (found.name, "")],
    }
    return render(request, "concerns/team.html", context)


@form_page
def seat(request: HttpRequest, key: str) -> HttpResponse:
    policy.may_manage_teams(request.user).require()
    found = get_object_or_404(queries.teams_visible_to(request.user), key=key)
    form = SeatForm(request.POST or None)
    if form.is_valid() and saved(form, services.seat, by=request.user, team=found, **form.cleaned_data):
        messages.success(request, _("Personen er sat ind. De, der gennemgår loggen, får det at vide."))
        return redirect("concerns:team", key)
    here = reverse("concerns:team", args=[key])
    title = _("Sæt en person ind i %(team)s") % {"team": found.name}
    context = {
        "title": title,
        "button": _("Sæt ind"),
        "lead": _("Teamet ser alle bekymringer i sine distrikter.") if found.triages else "",
        "cancel_url": here,
        "form": form,
        "crumbs": [(_("Teams"), reverse("concerns:teams")), (found.name, here), (_("Sæt ind"), "")],
    }
    return render(request, "concerns/step.html", context)


@require_POST
def unseat(request: HttpRequest, pk: int) -> HttpResponse:
    policy.may_manage_teams(request.user).require()
    member = get_object_or_404(TeamMember.objects.select_related("team", "person__user"), pk=pk)
    services.unseat(by=request.user, member=member)
    messages.success(request, _("Personen er taget ud af teamet."))
    return redirect("concerns:team", member.team.key)
