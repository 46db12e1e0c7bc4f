"""The page about the duty to notify, and the rules of absence. Tovholder sends nothing and never says it is done."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tovholder.concerns import lists, queries
from tovholder.concerns.forms import working as forms
from tovholder.concerns.models import Notification
from tovholder.concerns.services import notifying
from tovholder.concerns.services.reading import note_listing
from tovholder.concerns.services.reminding import absences_of
from tovholder.concerns.standing import rules
from tovholder.concerns.suspicion import is_by_family
from tovholder.concerns.views.concern import readable
from tovholder.concerns.views.steps import form_page, saved
from tovholder.concerns.waiting import without_receipt_since
from tovholder.forums.standing import person_of


@form_page
def notify(request: HttpRequest, code: str) -> HttpResponse:
    found = lists.page_of(request.user, code)
    if found is None:
        raise Http404
    form = forms.NotificationForm(request.POST or None, concern=found)
    if form.is_valid() and saved(
        form, notifying.note_notification, by=request.user, concern=found, **form.cleaned_data
    ):
        messages.success(request, _("Det er skrevet ned. Vi minder dig om kvitteringen, hvis den udebliver."))
        return redirect("concerns:concern", code)
    note_listing(by=request.user, concerns=[found], purpose="notification page")
    own = rules()
    sent = found.notifications.filter(sent_by=person_of(request.user))
    context = {
        "concern": found,
        "form": form,
        "rules": own,
        "calls": lists.calls_for_notification(found),
        "sent": list(sent),
        "late_since": without_receipt_since(timezone.localdate(), own),
        "receipt_form": forms.ReceiptForm(),
        "crumbs": _crumbs(code, _("Underretning")),
    }
    return render(request, "concerns/notify.html", context)


@require_POST
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    known = queries.visible_to(request.user)
    own = Notification.objects.filter(sent_by=person_of(request.user), concern__in=known)
    found = get_object_or_404(own.select_related("concern"), pk=pk)
    form = forms.ReceiptForm(request.POST)
    if form.is_valid() and saved(
        form, notifying.note_receipt, by=request.user, notification=found, **form.cleaned_data
    ):
        messages.success(request, _("Kvitteringen er skrevet ned."))
    else:
        messages.error(request, " ".join(str(each) for found_ in form.errors.values() for each in found_))
    return redirect("concerns:notify", found.concern.code)


@form_page
def absence(request: HttpRequest, code: str, child: str) -> HttpResponse:
    found = readable(request, code)
    link = get_object_or_404(found.concern_children.select_related("child"), child__code=child)
    form = forms.AbsenceForm(request.POST or None)
    if form.is_valid() and saved(
        form,
        notifying.note_absence,
        by=request.user,
        concern=found,
        child=link.child,
        day=form.cleaned_data["quarter"],
        percent=form.cleaned_data["percent"],
    ):
        messages.success(request, _("Fraværet er skrevet ned."))
        return redirect("concerns:absence", code, child)
    note_listing(by=request.user, concerns=[found], purpose="absence")
    rows = [(forms.quarter_name(day), percent) for day, percent in absences_of(link.child)]
    context = {
        "concern": found,
        "form": form,
        "rows": rows,
        "rules": rules(),
        "by_family": is_by_family(found),
        "crumbs": _crumbs(code, _("Fravær")),
    }
    return render(request, "concerns/absence.html", context)


def _crumbs(code: str, title: str) -> list[tuple[str, str]]:
    here = reverse("concerns:concern", args=[code])
    return [
        (_("Bekymringer"), reverse("concerns:list")),
        (_("Sag %(code)s") % {"code": code}, here),
        (title, ""),
    ]
