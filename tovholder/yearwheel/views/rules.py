"""The planning rules of all forums and joint meetings, one row each, and the form of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tovholder.forums.models import Forum, JointMeetingRule
from tovholder.ui.download import exported
from tovholder.yearwheel import policy, tables
from tovholder.yearwheel.forms.rules import ForumRuleForm, form_of, initial_of
from tovholder.yearwheel.queries import defaults, document
from tovholder.yearwheel.queries.rules import overview
from tovholder.yearwheel.services import rules
from tovholder.yearwheel.views.face import on_the_way, planned_from, way_crumbs


@require_GET
def index(request: HttpRequest) -> HttpResponseBase:
    policy.may_plan(request.user).require()
    rows = overview()
    if file := exported(request, tables.rules(rows)):
        return file
    plan = planned_from(request)
    context = {"rows": rows, "plan": plan, "crumbs": way_crumbs(plan, (_("Regler"), ""))}
    return render(request, "yearwheel/rules.html", context)


@require_http_methods(["GET", "POST"])
def forum(request: HttpRequest, pk: int) -> HttpResponse:
    policy.may_plan(request.user).require()
    rows = Forum.objects.filter(closed_on__isnull=True, retired_at__isnull=True)
    found = rows.filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return _change(request, found)


@require_http_methods(["GET", "POST"])
def joint(request: HttpRequest, pk: int) -> HttpResponse:
    policy.may_plan(request.user).require()
    rows = JointMeetingRule.objects.filter(retired_at__isnull=True)
    found = rows.filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return _change(request, found)


def _change(request: HttpRequest, thing: Forum | JointMeetingRule) -> HttpResponse:
    plan = planned_from(request)
    rules_page = on_the_way(reverse("yearwheel:rules"), plan)
    # A proposal leads here from the plan itself, and back to it.
    back = reverse("yearwheel:plan", args=[plan.pk]) if plan and "liste" not in request.GET else rules_page
    rule = rules.rule_of(thing)
    wanted = defaults.of_forum(thing, rule) if isinstance(thing, Forum) else defaults.of_joint(thing, rule)
    kwargs: dict[str, Any] = {"initial": initial_of(wanted)}
    if isinstance(thing, Forum):
        members = dict(document.members_of([thing], timezone.localdate())[thing.pk])
        kwargs |= {"forum": thing, "members": members}
        kwargs["initial"]["must"] = [str(pk) for pk, must in members.items() if must]
        kwargs["initial"]["must_roles"] = list(rule.must_roles.all()) if rule.pk else []
    form = form_of(thing)(request.POST or None, **kwargs)
    if request.method == "POST" and form.is_valid():
        _save(request, thing, form)
        messages.success(request, _("Reglen er gemt. Den gælder for de planer, der regnes fra nu af."))
        return redirect(back)
    title = _("Regel for %(name)s") % {"name": thing}
    context = {
        "form": form,
        "title": title,
        "is_forum": isinstance(thing, Forum),
        "crumbs": way_crumbs(plan, (_("Regler"), rules_page), (str(thing), "")),
        "cancel_url": back,
    }
    return render(request, "yearwheel/rule.html", context)


def _save(request: HttpRequest, thing: Forum | JointMeetingRule, form: Any) -> None:
    if not isinstance(form, ForumRuleForm) or not isinstance(thing, Forum):
        rules.change(by=request.user, thing=thing, **form.values())
        return
    rules.change(by=request.user, thing=thing, must_roles=form.cleaned_data["must_roles"], **form.values())
    usual = document.usual_musts(thing, timezone.localdate())
    rules.choose_attendance(by=request.user, forum=thing, must=form.chosen(), usual=usual)
