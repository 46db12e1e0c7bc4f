"""How the pages about a concern's children find what they show, and what they all need."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.citizens.models import Consent, MergeUndo
from tovholder.citizens.queries import rules_beside, with_everything
from tovholder.concerns.models import CaseTeamMember, Concern, ConcernChild
from tovholder.concerns.policy import Part
from tovholder.concerns.queries import visible_to
from tovholder.concerns.suspicion import by_family

Crumbs = list[tuple[str, str]]


def case_of(request: HttpRequest, code: str) -> Concern:
    """Return the concern for who may read all of it; for everybody else there is none."""
    return get_object_or_404(visible_to(request.user, Part.ALL), code=code)


def whole_case_of(request: HttpRequest, code: str) -> Concern:
    """Return the same with its team and its children, for a page that shows them and changes nothing."""
    children = ConcernChild.objects.select_related("child", "information")
    children = children.prefetch_related(*with_everything("child__"))
    found = visible_to(request.user, Part.ALL).annotate(by_family=by_family(), **rules_beside())
    found = found.prefetch_related(Prefetch("concern_children", children), _team())
    return get_object_or_404(found, code=code)


def whole_link_of(request: HttpRequest, code: str, child_code: str) -> ConcernChild:
    """Return a living child with its concern and all that a page about it shows, in one read of each; else 404."""
    links = ConcernChild.objects.filter(concern__in=visible_to(request.user, Part.ALL), concern__code=code)
    undo = MergeUndo.objects.filter(merge__kept=OuterRef("child"), until__gt=timezone.now())
    links = links.select_related("child", "information", "concern").annotate(
        by_family=by_family("concern"), can_be_parted=Exists(undo), **rules_beside()
    )
    links = links.prefetch_related(*with_everything("child__"), _team("concern__"))
    link = get_object_or_404(links, child__code=child_code, child__erased_at__isnull=True)
    link.concern.by_family = link.by_family  # type: ignore[attr-defined]
    return link


def _team(path: str = "") -> Prefetch[Any]:
    seats = CaseTeamMember.objects.filter(until_at__isnull=True).order_by("from_at", "pk")
    return Prefetch(f"{path}case_team", seats.select_related("person__organisation"))


def link_of(concern: Concern, child_code: str) -> ConcernChild:
    """Return a living child of this concern, else 404."""
    links = concern.concern_children.select_related("child", "information", "concern")
    return get_object_or_404(links, child__code=child_code, child__erased_at__isnull=True)


def consent_of(link: ConcernChild, pk: int) -> Consent:
    """Return a consent of this child, else 404."""
    return get_object_or_404(link.child.consents.select_related("child", "giver", "scan"), pk=pk)


def case_address(concern: Concern) -> str:
    """The page of the concern itself, or of its children where there is none."""
    try:
        return reverse("concerns:concern", args=[concern.code])
    except NoReverseMatch:
        return reverse("children:overview", args=[concern.code])


def child_address(link: ConcernChild) -> str:
    return reverse("children:child", args=[link.concern.code, link.child.code])


def crumbs(concern: Concern, *more: str, link: ConcernChild | None = None) -> Crumbs:
    """Return the way to a page: codes only, since it stands outside the opened record."""
    found: Crumbs = [(str(concern), case_address(concern))]
    found.append((_("Barn, samtykke og team"), reverse("children:overview", args=[concern.code])))
    if link is not None:
        found.append((_("Barnet %(code)s") % {"code": link.child.code}, child_address(link)))
    return found + [(label, "") for label in more]


def here(found: Crumbs) -> Crumbs:
    """Make the last of the way the page itself."""
    return [*found[:-1], (found[-1][0], "")]


def form_page(request: HttpRequest, form: forms.Form, **context: Any) -> HttpResponse:
    """Show the page of one form. Context: title, button, crumbs, cancel_url; lead, upload, seen_by."""
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "concerns/child_form.html", {"form": form, **context}, status=status)


def tell(form: forms.Form, fault: ValidationError) -> None:
    """Say what a service found, at its field where the form has it."""
    if not hasattr(fault, "error_dict"):
        form.add_error(None, fault)
        return
    for name, errors in fault.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
