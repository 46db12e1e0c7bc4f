""" "Må vi dele?": the sharing rules, tried on one case. Stores nothing, logs nothing about anybody, asks for no name."""

from __future__ import annotations

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
    CaseForm,
    ConsentRows,
    PersonRows,
    read_case,
)
from tovholder.concerns.mending import mends
from tovholder.concerns.standing import rules

# How many rows more a click gives, and how many there can be.
MORE = {"deltager": (4, MOST_PEOPLE), "samtykke": (1, MOST_CONSENTS)}
COVERED_BY = {
    "not_needed": _("Punktet nævner ingen ved navn"),
    "own_case": _("Det er deres egen sag"),
    "consent": _("Nævnt i et gyldigt samtykke"),
    "none": _("Ikke dækket af grundlaget og ikke nævnt i et samtykke"),
}


@dataclass(frozen=True)
class PersonLine:
    """What the rules say of one in the room."""

    what: str
    organisation: str
    covered: bool
    why: str


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
            "lines": _lines(case, answer),
            "warnings": [SENTENCES[code].text for code in answer.warnings],
            "mends": mends(case, answer),
            "notify": answer.code == "notify_at_once",
            "setting": rules(),
        }
    context["more"] = more
    status = 422 if request.method == "POST" and not valid and not more else 200
    return render(request, "concerns/sharing.html", context, status=status)


def _told(request: HttpRequest) -> tuple[QueryDict | None, bool]:
    """What was filled in, with rows more where they were asked for."""
    if request.method != "POST":
        return None, False
    told, asked = request.POST.copy(), request.POST.get("flere", "")
    if asked in MORE:
        rows = told.get(f"{asked}-TOTAL_FORMS", "")
        step, most = MORE[asked]
        if rows.isdecimal() and len(rows) < 4:
            told[f"{asked}-TOTAL_FORMS"] = str(min(int(rows) + step, most))
    return told, asked in MORE


def _lines(case: Case, answer: Assessment) -> list[PersonLine]:
    return [
        PersonLine(
            str(each.kind.label),
            each.organisation or "",
            answer.coverage[each.id] != "none",
            _why(answer.coverage[each.id]),
        )
        for each in case.participants
    ]


def _why(coverage: str) -> str:
    if coverage in COVERED_BY:
        return str(COVERED_BY[coverage])
    return str(LegalBasis(coverage).label)
