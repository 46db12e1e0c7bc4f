"""Raise a concern."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.concerns import policy, queries
from tovholder.concerns.forms.raising import RaiseForm
from tovholder.concerns.lists import calls_for_notification
from tovholder.concerns.models import Concern
from tovholder.concerns.services.raising import district_of, raise_concern, raise_named
from tovholder.concerns.standing import rules
from tovholder.forums.standing import person_of

# What the services call a thing, and what the page calls it.
FIELDS = {"subject": "about", "level": "about", "name": "child_name_1", "birth_date": "child_born_1"}


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    policy.may_raise(request.user).require()
    person = person_of(request.user)
    place = person.organisation if person is not None else None
    own = rules()
    form = RaiseForm(request.POST or None, place=place, rules=own, auto_id="b_%s")
    if "se" in request.POST:
        form = RaiseForm(None, place=place, rules=own, auto_id="b_%s", initial=form.as_typed())
    elif form.is_valid() and (made := _raise(request.user, form)):
        messages.success(request, _("Bekymringen er sendt. Den hedder %(case)s.") % {"case": made})
        return _then(request.user, made)
    context = {
        "form": form,
        "rules": own,
        **_seen_by(request.user, form),
        "crumbs": [(_("Bekymringer"), reverse("concerns:list")), (_("Ny bekymring"), "")],
    }
    return render(request, "concerns/new.html", context)


@require_GET
def seen_by(request: HttpRequest) -> HttpResponse:
    """Who would get a concern about this place, for a page that asks as it is chosen. Nothing typed is sent."""
    policy.may_raise(request.user).require()
    chosen = {name: request.GET.get(name, "") for name in ("organisation", "district")}
    form = RaiseForm(None, place=None, rules=rules(), initial=chosen)
    return render(request, "concerns/_raise_seen_by.html", _seen_by(request.user, form))


def _seen_by(user: User, form: RaiseForm) -> dict[str, Any]:
    """Who could see the concern where the form now says it belongs, the one who raises it only where they receive it."""
    person = person_of(user)
    assert person is not None  # noqa: S101 - may_raise has asked
    district = district_of(*form.chosen_place())
    found = queries.readers_of_new(district.pk if district is not None else None, person)
    gets_it = policy.may_triage(user, Concern(district=district))
    return {
        "district": district,
        "seen_by": [each for each in found if gets_it or each.person_id != person.pk],
    }


def _then(user: User, made: Concern) -> HttpResponse:
    """Lead on to the duty to notify, which is personal: also who may not know of the case is told of it."""
    calls = calls_for_notification(made)
    if not policy.may_read(user, made):
        return redirect("concerns:duty" if calls else "/")
    return redirect("concerns:notify" if calls else "concerns:concern", made.code)


@require_GET
def duty(request: HttpRequest) -> HttpResponse:
    """The duty to notify without a case."""
    policy.may_raise(request.user).require()
    context = {
        "calls": True,
        "rules": rules(),
        "crumbs": [(_("Bekymringer"), reverse("concerns:list")), (_("Underretning"), "")],
    }
    return render(request, "concerns/duty.html", context)


def _raise(user: User, form: RaiseForm) -> Concern | None:
    try:
        if form.level == Level.NAMED:
            return raise_named(by=user, facts=form.facts, texts=form.texts, children=form.identities)
        return raise_concern(by=user, facts=form.facts, texts=form.texts)
    except ValidationError as fault:
        for field, found in fault.message_dict.items():
            name = FIELDS.get(field, field)
            form.add_error(name if name in form.fields else None, found)
    return None
