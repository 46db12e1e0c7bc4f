"""The family's page behind a signed link, without login: time, place, who comes by role, and a place to write."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tovholder.access.decision import Refused
from tovholder.meetings.forms.network import FamilyVoiceForm
from tovholder.meetings.services import family, throttle
from tovholder.meetings.services.family_texts import language, languages
from tovholder.meetings.services.links import BadLinkError

WRONG, WRITES = 20, 10  # a minute from one place; ten minutes by one link


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the page, or take what is written. Looking changes nothing; a bad link says nothing but that."""
    chosen = language(request.GET.get("sprog", ""))
    asker = get_adapter().get_client_ip(request)
    if throttle.too_often("family-wrong", asker, most=WRONG, seconds=60):
        return _closed(request, chosen, 429)
    try:
        found = family.behind(token)
    except BadLinkError as error:
        throttle.count("family-wrong", asker, seconds=60)
        return _closed(request, chosen, 410 if error.gone else 404)
    error, status = "", 200
    if request.method == "POST":
        error = _write(request, token, found)
        if not error:
            return redirect(f"{reverse('family:invitation', args=[token])}?sprog={chosen.code}&tak=1")
        status = 422
    words = chosen.texts
    child = "_child" if found.is_child else ""
    form = FamilyVoiceForm(request.POST if error else None)
    context = {
        "found": found,
        "meeting": found.meeting,
        "token": token,
        "words": words,
        "chosen": chosen,
        "languages": languages().values(),
        "title": words[f"title{child}"],
        "ask": words.get(f"{found.asks}{child}", ""),
        "ask_text": words.get(f"{found.asks}_text{child}", ""),
        "form": form,
        "error": words.get(error, ""),
        "thanks": request.GET.get("tak") == "1" and not error,
    }
    answer = render(request, "meetings/network_family.html", context, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _write(request: HttpRequest, token: str, found: family.Invitation) -> str:
    """Take what was written; return the key of the sentence that says why not."""
    who = str(found.member.pk)
    if throttle.too_often("family-writes", who, most=WRITES, seconds=600):
        return "error"
    throttle.count("family-writes", who, seconds=600)
    text = request.POST.get("text", "")
    if not text.strip():
        return "error_empty"
    try:
        family.write(token=token, text=text)
    except (BadLinkError, Refused, ValidationError):
        return "error"
    return ""


def _closed(request: HttpRequest, chosen: object, status: int) -> HttpResponse:
    context = {"chosen": chosen, "words": chosen.texts}  # type: ignore[attr-defined]
    return render(request, "meetings/network_family_closed.html", context, status=status)
