"""The administrator's page about mail: what has not arrived, and why."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tovholder.accounts.policy import may_administer
from tovholder.outbox import tables
from tovholder.outbox.models import OutgoingMail
from tovholder.outbox.queries import failed_count, mails
from tovholder.outbox.services import retry, retry_all
from tovholder.outbox.wording import explain, subject_shown
from tovholder.ui.download import exported
from tovholder.ui.typed import typed


@typed("q")
def mail_list(request: HttpRequest, given: QueryDict) -> HttpResponseBase:
    may_administer(request.user).require()
    search, status = given.get("q", ""), given.get("status", "")
    found = mails(search, status if status in OutgoingMail.Status.values else "")
    if file := exported(request, tables.mails(found)):
        return file
    page = Paginator(found, 25).get_page(request.GET.get("side"))
    rows = [
        (mail, subject_shown(mail.subject), "" if mail.status == "sent" else explain(mail.last_error))
        for mail in page
    ]
    context = {
        "page": page,
        "rows": rows,
        "q": search,
        "status": status,
        "statuses": OutgoingMail.Status.choices,
    }
    return render(request, "outbox/mail_list.html", {**context, "failed": failed_count()})


@require_POST
def mail_retry(request: HttpRequest, pk: int) -> HttpResponse:
    may_administer(request.user).require()
    retry(by=request.user, mail=get_object_or_404(OutgoingMail, pk=pk))
    messages.success(request, _("Mailen bliver sendt igen om lidt."))
    return redirect("outbox:mails")


@require_POST
def mail_retry_all(request: HttpRequest) -> HttpResponse:
    count = retry_all(by=request.user)
    text = ngettext("%(n)s mail bliver sendt igen om lidt.", "%(n)s mails bliver sendt igen om lidt.", count)
    messages.success(request, text % {"n": count})
    return redirect("outbox:mails")
