"""Mine aftaler, the convener's board, and the page of one agreement."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tovholder.forums.standing import convened_forum_ids, own_forum_ids, person_of
from tovholder.plans import policy, queries, reminders
from tovholder.plans.forms import BoardFilterForm, MineFilterForm, StatusForm
from tovholder.plans.models import Agreement, AgreementStatus
from tovholder.plans.queries.cases import works_on_cases
from tovholder.plans.reading import note_reading
from tovholder.plans.tables import agreements
from tovholder.plans.views import in_case
from tovholder.plans.views.in_case import or_in_case
from tovholder.plans.wording import age_group, mine_lead
from tovholder.ui.download import exported
from tovholder.ui.typed import typed

PER_PAGE = 25


@typed("q")
def mine(request: HttpRequest, given: QueryDict) -> HttpResponseBase:
    chosen = _filters(given, queries.ORDERS, "frist")
    page = queries.my_agreements(
        request.user, text=chosen["text"], forum_id=chosen["forum_id"], order=chosen["order"],
        all_of=given.get("vis", ""),
    )  # fmt: skip
    if file := exported(request, agreements(page.listed)):
        note_reading(by=request.user, agreements=page.listed, purpose="list file")
        return file
    note_reading(by=request.user, agreements=page.shown, purpose="list")
    context = {
        "page": page,
        "form": MineFilterForm(_shown(chosen), forums=page.forums, auto_id="f_%s"),
        "lead": mine_lead(
            late=page.late_count, week=page.week_count, stuck=page.stuck_count, total=page.open_count
        ),
        "filtered": bool(chosen["text"] or chosen["forum_id"]),
        "convenes": bool(convened_forum_ids(request.user)),
        "may_create": bool(own_forum_ids(request.user)),
        "works_on_cases": works_on_cases(request.user),
        "person": person_of(request.user),
        "convened": convened_forum_ids(request.user),
    }
    return render(request, "plans/mine.html", context)


@typed("q")
def board(request: HttpRequest, given: QueryDict) -> HttpResponseBase:
    if not convened_forum_ids(request.user):
        return redirect("plans:mine")
    chosen = _filters(given, queries.GROUPS, "forum")
    lack = given.get("kun", "") if given.get("kun") in queries.LACKS else ""
    found = queries.board(
        request.user, group=chosen["order"], text=chosen["text"], forum_id=chosen["forum_id"], lack=lack
    )
    if file := exported(request, agreements(found)):
        note_reading(by=request.user, agreements=found, purpose="list file")
        return file
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("side"))
    note_reading(by=request.user, agreements=page, purpose="list")
    for each in page:
        each.group_name = _group_name(each, chosen["order"])  # type: ignore[attr-defined]
    forums = list(queries.convened_forums(request.user))
    context = {
        "page_obj": page,
        "hits": len(found),
        "form": BoardFilterForm({**_shown(chosen), "kun": lack}, forums=forums, auto_id="f_%s"),
        "group": chosen["order"],
        "limit": queries.rules().carry_limit,
        "filtered": bool(chosen["text"] or chosen["forum_id"] or lack),
    }
    return render(request, "plans/board.html", context)


@require_GET
@or_in_case(in_case.agreement)
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(queries.for_page(queries.visible_to(request.user)), pk=pk)
    person = person_of(request.user)
    member = found.forum_id in own_forum_ids(request.user)
    # Who only had the one agreement, and sits not in the forum, reads no other.
    chain = [each for each in _chain(found) if member or (person and each.responsible_id == person.pk)]
    note_reading(by=request.user, agreements=[found, *chain], purpose="agreement", about=found)
    context = {
        **_rights(request, found),
        "agreement": found,
        "chain": chain,
        "lacks": found.is_open and (found.responsible is None or found.due_on is None),
        "meeting_id": found.meeting_id if member else None,  # type: ignore[attr-defined]
        "form": StatusForm(),
        "crumbs": [(_("Aftaler"), reverse("plans:mine")), (found.what, "")],
    }
    return render(request, "plans/agreement.html", context)


def _chain(found: Agreement) -> list[Agreement]:
    successor = getattr(found, "successor", None)
    return [each for each in (found.predecessor, successor) if each is not None]


def _rights(request: HttpRequest, found: Agreement) -> dict[str, bool]:
    """What the buttons ask is what the services ask."""
    user = request.user
    right = policy.may_report if found.status == AgreementStatus.DONE else policy.may_decide
    return {
        "may_report": found.is_open and bool(policy.may_report(user, found)),
        "may_decide": found.is_open and bool(policy.may_decide(user, found)),
        "may_reopen": bool(policy.may_become(found, AgreementStatus.OPEN) and right(user, found)),
        "must_choose": found.is_open and found.carried_count >= queries.rules().carry_limit,  # type: ignore[attr-defined]
    }


@require_POST
def switch_reminders(request: HttpRequest) -> HttpResponse:
    person = person_of(request.user)
    if person is not None:
        reminders.switch(by=request.user, person=person, wanted=request.POST.get("til") == "1")
        messages.success(request, reminders.switched_sentence(person))
    return redirect("plans:mine")


def _filters(given: QueryDict, orders: tuple[str, ...], normal: str) -> dict[str, Any]:
    """Read the filters of a list; what makes no sense counts as not given."""
    forum = given.get("forum", "")
    order = given.get("orden", "")
    return {
        "text": given.get("q", ""),
        "forum_id": int(forum) if forum.isascii() and forum.isdigit() and len(forum) < 10 else None,
        "order": order if order in orders else normal,
    }


def _shown(chosen: dict[str, Any]) -> dict[str, Any]:
    return {"q": chosen["text"], "forum": chosen["forum_id"] or "", "orden": chosen["order"]}


def _group_name(agreement: Agreement, group: str) -> str:
    if group == "person":
        return agreement.responsible.name if agreement.responsible else _("Ingen ansvarlig endnu")
    if group == "alder":
        return age_group(agreement.due_on, timezone.localdate())
    return agreement.forum.name
