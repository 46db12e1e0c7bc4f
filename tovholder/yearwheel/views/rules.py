"""The planning rules of all forums and joint meetings, one row each, and the form of one."""

from __future__ import annotations

import re
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
from tovholder.yearwheel.views.face import crumbs


@require_GET
def index(request: HttpRequest) -> HttpResponseBase:
    policy.may_plan(request.user).require()
    rows = overview()
    if file := exported(request, tables.rules(rows)):
        return file
    context = {"rows": rows, "crumbs": crumbs((_("Regler"), ""))}
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
    back = _back(request)
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
        "crumbs": crumbs((_("Regler"), reverse("yearwheel:rules")), (str(thing), "")),
        "cancel_url": back,
    }
    return render(request, "yearwheel/rule.html", context)


def _back(request: HttpRequest) -> str:
    """Return the plan that the rule was opened from, or else the list of rules."""
    plan = request.GET.get("plan", "")
    if re.fullmatch(r"[0-9]{1,18}", plan):
        return reverse("yearwheel:plan", args=[int(plan)])
    return reverse("yearwheel:rules")


def _save(request: HttpRequest, thing: Forum | JointMeetingRule, form: Any) -> None:
    if not isinstance(form, ForumRuleForm) or not isinstance(thing, Forum):
        rules.change(by=request.user, thing=thing, **form.values())
        return
    rules.change(by=request.user, thing=thing, must_roles=form.cleaned_data["must_roles"], **form.values())
    usual = document.usual_musts(thing, timezone.localdate())
    rules.choose_attendance(by=request.user, forum=thing, must=form.chosen(), usual=usual)
