"""The administrator's pages about logins."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tovholder.accounts import tables
from tovholder.accounts.forms import LoginForm, RolesForm
from tovholder.accounts.models import Role, User
from tovholder.accounts.policy import may_administer, may_close
from tovholder.accounts.queries import logins
from tovholder.accounts.services import close_login, create_login, open_login, set_roles
from tovholder.ui.download import exported


def login_list(request: HttpRequest) -> HttpResponseBase:
    may_administer(request.user).require()
    search, role = request.GET.get("q", "").replace("\x00", "").strip()[:100], request.GET.get("rolle", "")
    found = logins(search, role if role in Role.values else "")
    if file := exported(request, tables.logins(found)):
        return file
    page = Paginator(found, 25).get_page(request.GET.get("side"))
    context = {"page": page, "q": search, "role": role, "roles": Role.choices}
    return render(request, "accounts/login_list.html", context)


def login_create(request: HttpRequest) -> HttpResponse:
    may_administer(request.user).require()
    form = LoginForm(request.POST or None)
    if form.is_valid():
        user = create_login(by=request.user, **form.cleaned_data)
        messages.success(
            request,
            _("%(name)s har nu et login og vælger selv adgangskode under »Glemt adgangskode«.")
            % {"name": user.name},
        )
        return redirect("accounts:login", pk=user.pk)
    return render(request, "accounts/login_form.html", {"form": form})


def login_detail(request: HttpRequest, pk: int) -> HttpResponse:
    may_administer(request.user).require()
    user = get_object_or_404(User, pk=pk)
    form = RolesForm(request.POST or None, initial={"roles": sorted(user.roles)})
    if form.is_valid():
        set_roles(by=request.user, user=user, roles=form.cleaned_data["roles"])
        messages.success(request, _("Rollerne er gemt."))
        return redirect("accounts:login", pk=user.pk)
    context: dict[str, Any] = {"login": user, "form": form, "may_close": may_close(request.user, user)}
    return render(request, "accounts/login_detail.html", context)


@require_POST
def login_close(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    close_login(by=request.user, user=user)
    messages.success(request, _("Loginnet er lukket. Du kan åbne det igen her på siden."))
    return redirect("accounts:login", pk=pk)


@require_POST
def login_open(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    open_login(by=request.user, user=user)
    messages.success(request, _("Loginnet er åbnet igen."))
    return redirect("accounts:login", pk=pk)
