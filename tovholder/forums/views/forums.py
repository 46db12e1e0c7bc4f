"""The list of forums."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from tovholder.directory.standing import SEES_PEOPLE
from tovholder.forums.forms import ForumFilter
from tovholder.forums.queries import dot, own_forum_ids, visible_to
from tovholder.forums.tables import forums
from tovholder.ui.download import exported
from tovholder.ui.typed import typed

PER_PAGE = 25


@typed("q")
def forum_list(request: HttpRequest, given: QueryDict) -> HttpResponseBase:
    today = timezone.localdate()
    here = Q(memberships__valid_until__isnull=True) | Q(memberships__valid_until__gte=today)
    found = (
        visible_to(request.user)
        .select_related("forum_type", "successor")
        .prefetch_related("districts")
        .annotate(people=Count("memberships", filter=here & Q(memberships__person__left_on__isnull=True)))
        .order_by("position", "pk")
    )
    own = own_forum_ids(request.user)
    shown = ForumFilter(given, queryset=found, own=own)
    if file := exported(request, forums(shown.qs)):
        return file
    page = Paginator(shown.qs, PER_PAGE).get_page(request.GET.get("side"))
    rows = [(forum, dot(each.position for each in forum.districts.all())) for forum in page]
    context = {
        "filter": shown,
        "page": page,
        "rows": rows,
        "own": own,
        "sees_people": request.user.has_role(*SEES_PEOPLE),
    }
    return render(request, "forums/list.html", context)
