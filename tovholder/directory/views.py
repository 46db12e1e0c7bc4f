"""Pages of the directory."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tovholder.directory import forms, guard, policy, queries, services, tables
from tovholder.directory.drawing import triangle
from tovholder.directory.models import Organisation, Post
from tovholder.directory.standing import SEES_PEOPLE
from tovholder.ui.download import exported
from tovholder.ui.tables import Table
from tovholder.ui.typed import typed

PER_PAGE = 25


def _list(
    request: HttpRequest,
    given: QueryDict,
    template: str,
    filterset: type,
    found: QuerySet[Any],
    table: Callable[[QuerySet[Any]], Table],
) -> HttpResponseBase:
    policy.may_look(request.user).require()
    shown = filterset(given, queryset=found)
    if file := exported(request, table(shown.qs)):
        return file
    page = Paginator(shown.qs, PER_PAGE).get_page(request.GET.get("side"))
    context = {"filter": shown, "page": page, "sees_people": request.user.has_role(*SEES_PEOPLE)}
    return render(request, template, context | {"may_edit": bool(policy.may_edit(request.user))})


@typed("q")
def persons(request: HttpRequest, given: QueryDict) -> HttpResponseBase:
    found = queries.visible_to(request.user).select_related("organisation")
    table = partial(tables.persons, contact=request.user.has_role(*SEES_PEOPLE))
    return _list(request, given, "directory/persons.html", forms.PersonFilter, found, table)


@typed("q")
def organisations(request: HttpRequest, given: QueryDict) -> HttpResponseBase:
    found = queries.organisations_visible_to(request.user)
    table = partial(tables.organisations, people=request.user.has_role(*SEES_PEOPLE))
    return _list(request, given, "directory/organisations.html", forms.OrganisationFilter, found, table)


@typed("q")
def schools(request: HttpRequest, given: QueryDict) -> HttpResponseBase:
    found = queries.with_vacancies(queries.schools_visible_to(request.user))
    return _list(request, given, "directory/schools.html", forms.SchoolFilter, found, tables.schools)


def districts(request: HttpRequest) -> HttpResponseBase:
    policy.may_look(request.user).require()
    found = queries.districts_visible_to(request.user)
    if file := exported(request, tables.districts(found)):
        return file
    context = {"districts": found, "sees_people": request.user.has_role(*SEES_PEOPLE)}
    return render(request, "directory/districts.html", context)


def school(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(queries.schools_visible_to(request.user), pk=pk)
    picture = queries.school_picture(shown)
    context = {
        "school": shown,
        "picture": picture,
        "drawing": triangle(picture, _("Ledig")),
        "past": shown.posts.filter(valid_until__isnull=False).select_related("kind", "person")[:10],
        "may_edit": bool(policy.may_edit(request.user)),
    }
    return render(request, "directory/school.html", context)


def post_start(request: HttpRequest, pk: int) -> HttpResponse:
    policy.may_edit(request.user).require()
    shown = get_object_or_404(queries.schools_visible_to(request.user), pk=pk)
    form = forms.PostForm(request.POST or None, initial={"kind": request.GET.get("post")})
    if request.method == "POST" and form.is_valid():
        services.start_post(by=request.user, school=shown, **form.cleaned_data)
        messages.success(
            request, _("%(person)s har nu posten.") % {"person": form.cleaned_data["person"].name}
        )
        return redirect("directory:school", shown.pk)
    return _form_page(
        request, form, _("Besæt en post"), shown.name, reverse("directory:school", args=[shown.pk])
    )


def post_end(request: HttpRequest, pk: int) -> HttpResponse:
    policy.may_edit(request.user).require()
    post = get_object_or_404(queries.held_posts(), pk=pk)
    form = forms.EndPostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.end_post(by=request.user, post=post, **form.cleaned_data)
        messages.success(request, _("%(person)s har ikke længere posten.") % {"person": post.person.name})
        return redirect("directory:school", post.school_id)
    title = _("Afslut posten som %(post)s") % {"post": post.kind.name.lower()}
    return _form_page(
        request,
        form,
        title,
        post.person.name,
        reverse("directory:school", args=[post.school_id]),
        _("Afslut posten"),
    )


@require_POST
def post_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    policy.may_edit(request.user).require()
    post = get_object_or_404(Post.objects.select_related("person"), pk=pk)
    services.reopen_post(by=request.user, post=post)
    messages.success(request, _("%(person)s har posten igen.") % {"person": post.person.name})
    return redirect("directory:school", post.school_id)


def person_new(request: HttpRequest) -> HttpResponse:
    policy.may_edit(request.user).require()
    initial = {
        "organisation": Organisation.objects.filter(pk=_number(request.GET.get("organisation"))).first()
    }
    form = forms.PersonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        person = services.create_person(by=request.user, **form.cleaned_data)
        messages.success(request, _("%(person)s står nu i vejviseren.") % {"person": person.name})
        return redirect("insights:person", person.pk)
    return _form_page(request, form, _("Ny person"), "", reverse("directory:persons"))


def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(queries.visible_to(request.user), pk=pk)
    policy.may_edit(request.user).require()
    policy.may_change(person).require()
    name, here = person.name, reverse("insights:person", args=[pk])
    form = forms.PersonForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        services.edit_person(by=request.user, person=person, **form.cleaned_data)
        messages.success(request, _("Oplysningerne er gemt."))
        return redirect(here)
    return _form_page(request, form, _("Ret oplysninger"), name, here)


def person_login(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(queries.visible_to(request.user), pk=pk)
    policy.may_give_login(request.user).require()
    here = reverse("insights:person", args=[pk])
    form = forms.LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.give_login(by=request.user, person=person, **form.cleaned_data)
        messages.success(
            request,
            _("%(person)s har nu et login og vælger selv adgangskode med »Glemt adgangskode«.")
            % {"person": person.name},
        )
        return redirect(here)
    return _form_page(request, form, _("Giv et login"), person.name, here, _("Giv login"))


def _form_page(
    request: HttpRequest, form: Any, title: str, about: str, back: str, button: str = ""
) -> HttpResponse:
    """Show one form on a page of its own; 422 when it came back with errors."""
    crumbs = [(_("Vejviser"), reverse("directory:persons"))]
    if about:
        crumbs.append((about, back))
    context = {"form": form, "title": title, "about": about, "back": back, "crumbs": [*crumbs, (title, "")]}
    context["button"] = button or _("Gem")
    return render(request, "directory/form.html", context, status=422 if form.is_bound else 200)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


@require_POST
def check_text(request: HttpRequest) -> HttpResponse:
    """Tell what in a text can point to a person, while one writes. Nothing of it is kept or logged."""
    found = guard.find(request.POST.get("text", "")[: guard.LONGEST])
    once = {each.text: {"text": each.text, "label": each.label, "instead": each.instead} for each in found}
    return JsonResponse({"found": list(once.values())})
