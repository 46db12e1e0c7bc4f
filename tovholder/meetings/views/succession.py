"""What happens to work when a person leaves, a seat ends, or a forum closes."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tovholder.access.decision import Refused
from tovholder.directory.queries import visible_to as persons_visible_to
from tovholder.forums.models import Forum, Membership
from tovholder.forums.policy import may_hand_over_person, may_manage
from tovholder.forums.queries import visible_to as forums_visible_to
from tovholder.meetings.forms.succession import CloseForumForm, HandOverForm, MergeForumsForm
from tovholder.meetings.models import Topic
from tovholder.meetings.services.handover import belongings, hand_over_person
from tovholder.meetings.services.membership import end_seat, restore_seat
from tovholder.meetings.services.reading import note_topics
from tovholder.meetings.services.succession import close_forum, merge_forums
from tovholder.plans.models import Agreement
from tovholder.plans.reading import note_reading


def hand_over(request: HttpRequest, person_pk: int) -> HttpResponse:
    people = persons_visible_to(request.user).filter(Q(left_on__isnull=True) | Q(pk=person_pk))
    others = {each.pk: each for each in people.select_related("organisation").order_by("name", "pk")}
    person = others.pop(person_pk, None)
    if person is None:
        raise Http404
    may_hand_over_person(request.user, person).require()
    things = belongings(person, request.user)
    form = HandOverForm(request.POST or None, receivers=list(others.values()), things=things)
    if request.method == "POST" and form.is_valid():
        try:
            hand_over_person(
                by=request.user, person=person, to=form.receivers(), left_on=form.cleaned_data["left_on"]
            )
        except Refused as refusal:
            form.add_error(None, refusal.decision.reason)
        else:
            messages.success(
                request, _("%(name)s er fratrådt, og alt er givet videre.") % {"name": person.name}
            )
            return redirect("insights:person", person.pk)
    told = [each.obj for each in things if each.is_told]
    agreements = [each for each in told if isinstance(each, Agreement)]
    note_reading(by=request.user, agreements=agreements, purpose="handover")
    topics = [each for each in told if isinstance(each, Topic)]
    note_topics(by=request.user, forum=None, topics=topics, purpose="handover")
    context = {
        "person": person,
        "form": form,
        "rows": form.rows(),
        "offered": form.offered(),
        "back": reverse("insights:person", args=[person.pk]),
    }
    return render(request, "meetings/hand_over.html", context, status=422 if form.is_bound else 200)


def _seat(request: HttpRequest, pk: int) -> Membership:
    seats = Membership.objects.filter(forum__in=forums_visible_to(request.user))
    seat = get_object_or_404(seats.select_related("forum", "person", "role"), pk=pk)
    may_manage(request.user, seat.forum).require()
    return seat


def member_end(request: HttpRequest, pk: int) -> HttpResponse:
    seat = _seat(request, pk)
    names = {"person": seat.person.name, "forum": seat.forum.name}
    back = reverse("forums:members", args=[seat.forum_id])
    if request.method == "POST":
        end_seat(by=request.user, membership=seat)
        messages.success(
            request,
            _("%(person)s er ikke længere med i %(forum)s. Du kan fortryde under Tidligere medlemmer.")
            % names,
        )
        return redirect(back)
    context = {
        "title": _("Skal %(person)s ikke længere være med?") % names,
        "text": _(
            "Åbne aftaler bliver hos personen. Skal de gives videre, så brug Personen fratræder i vejviseren."
        ),
        "loses": [_("Pladsen i %(forum)s") % names, _("Indkaldelserne til de kommende møder")],
        "button": _("Afslut medlemskabet"),
        "cancel_url": back,
        "crumbs": [
            (seat.forum.name, reverse("insights:forum", args=[seat.forum_id])),
            (_("Medlemmer"), back),
        ],
    }
    return render(request, "ui/confirm.html", context)


@require_POST
def member_restore(request: HttpRequest, pk: int) -> HttpResponse:
    seat = _seat(request, pk)
    restore_seat(by=request.user, membership=seat)
    messages.success(request, _("%(person)s er med igen.") % {"person": seat.person.name})
    return redirect("forums:members", seat.forum_id)


def _forum(request: HttpRequest, pk: int) -> Forum:
    forum = get_object_or_404(forums_visible_to(request.user), pk=pk)
    may_manage(request.user, forum).require()
    return forum


def forum_close(request: HttpRequest, pk: int) -> HttpResponse:
    forum = _forum(request, pk)
    form = CloseForumForm(request.POST or None, forum=forum, user=request.user)
    if request.method == "POST" and form.is_valid():
        successor = form.cleaned_data["successor"]
        try:
            close_forum(by=request.user, forum=forum, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.decision.reason)
        else:
            names = {"forum": forum.name, "successor": successor.name}
            messages.success(request, _("%(forum)s er lukket. Alt er fulgt med til %(successor)s.") % names)
            return redirect("insights:forum", successor.pk)
    context = {"forum": forum, "form": form, "counts": form.counts()}
    return render(request, "meetings/forum_close.html", context, status=422 if form.is_bound else 200)


def forum_merge(request: HttpRequest, pk: int) -> HttpResponse:
    forum = _forum(request, pk)
    form = MergeForumsForm(request.POST or None, forum=forum, user=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        others = [forum, *data["others"]]
        try:
            target = merge_forums(
                by=request.user, forums=others, into=data["name"] or forum, reason=data["reason"]
            )
        except Refused as refusal:
            form.add_error(None, refusal.decision.reason)
        else:
            messages.success(
                request, _("%(n)s fora er nu ét: %(name)s.") % {"n": len(others), "name": target.name}
            )
            return redirect("insights:forum", target.pk)
    context = {"forum": forum, "form": form}
    return render(request, "meetings/forum_merge.html", context, status=422 if form.is_bound else 200)
