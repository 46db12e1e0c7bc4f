"""The members of a forum."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tovholder.access.decision import yes
from tovholder.accounts.models import User
from tovholder.directory.models import Person
from tovholder.directory.services import create_person
from tovholder.forums import policy, queries, tables
from tovholder.forums.forms import MemberForm, MembershipForm
from tovholder.forums.models import Forum, Membership
from tovholder.forums.services.members import add_member, change_member
from tovholder.ui.download import exported


def member_list(request: HttpRequest, pk: int) -> HttpResponseBase:
    forum = get_object_or_404(queries.visible_to(request.user), pk=pk)
    members = queries.members_of(forum)
    if file := exported(request, tables.members(forum, members)):
        return file
    context = {
        "forum": forum,
        "here": "members",
        "members": members,
        "past": queries.past_members_of(forum)[:25],
        "may_manage": bool(policy.may_manage(request.user, forum)),
    }
    return render(request, "forums/members.html", context)


def member_new(request: HttpRequest, pk: int) -> HttpResponse:
    forum = get_object_or_404(queries.visible_to(request.user), pk=pk)
    policy.may_manage(request.user, forum).require()
    form = MemberForm(request.POST or None, forum=forum)
    if request.method == "POST" and form.is_valid():
        membership = _add(request.user, forum, form)
        messages.success(
            request,
            _("%(person)s er med i %(forum)s.") % {"person": membership.person.name, "forum": forum.name},
        )
        return redirect("forums:members", forum.pk)
    return form_page(request, forum, form, _("Tilføj medlem"), _("Tilføj medlem"))


@transaction.atomic
def _add(by: User, forum: Forum, form: MemberForm) -> Membership:
    data = form.cleaned_data
    person: Person | None = data["person"]
    if person is None:
        person = create_person(
            by=by,
            name=data["name"],
            email=data["email"],
            organisation=data["organisation"],
            allowed=yes("manages"),
        )
    return add_member(
        by=by,
        forum=forum,
        person=person,
        role=data["role"],
        valid_from=data["valid_from"],
        is_guest=data["is_guest"],
    )


def member_edit(request: HttpRequest, pk: int) -> HttpResponse:
    seats = Membership.objects.filter(forum__in=queries.visible_to(request.user)).select_related(
        "forum", "person"
    )
    membership = get_object_or_404(seats, pk=pk)
    policy.may_manage(request.user, membership.forum).require()
    form = MembershipForm(request.POST or None, instance=membership)
    if request.method == "POST" and form.is_valid():
        change_member(by=request.user, membership=Membership.objects.get(pk=pk), **form.cleaned_data)
        messages.success(request, _("Ændringen er gemt."))
        return redirect("forums:members", membership.forum_id)
    return form_page(request, membership.forum, form, membership.person.name)


def form_page(request: HttpRequest, forum: Forum, form: object, title: str, button: str = "") -> HttpResponse:
    """Show one form on a page of its own under the forum; 422 when it came back with errors."""
    back = reverse("forums:members", args=[forum.pk])
    crumbs = [(forum.name, reverse("insights:forum", args=[forum.pk])), (_("Medlemmer"), back), (title, "")]
    context = {"forum": forum, "form": form, "title": title, "back": back, "crumbs": crumbs}
    context["button"] = button or _("Gem")
    return render(request, "directory/form.html", context, status=422 if request.method == "POST" else 200)
