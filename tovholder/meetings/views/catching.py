"""What an item leads to: caught, corrected, taken away and brought back."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.meetings.forms.running import CaughtTopicForm, EditAgreementForm, OutcomeForm, ProposalForm
from tovholder.meetings.models import AgendaItem, Meeting, Outcome, Topic
from tovholder.meetings.services import capturing
from tovholder.meetings.services.reading import note_reading
from tovholder.meetings.views.fetching import item_of, writable
from tovholder.meetings.views.run_page import Kind, RunPage, catching, form_for, kinds, shown_as
from tovholder.plans.models import Agreement

REMOVED = "meetings_removed"


@require_POST
def capture(request: HttpRequest, pk: int, item_pk: int, slug: str) -> HttpResponse:
    """Catch one thing. The script gets the panel back; a plain form comes back to the item."""
    meeting, _minutes = writable(request, pk)
    item = item_of(request, meeting, item_pk)
    kind = _kind(slug)
    form = form_for(kind, meeting, request.POST)
    if form.is_valid():
        _catch(request, item, kind, form.cleaned_data)
        said = _("%(kind)s er skrevet ned.") % {"kind": kind.label}
        if request.htmx:  # type: ignore[attr-defined]
            context = {**catching(RunPage(request, meeting, item), active=slug), "said": said}
            return render(request, "meetings/_capture.html", context)
        messages.success(request, said)
        return redirect(_item_url(meeting, item, f"?fang={slug}#fanget"))
    context = catching(RunPage(request, meeting, item), active=slug, bound=form)
    template = "meetings/_capture.html" if request.htmx else "meetings/run.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=422)


def _catch(request: HttpRequest, item: AgendaItem, kind: Kind, data: dict[str, Any]) -> None:
    forum: Forum | None = data.get("forum")
    if kind.slug == "aftale":
        capturing.add_agreement(
            by=request.user,
            item=item,
            forum=forum,
            what=data["what"],
            responsible=data["responsible"],
            due_on=data["due_on"],
        )
    elif kind.slug == "emne":
        capturing.capture_topic(
            by=request.user, item=item, forum=forum, heading=data["heading"], why=data["why"]
        )
    else:
        capturing.add_outcome(
            by=request.user,
            item=item,
            kind=kind.outcome,
            text=data["text"],
            to_forum=data.get("to_forum"),
            to_person=data.get("to_person"),
        )


def capture_edit(request: HttpRequest, pk: int, item_pk: int, slug: str, thing_pk: int) -> HttpResponse:
    """Correct what was caught, on a page of its own."""
    meeting, _minutes = writable(request, pk)
    item = item_of(request, meeting, item_pk)
    kind = _kind(slug)
    thing = _caught(item, kind, thing_pk)
    form = _edit_form(kind, meeting, thing, request.POST or None)
    back = request.POST.get("back") or request.GET.get("back", "")
    home = reverse("meetings:after", args=[pk]) if back == "efter" else _item_url(meeting, item, "#fanget")
    if request.method == "POST" and form.is_valid():
        _correct(request, thing, form.cleaned_data)
        messages.success(request, _("Rettelsen er gemt."))
        return redirect(home)
    note_reading(by=request.user, meeting=meeting, items=[item], purpose="meeting", **shown_as(thing))
    context = {"meeting": meeting, "item": item, "kind": kind, "form": form, "home": home, "back": back}
    return render(request, "meetings/run_edit.html", context, status=422 if form.errors else 200)


def _edit_form(kind: Kind, meeting: Meeting, thing: Any, data: Any) -> Form:
    if kind.slug == "aftale":
        return EditAgreementForm(data, meeting=meeting, agreement=thing)
    if kind.slug == "emne":
        form = CaughtTopicForm(data, meeting=meeting, initial={"heading": thing.heading, "why": thing.why})
        form.fields.pop("forum", None)  # it lies in a bank already; moving it is done there
        return form
    initial = {"text": thing.text, "to_forum": thing.to_forum_id, "to_person": thing.to_person_id}
    form_class = ProposalForm if kind.slug == "forslag" else OutcomeForm
    return form_class(data, kind=kind.outcome, meeting=meeting, initial=initial)


def _correct(request: HttpRequest, thing: Any, data: dict[str, Any]) -> None:
    if isinstance(thing, Agreement):
        capturing.edit_agreement(by=request.user, meeting=thing.origin.item.meeting, agreement=thing, **data)
    elif isinstance(thing, Topic):
        capturing.edit_topic(by=request.user, topic=thing, **data)
    else:
        capturing.edit_outcome(by=request.user, outcome=thing, **data)


@require_POST
def capture_remove(request: HttpRequest, pk: int, item_pk: int, slug: str, thing_pk: int) -> HttpResponse:
    """Take away what was caught by mistake, and remember it so that it can be brought back."""
    meeting, _minutes = writable(request, pk)
    item = item_of(request, meeting, item_pk)
    thing = _caught(item, _kind(slug), thing_pk)
    removed: dict[str, Any] = {"item": item.pk, "slug": slug, "pk": thing.pk, "text": str(thing)}
    if isinstance(thing, Agreement):
        capturing.remove_agreement(by=request.user, agreement=thing)
    elif isinstance(thing, Topic):
        capturing.remove_topic(by=request.user, topic=thing)
    else:
        removed |= {"kind": thing.kind, "to_forum": thing.to_forum_id, "to_person": thing.to_person_id}
        capturing.remove_outcome(by=request.user, outcome=thing)
    request.session[REMOVED] = removed
    return redirect(_item_url(meeting, item, f"?fang={slug}#fanget"))


@require_POST
def capture_undo(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Bring back the last thing that this user took away under this item."""
    meeting, _minutes = writable(request, pk)
    item = item_of(request, meeting, item_pk)
    removed = request.session.pop(REMOVED, None)
    if not removed or removed["item"] != item.pk:
        raise Http404
    if removed["slug"] == "aftale":
        agreement = get_object_or_404(Agreement, pk=removed["pk"], forum__in=meeting.forums.all())
        capturing.restore_agreement(by=request.user, agreement=agreement, item=item)
    elif removed["slug"] == "emne":
        capturing.restore_topic(
            by=request.user, topic=get_object_or_404(item.captured_topics, pk=removed["pk"])
        )
    else:
        capturing.add_outcome(
            by=request.user,
            item=item,
            kind=removed["kind"],
            text=removed["text"],
            to_forum=Forum.objects.filter(pk=removed["to_forum"]).first(),
            to_person=Person.objects.filter(pk=removed["to_person"]).first(),
        )
    messages.success(request, _("Det er bragt tilbage."))
    return redirect(_item_url(meeting, item, f"?fang={removed['slug']}#fanget"))


def _kind(slug: str) -> Kind:
    try:
        return kinds()[slug]
    except KeyError:
        raise Http404 from None


def _caught(item: AgendaItem, kind: Kind, pk: int) -> Any:
    if kind.slug == "aftale":
        return get_object_or_404(Agreement, origin__item=item, pk=pk)
    if kind.slug == "emne":
        return get_object_or_404(Topic, from_item=item, pk=pk)
    return get_object_or_404(Outcome, item=item, kind=kind.outcome, pk=pk)


def _item_url(meeting: Meeting, item: AgendaItem, tail: str = "") -> str:
    return reverse("meetings:run_item", args=[meeting.pk, item.pk]) + tail
