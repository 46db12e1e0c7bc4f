"""Pages behind a signed link, without login: looking changes nothing, and only general items are shown."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tovholder.access.decision import Refused
from tovholder.access.levels import Level
from tovholder.meetings.forms.agenda import RelayAnswerForm
from tovholder.meetings.forms.people import AnswerForm, SubstituteForm
from tovholder.meetings.models import Answer, Participation
from tovholder.meetings.services import answers, relays
from tovholder.meetings.services.links import BadLinkError, participation_behind, relay_behind


def _bad(request: HttpRequest, error: BadLinkError) -> HttpResponse:
    return render(
        request, "meetings/bad_link.html", {"reason": str(error)}, status=410 if error.gone else 404
    )


def _answer_page(
    request: HttpRequest, token: str, mine: Participation, *, form: AnswerForm | None = None,
    substitute_form: SubstituteForm | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    meeting = mine.meeting
    context = {
        "token": token,
        "mine": mine,
        "meeting": meeting,
        "form": form or AnswerForm(initial={"note": mine.answer_note}),
        "substitute_form": substitute_form or SubstituteForm(),
        "refusal": answers.may_answer(mine.person, mine).reason,
        "items": meeting.items.filter(level=Level.GENERAL, is_deferred=False).order_by("position"),
    }
    return render(request, "meetings/answer_link.html", context, status=status)


@login_not_required
@require_GET
def answer_link(request: HttpRequest, token: str) -> HttpResponse:
    try:
        mine = participation_behind(token)
    except BadLinkError as error:
        return _bad(request, error)
    return _answer_page(request, token, mine)


@login_not_required
@require_POST
def answer_link_save(request: HttpRequest, token: str) -> HttpResponse:
    try:
        mine = participation_behind(token)
    except BadLinkError as error:
        return _bad(request, error)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _answer_page(request, token, mine, form=form, status=422)
    data = form.cleaned_data
    try:
        answers.answer(by=mine.person, participation=mine, answer=data["answer"], note=data["note"])
    except Refused as refused:
        messages.warning(request, refused.decision.reason)
    else:
        messages.success(
            request, _("Tak. Dit svar er gemt: %(answer)s.") % {"answer": Answer(data["answer"]).label}
        )
    return redirect("meetings:answer_link", token)


@login_not_required
@require_POST
def substitute_link(request: HttpRequest, token: str) -> HttpResponse:
    try:
        mine = participation_behind(token)
    except BadLinkError as error:
        return _bad(request, error)
    form = SubstituteForm(request.POST)
    if not form.is_valid():
        return _answer_page(request, token, mine, substitute_form=form, status=422)
    try:
        answers.name_substitute(by=mine.person, participation=mine, **form.cleaned_data)
    except Refused as refused:
        messages.warning(request, refused.decision.reason)
    else:
        messages.success(request, _("Tak. Tovholderen skal sige ja til din stedfortræder."))
    return redirect("meetings:answer_link", token)


@login_not_required
@require_http_methods(["GET", "POST"])
def relay_link(request: HttpRequest, token: str) -> HttpResponse:
    """What was sent to a person outside the forum; looking shows it, sending the form answers it."""
    try:
        relay = relay_behind(token)
    except BadLinkError as error:
        return _bad(request, error)
    form = RelayAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            relays.answer(by=relay.to_person, relay=relay, text=form.cleaned_data["text"])
        except Refused as refused:
            messages.warning(request, refused.decision.reason)
        else:
            messages.success(request, _("Tak. Svaret er sendt."))
        return redirect("meetings:relay_link", token)
    status = 422 if form.errors else 200
    return render(request, "meetings/relay_link.html", {"relay": relay, "form": form}, status=status)
