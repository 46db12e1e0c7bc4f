"""The search page. What people type stands in no address: it waits in the session under a number."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from tovholder.search.forms import SearchForm
from tovholder.search.guessing import did_you_mean
from tovholder.search.models import Kind
from tovholder.search.queries import PER_PAGE, find, search
from tovholder.search.showing import TYPES, hit
from tovholder.ui.typed import recall, remember

PEOPLE_SHOWN = 3


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    return render(request, "search/start.html", {"types": TYPES})


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Remember what was typed, and lead to the page of it: Back and reload then work, and no log sees it."""
    form = SearchForm(request.POST)
    if not form.is_valid():
        return render(request, "search/start.html", {"types": TYPES, "form": form}, status=422)
    text = form.cleaned_data["q"].strip()
    if not text:
        return redirect("search:start")
    return redirect("search:results", remember(request, {"search": text}))


@require_GET
def results(request: HttpRequest, number: int) -> HttpResponse:
    text = (recall(request, number) or {}).get("search")
    if text is None:
        return render(request, "search/start.html", {"types": TYPES, "forgotten": True}, status=404)
    chosen = request.GET.get("type", "")
    kinds = TYPES[chosen][1] if chosen in TYPES else ()
    page = _number(request.GET.get("side"))
    found = search(request.user, text, kinds=kinds, page=page)
    if page > 1 and found.count and not found.entries:  # an address from when there were more
        return redirect(f"{request.path}?{urlencode({'type': chosen})}" if kinds else request.path)
    context = {
        "search_text": text,
        "found": found,
        "hits": [hit(entry, found.asked) for entry in found.entries],
        "people": [],
        "meant": did_you_mean(request.user, text, found) if page == 1 else "",
        "types": TYPES,
        "chosen": chosen if kinds else "",
        "page_obj": Paginator(range(found.count), PER_PAGE).get_page(page),
    }
    if page == 1 and not kinds and found.count > PER_PAGE:
        # Forums and people have no date, so they come last: a name is what many look for, so three stand first too.
        named = find(request.user, text, kinds=(Kind.FORUM, Kind.PERSON), per_page=PEOPLE_SHOWN)
        context["people"] = [hit(entry, named.asked) for entry in named.entries]
    return render(request, "search/results.html", context)


def _number(given: str | None) -> int:
    """Return the page asked for; nonsense is the first."""
    return int(given) if given in {"1", "2", "3", "4", "5"} else 1
