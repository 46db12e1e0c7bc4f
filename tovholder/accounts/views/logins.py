"""The administrator's pages about logins."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tovholder.accounts import tables
from tovholder.accounts.forms import LoginForm, RolesForm
from tovholder.accounts.models import Role, User
from tovholder.accounts.policy import may_administer, may_close, may_reset_factors
from tovholder.accounts.queries import has_second_factor, log_reviewers, logins, sessions_of
from tovholder.accounts.services import (
    close_login,
    create_login,
    end_sessions,
    open_login,
    reset_factors,
    set_roles,
)
from tovholder.ui.download import exported
from tovholder.ui.typed import typed


@typed("q")
def login_list(request: HttpRequest, given: QueryDict) -> HttpResponseBase:
    may_administer(request.user).require()
    search, role = given.get("q", ""), given.get("rolle", "")
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
        _say_if_nobody_watches(request, user)
        return redirect("accounts:login", pk=user.pk)
    return render(request, "accounts/login_form.html", {"form": form})


def login_detail(request: HttpRequest, pk: int) -> HttpResponse:
    may_administer(request.user).require()
    user = get_object_or_404(User, pk=pk)
    form = RolesForm(request.POST or None, initial={"roles": sorted(user.roles)})
    if form.is_valid():
        set_roles(by=request.user, user=user, roles=form.cleaned_data["roles"])
        messages.success(request, _("Rollerne er gemt."))
        _say_if_nobody_watches(request, user)
        return redirect("accounts:login", pk=user.pk)
    context: dict[str, Any] = {
        "login": user,
        "form": form,
        "may_close": may_close(request.user, user),
        "may_reset": may_reset_factors(request.user, user),
        "has_factor": has_second_factor(user),
        "sessions": sessions_of(user).count(),
    }
    return render(request, "accounts/login_detail.html", context)


@require_POST
def login_close(request: HttpRequest, pk: int) -> HttpResponse:
    may_administer(request.user).require()
    user = get_object_or_404(User, pk=pk)
    close_login(by=request.user, user=user)
    messages.success(request, _("Loginnet er lukket. Du kan åbne det igen her på siden."))
    return redirect("accounts:login", pk=pk)


@require_POST
def login_open(request: HttpRequest, pk: int) -> HttpResponse:
    may_administer(request.user).require()
    user = get_object_or_404(User, pk=pk)
    open_login(by=request.user, user=user)
    messages.success(request, _("Loginnet er åbnet igen."))
    return redirect("accounts:login", pk=pk)


@require_POST
def login_sessions_end(request: HttpRequest, pk: int) -> HttpResponse:
    may_administer(request.user).require()
    user = get_object_or_404(User, pk=pk)
    end_sessions(by=request.user, user=user)
    messages.success(request, _("%(name)s er logget ud alle steder.") % {"name": user.name})
    return redirect("accounts:login", pk=pk)


@require_POST
def login_factors_reset(request: HttpRequest, pk: int) -> HttpResponse:
    may_administer(request.user).require()
    user = get_object_or_404(User, pk=pk)
    reset_factors(by=request.user, user=user)
    messages.success(request, _("Det ekstra trin er nulstillet. Personen laver et nyt ved næste login."))
    return redirect("accounts:login", pk=pk)


def _say_if_nobody_watches(request: HttpRequest, user: User) -> None:
    """Rights are told to those who review the log; when there is nobody, whoever gave them must know it."""
    if user.roles and not log_reviewers().exclude(pk=request.user.pk).exists():
        messages.warning(
            request,
            _(
                "Ingen andre end dig gennemgår loggen, så ingen har fået besked. Giv en kollega rollen »Loggennemgang«."
            ),
        )
