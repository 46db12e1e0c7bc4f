"""The convener's own notes on the participants. For everybody else these pages do not exist."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tovholder.accounts.models import User
from tovholder.directory.models import Person
from tovholder.forums import policy, queries, tables
from tovholder.forums.forms import LookForm
from tovholder.forums.models import Forum, ParticipantReview
from tovholder.forums.services import reviews as services
from tovholder.ui.download import exported

Occasion, Verdict = ParticipantReview.Occasion, ParticipantReview.Verdict


def look(request: HttpRequest, pk: int) -> HttpResponseBase:
    forum = _forum(request.user, pk)
    rows = queries.looks(request.user, forum)
    if file := exported(request, tables.looks(forum, rows)):
        return file
    context = {
        "forum": forum,
        "here": "reviews",
        "rows": rows,
        "waiting": sum(not row.looked for row in rows),
        "year": timezone.localdate().year,
    }
    return render(request, "forums/reviews.html", context)


def look_at(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    forum = _forum(request.user, pk)
    member = get_object_or_404(queries.members_of(forum), person__in=Person.objects.filter(pk=person_pk))
    earlier = queries.reviews_of(request.user, forum).filter(person=member.person)
    last = earlier.filter(occasion=Occasion.YEARLY).first()
    initial = (
        {name: getattr(last, name) for name in LookForm.base_fields} if last else {"verdict": Verdict.KEEP}
    )
    form = LookForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.yearly_look(
            by=request.user, forum=forum, look=services.Look(person=member.person, **form.cleaned_data)
        )
        messages.success(request, _("Dit blik på %(person)s er gemt.") % {"person": member.person.name})
        return redirect("forums:reviews", forum.pk)
    context = {"forum": forum, "member": member, "form": form, "earlier": earlier[:20], "here": "reviews"}
    return render(request, "forums/review.html", context, status=422 if form.is_bound else 200)


KINDS = ("ordinary", "joint", "event")


@require_POST
def tap(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep, ask or thank with one tap, from the page after a meeting: "12-keep" for person 12, and where to go back to."""
    forum = _forum(request.user, pk)
    person_pk, _dash, verdict = request.POST.get("tap", "").partition("-")
    if verdict not in Verdict.values or not person_pk.isdecimal() or len(person_pk) > 12:
        raise Http404
    # Who came to a child's network meeting is not to be learnt from here.
    known = Q(memberships__forum=forum) | Q(
        participations__meeting__forums=forum, participations__meeting__kind__in=KINDS
    )
    person = get_object_or_404(Person.objects.filter(known).distinct(), pk=person_pk)
    services.tap(by=request.user, forum=forum, person=person, verdict=verdict)
    messages.success(request, _("Noteret. Kun du ser det."))
    return redirect(_back(request, forum.pk))


@require_POST
def untap(request: HttpRequest, pk: int) -> HttpResponse:
    review = get_object_or_404(ParticipantReview.objects.select_related("forum"), pk=pk)
    forum = _forum(request.user, review.forum_id)
    services.untap(by=request.user, review=review)
    messages.success(request, _("Noten er taget tilbage."))
    return redirect(_back(request, forum.pk))


def _forum(user: User, pk: int) -> Forum:
    forum = get_object_or_404(queries.visible_to(user), pk=pk)
    if not policy.may_review_participants(user, forum):
        raise Http404
    return forum


def _back(request: HttpRequest, forum_pk: int) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/"):
        return wanted
    return reverse("forums:reviews", args=[forum_pk])
