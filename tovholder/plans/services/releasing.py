"""The page of who does what is released to the child's family, as it stands: later changes are released anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.citizens.services.safe import Safe
from tovholder.concerns import policy as concerns
from tovholder.concerns.models import Concern
from tovholder.concerns.services.family_texts import childs_words, holds, may_reach_family
from tovholder.plans.models import CasePlan, PlanRelease
from tovholder.plans.services.case_plans import must_be_open
from tovholder.plans.services.plan_reading import PlanView, show_plan
from tovholder.plans.services.who_does_what import plan_document


@transaction.atomic
def release_plan(*, by: User, plan: CasePlan) -> PlanRelease:
    """Let the family read the page of who does what as it stands now. Raises Refused, ValidationError by field.

    Not before the plan is ready, never to a family of whom somebody is suspected, and not with the child's own words unless
    its yes is written beside them; those that it agrees to stand on the page.
    """
    concerns.may_work(by, plan.concern).require()
    plan = CasePlan.objects.select_for_update(of=("self",)).select_related("concern", "child").get(pk=plan.pk)
    must_be_open(plan)
    may_reach_family(plan.concern).require()
    view = show_plan(by=by, plan=plan, purpose="release of the plan")
    if not view.is_ready:
        raise ValidationError(
            _("Indsatsaftalen er ikke klar: alle indsatser skal have en ansvarlig og en frist.")
        )
    if _tells_for_the_child(view):
        raise ValidationError(
            _(
                "Siden rummer barnets egne ord. Skriv først ved ordene, i forløbet eller ved mødet, at barnet er indforstået."
            )
        )
    release = PlanRelease.objects.filter(plan=plan).first() or PlanRelease(plan=plan)
    release.plan = plan
    release.at, release.by, release.plan_version = timezone.now(), by.audit_key, plan.version
    page = asdict(plan_document(view, "")) | {"childs_words": view.shared_words}
    Safe.of([release]).write(release, text=json.dumps(page))
    release.save()
    record(by=by, action="case_plan.released", obj=plan.concern, details={"plan": plan.pk})
    return release


def _tells_for_the_child(view: PlanView) -> bool:
    efforts = [str(part) for each in view.efforts for part in (each.words, each.sign_of_progress)]
    text = "\n".join([str(view.goals), *efforts, *view.shared_words])
    return any(holds(text, words) for words in childs_words(view.plan.concern, view.plan.child))


@transaction.atomic
def take_release_back(*, by: User, plan: CasePlan) -> None:
    """Let the family read the page no longer, from the next request on. Raises Refused."""
    concerns.may_work(by, plan.concern).require()
    deleted, _tables = PlanRelease.objects.filter(plan=plan).delete()
    if deleted:
        record(by=by, action="case_plan.release_taken_back", obj=plan.concern, details={"plan": plan.pk})


def take_words_back(*, by: User, concern: Concern, words: str) -> None:
    """Take back each page about the concern with these words of the child's in it, in the caller's transaction.

    The caller has asked whether the user may (`settings.WORDS_TAKEN_BACK`).
    """
    for release, page in _released(concern):
        # What stands there as the child's own is found however short it is.
        if words in page.get("childs_words", []) or holds(_text_of(page), words):
            details = {"plan": release.plan_id}
            release.delete()
            record(by=by, action="case_plan.release_taken_back", obj=concern, details=details)


def released_texts(concern: Concern) -> list[str]:
    """Return the text of each released page about the concern (`settings.WORDS_RELEASED`)."""
    return [_text_of(page) for _release, page in _released(concern)]


def _released(concern: Concern) -> list[tuple[PlanRelease, dict[str, Any]]]:
    releases = list(PlanRelease.objects.filter(plan__concern=concern).select_related("plan__concern"))
    safe = Safe.of(releases)
    return [(each, json.loads(safe.read(each, "text").text or "{}")) for each in releases]


def _text_of(page: dict[str, Any]) -> str:
    return " ".join(_texts_in(page))


def _texts_in(page: Any) -> Iterator[str]:
    """Return every text of a page that was released as plain data."""
    if isinstance(page, str):
        yield page
    elif isinstance(page, (dict, list)):
        for each in page.values() if isinstance(page, dict) else page:
            yield from _texts_in(each)


def released_page(release: PlanRelease) -> dict[str, Any]:
    """Open the page as it was released, as plain data; nothing where it cannot be read. The caller has asked and logs."""
    text = Safe.of([release]).read(release, "text").text
    page: dict[str, Any] = json.loads(text) if text else {}
    return page
