""" "Må vi dele?": the sharing rules, tried on one case. Stores nothing, logs nothing about anybody, asks for no name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from tovholder.access.bases import LegalBasis
from tovholder.access.sharing import Assessment, Case, assess
from tovholder.access.sharing.sentences import SENTENCES
from tovholder.citizens.queries import sharing_rules
from tovholder.concerns import policy
from tovholder.concerns.forms.sharing import (
    MOST_CONSENTS,
    MOST_PEOPLE,
    OPEN,
    CaseForm,
    ConsentRows,
    PersonRows,
    arrange,
    read_case,
)
from tovholder.concerns.mending import mends
from tovholder.concerns.standing import rules

# How many empty rows a click gives, and how many rows there can be.
MORE = {"deltager": (4, MOST_PEOPLE), "samtykke": (1, MOST_CONSENTS)}
ROW = re.compile(r"(deltager|samtykke)-\d{1,2}")
COVERED_BY = {
    "not_needed": _("Punktet nævner ingen ved navn"),
    "own_case": _("Det er deres egen sag"),
    "consent": _("Nævnt i et gyldigt samtykke"),
    "none": _("Ikke dækket af grundlaget og ikke nævnt i et samtykke"),
}


@dataclass(frozen=True)
class Group:
    """Those in the room of whom the rules say the same."""

    covered: bool
    why: str
    who: list[str]


@require_http_methods(["GET", "POST"])
def may_we_share(request: HttpRequest) -> HttpResponse:
    policy.may_raise(request.user).require()
    told, more = _told(request)
    form = CaseForm(told)
    people = PersonRows(told, prefix="deltager")
    consents = ConsentRows(told, prefix="samtykke")
    context: dict[str, object] = {"form": form, "people": people, "consents": consents}
    valid = all([form.is_valid(), people.is_valid(), consents.is_valid()])
    if request.method == "POST" and valid and not more:
        case = read_case(form, people, consents)
        answer = assess(case, sharing_rules())
        context |= {
            "answer": answer,
            "groups": _groups(case, answer),
            "warnings": [SENTENCES[code].text for code in answer.warnings],
            "mends": mends(case, answer),
            "notify": answer.code == "notify_at_once",
            "setting": rules(),
        }
    context["more"] = more
    status = 422 if request.method == "POST" and not valid and not more else 200
    return render(request, "concerns/sharing.html", context, status=status)


def _told(request: HttpRequest) -> tuple[QueryDict | None, bool]:
    """What was filled in; with rows more, or one opened, where that was asked for."""
    if request.method != "POST":
        return None, False
    told, asked = request.POST.copy(), request.POST.get("flere", "")
    opened = ROW.fullmatch(request.POST.get("ret", ""))
    if opened is not None:
        told[f"{opened[0]}-{OPEN}"] = "1"
    for prefix, (step, most) in MORE.items():
        arrange(told, prefix, blank=step if asked == prefix else 1, most=most)
    return told, asked in MORE or opened is not None


def _groups(case: Case, answer: Assessment) -> list[Group]:
    """Gather those in the room by what the rules say of them, those whom it closes to first."""
    found: dict[str, list[str]] = {}
    for each in case.participants:
        named = " · ".join(filter(None, [str(each.kind.label), each.organisation]))
        found.setdefault(answer.coverage[each.id], []).append(named)
    groups = [Group(coverage != "none", _why(coverage), who) for coverage, who in found.items()]
    return sorted(groups, key=lambda each: each.covered)


def _why(coverage: str) -> str:
    if coverage in COVERED_BY:
        return str(COVERED_BY[coverage])
    return str(LegalBasis(coverage).label)
