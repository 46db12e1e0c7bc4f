"""Pages for people without a login, reached by a signed link. Looking changes nothing; buttons do."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tovholder.access.levels import Level
from tovholder.plans import links, policy, reminders, services
from tovholder.plans.forms import StatusForm
from tovholder.plans.links import Answerer
from tovholder.plans.services import case_agreements


def by_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Turn a link that does not hold into a friendly page: 404 for a forged one, 410 for one that has ended."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, token, **kwargs)
        except links.LinkForgedError:
            return render(request, "plans/link_ended.html", {"forged": True}, status=404)
        except links.LinkClosedError:
            return render(request, "plans/link_ended.html", {"forged": False}, status=410)

    return login_not_required(guarded)


def _answerer(token: str, *, writes: bool = True) -> Answerer:
    """A link of an agreement that another person has taken over no longer holds.

    In a case by name somebody with a login answers there: a link that has gone astray changes nothing.
    """
    answerer = links.read_answer(token)
    user = answerer.person.user
    if writes and answerer.agreement.level == Level.NAMED and user is not None and user.is_active:
        raise links.LinkClosedError
    if not policy.may_report(answerer.person, answerer.agreement):
        raise links.LinkClosedError
    return answerer


@by_link
@require_http_methods(["GET", "HEAD"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    return _answer_page(request, token, _answerer(token, writes=False), StatusForm())


@by_link
@require_POST
def answer_done(request: HttpRequest, token: str) -> HttpResponse:
    answerer = _answerer(token)
    if answerer.agreement.is_open:
        if answerer.agreement.level == Level.NAMED:
            case_agreements.done(by=answerer.person, case=answerer.agreement.case)
        else:
            services.mark_done(by=answerer.person, agreement=answerer.agreement)
        messages.success(request, _("Tak. Aftalen er nu gjort."))
    return redirect("plans:answer", token)


@by_link
@require_POST
def answer_status(request: HttpRequest, token: str) -> HttpResponse:
    answerer = _answerer(token)
    form = StatusForm(request.POST)
    if not form.is_valid():
        return _answer_page(request, token, answerer, form)
    if answerer.agreement.is_open:
        text = form.cleaned_data["text"]
        if answerer.agreement.level == Level.NAMED:
            case_agreements.report(by=answerer.person, case=answerer.agreement.case, text=text)
        else:
            services.add_status(by=answerer.person, agreement=answerer.agreement, text=text)
        messages.success(request, _("Tak. Din status er gemt."))
    return redirect("plans:answer", token)


@by_link
@require_POST
def answer_reopen(request: HttpRequest, token: str) -> HttpResponse:
    answerer = _answerer(token)
    if policy.may_become(answerer.agreement, "open") and answerer.agreement.status == "done":
        if answerer.agreement.level == Level.NAMED:
            case_agreements.reopen(by=answerer.person, case=answerer.agreement.case)
        else:
            services.reopen(by=answerer.person, agreement=answerer.agreement)
        messages.success(request, _("Aftalen er åben igen."))
    return redirect("plans:answer", token)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def reminders_by_link(request: HttpRequest, token: str) -> HttpResponse:
    person = links.read_reminders(token)
    if request.method == "POST":
        reminders.switch(by=person, person=person, wanted=request.POST.get("til") == "1")
        messages.success(request, reminders.switched_sentence(person))
        return redirect("plans:reminders_by_link", token)
    return render(request, "plans/reminders_by_link.html", {"person": person})


def _answer_page(request: HttpRequest, token: str, answerer: Answerer, form: StatusForm) -> HttpResponse:
    """Show what is agreed, its date and forum; of an anonymous one not even what, since that is behind the login.

    Of one in a case by name: the code and the date. Who has a login is sent there, and answers nothing here.
    """
    agreement = answerer.agreement
    user = answerer.person.user
    named = agreement.level == Level.NAMED
    context = {
        "agreement": agreement,
        "token": token,
        "form": form,
        "shows_what": agreement.level == Level.GENERAL,
        "named": named,
        "must_log_in": named and user is not None and user.is_active,
        "may_reopen": agreement.status == "done",
    }
    return render(request, "plans/answer.html", context)
