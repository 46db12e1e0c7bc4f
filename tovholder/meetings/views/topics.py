"""The topic bank of a forum."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tovholder.access.levels import Level
from tovholder.forums.models import Forum
from tovholder.forums.policy import may_convene
from tovholder.meetings import tables
from tovholder.meetings.forms.agenda import TopicForm
from tovholder.meetings.forms.filters import TopicFilterForm
from tovholder.meetings.forms.planning import ReasonForm
from tovholder.meetings.models import MeetingKind, Topic, TopicStatus
from tovholder.meetings.queries import topics_visible_to, visible_to
from tovholder.meetings.services import topics
from tovholder.meetings.services.agenda import next_planned
from tovholder.meetings.services.reading import note_topics
from tovholder.meetings.views.face import form_page, forum_crumbs, forum_of, number_in
from tovholder.ui.download import exported

PER_PAGE = 25


def _back(forum: Forum) -> str:
    return reverse("meetings:topics", args=[forum.pk])


def _topic_of(request: HttpRequest, forum: Forum, pk: int) -> Topic:
    """Return a topic of the forum for its convener; 404 for who may not see it."""
    topic = get_object_or_404(topics_visible_to(request.user, forum), pk=pk)
    may_convene(request.user, forum).require()
    return topic


@require_GET
def bank(request: HttpRequest, forum_pk: int) -> HttpResponseBase:
    forum = forum_of(request, forum_pk)
    form = TopicFilterForm(request.GET, auto_id="f_%s")
    found = form.apply(topics_visible_to(request.user, forum))
    if file := exported(request, tables.topics(forum, found)):
        note_topics(
            by=request.user, forum=forum, topics=found.exclude(level=Level.GENERAL), purpose="list file"
        )
        return file
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("side"))
    note_topics(by=request.user, forum=forum, topics=page, purpose="list")
    following = next_planned([forum.pk])
    context = {
        "forum": forum,
        "form": form,
        "page_obj": page,
        "next": following,
        "deadline": topics.deadline(following) if following else None,
        "in_time": following is not None and timezone.localdate() <= topics.deadline(following),
        "convener": bool(may_convene(request.user, forum)),
        "may_propose": bool(topics.may_propose(request.user, forum)),
        "crumbs": forum_crumbs(forum, _("Emnebank")),
    }
    return render(request, "meetings/topics.html", context)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, forum_pk: int) -> HttpResponse:
    forum = forum_of(request, forum_pk)
    topics.may_propose(request.user, forum).require()
    convener = bool(may_convene(request.user, forum))
    form = TopicForm(request.POST or None, forum=forum, convener=convener)
    if request.method == "POST" and form.is_valid():
        topic = topics.propose(by=request.user, forum=forum, **form.cleaned_data)
        messages.success(request, _thanks(topic, convener))
        return redirect(_back(forum))
    page = form_page(
        form, title=_("Nyt emne") if convener else _("Foreslå et emne"), button=_("Gem emnet") if convener else _("Send forslaget"),
        crumbs=forum_crumbs(forum, _("Nyt emne")), cancel_url=_back(forum), keep=f"emne-{forum.pk}",
    )  # fmt: skip
    return render(request, "meetings/form.html", page)


def _thanks(topic: Topic, convener: bool) -> str:
    if topic.status == TopicStatus.PROPOSED:
        return _("Tak for forslaget. Tovholderen svarer ja eller nej.")
    if convener:
        return _("Emnet er lagt i emnebanken.")
    return _("Tak for forslaget. Fristen til næste møde er gået, så det er lagt i emnebanken.")


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, forum_pk: int, pk: int) -> HttpResponse:
    forum = forum_of(request, forum_pk)
    topic = _topic_of(request, forum, pk)
    form = TopicForm(request.POST or None, instance=topic, forum=forum, convener=True)
    if request.method == "POST" and form.is_valid():
        topics.edit(by=request.user, topic=topic, **form.cleaned_data)
        messages.success(request, _("Emnet er ændret."))
        return redirect(_back(forum))
    note_topics(by=request.user, forum=forum, topics=[topic], purpose="topic")
    page = form_page(
        form, title=_("Ret emnet"), button=_("Gem emnet"), crumbs=forum_crumbs(forum, _("Ret emnet")), cancel_url=_back(forum),
    )  # fmt: skip
    return render(request, "meetings/form.html", page)


@require_POST
def schedule(request: HttpRequest, forum_pk: int, pk: int) -> HttpResponse:
    forum = forum_of(request, forum_pk)
    topic = _topic_of(request, forum, pk)
    meeting = get_object_or_404(
        visible_to(request.user).exclude(kind=MeetingKind.NETWORK), pk=number_in(request.POST.get("meeting"))
    )
    item = topics.put_on_agenda(by=request.user, topic=topic, meeting=meeting)
    messages.success(request, _("Emnet er sat på dagsordenen."))
    return redirect(reverse("meetings:before", args=[meeting.pk]) + f"#punkt-{item.pk}")


@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, forum_pk: int, pk: int) -> HttpResponse:
    forum = forum_of(request, forum_pk)
    topic = _topic_of(request, forum, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        topics.decline(by=request.user, topic=topic, reason=form.cleaned_data["reason"])
        messages.success(request, _("Svaret er gemt. Den, der foreslog emnet, får besked."))
        return redirect(_back(forum))
    note_topics(by=request.user, forum=forum, topics=[topic], purpose="topic")
    page = form_page(
        form, title=_("Sig nej til emnet"), button=_("Sig nej"), crumbs=forum_crumbs(forum, _("Sig nej")), cancel_url=_back(forum),
        lead=topic.heading,
    )  # fmt: skip
    return render(request, "meetings/form.html", page)


@require_POST
def to_bank(request: HttpRequest, forum_pk: int, pk: int) -> HttpResponse:
    forum = forum_of(request, forum_pk)
    topics.bank(by=request.user, topic=_topic_of(request, forum, pk))
    messages.success(request, _("Emnet ligger i emnebanken."))
    return redirect(_back(forum))


@require_POST
def archive(request: HttpRequest, forum_pk: int, pk: int) -> HttpResponse:
    forum = forum_of(request, forum_pk)
    topics.archive(by=request.user, topic=_topic_of(request, forum, pk))
    messages.success(request, _("Emnet er lagt væk. Det findes under »Lagt væk« og kan hentes tilbage."))
    return redirect(_back(forum))
