"""Two records become one, a child is erased, and the log of a child for its family."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from tovholder.citizens.models import Child
from tovholder.citizens.services.children import ChildView
from tovholder.citizens.services.unmerging import latest_undo, may_be_parted
from tovholder.concerns import policy
from tovholder.concerns.forms.child import EraseForm, MergeForm, RewriteForm
from tovholder.concerns.models import Concern, ConcernChild
from tovholder.concerns.services import access_log, children, erasing, rewriting
from tovholder.concerns.services.reading import note_listing
from tovholder.concerns.views.child_frame import (
    case_of,
    child_address,
    crumbs,
    form_page,
    link_of,
    tell,
)
from tovholder.ui.tables import as_csv

form_method = require_http_methods(["GET", "POST"])
LABELS = {
    "seen": gettext_lazy("Hvad er set"),
    "since": gettext_lazy("Siden hvornår"),
    "tried": gettext_lazy("Hvad er prøvet"),
    "works": gettext_lazy("Hvad virker"),
    "offence": gettext_lazy("Strafbart forhold"),
    "outcome": gettext_lazy("Udfald"),
    "own_risk": gettext_lazy("Egne ord om det, der bekymrer, ét på hver linje"),
    "own_protective": gettext_lazy("Egne ord om det, der virker, ét på hver linje"),
}


@form_method
def merge(request: HttpRequest, code: str, child: str, other: str) -> HttpResponse:
    """Both records side by side: which stands, and who each grown-up is, is asked and not guessed."""
    concern = case_of(request, code)
    policy.may_triage(request.user, concern).require()
    link, stays, goes = _both(request, concern, child, other)
    kept, gone = children.show_both(by=request.user, concern=concern, one=stays, other=goes)
    form = MergeForm(request.POST or None, kept=kept, gone=gone)
    if request.method == "POST" and form.is_valid():
        try:
            children.merge(by=request.user, concern=concern, kept=stays, gone=goes, answers=form.answers())
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("De to er nu ét barn."))
            return redirect("children:child", code, child)
    seen_by, listed, others = children.seen_after_merge(by=request.user, kept=stays, gone=goes)
    note_listing(by=request.user, concerns=listed, purpose="merge")
    context = {
        "concern": concern,
        "seen_by": seen_by,
        "others": others,
        "link": link,
        "kept": kept,
        "gone": gone,
        "form": form,
        "crumbs": crumbs(concern, _("Saml"), link=link),
        "cancel_url": child_address(link),
        "custody_differs": _custody(kept) != _custody(gone),
        "undo_days": children.can_be_undone(stays, goes),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "concerns/child_merge.html", context, status=status)


def _both(request: HttpRequest, concern: Concern, stays: str, goes: str) -> tuple[ConcernChild, Child, Child]:
    """Return which of the two is on the case, the record that stays and the one that goes; one at least is on it, else 404.

    Which of them stands first is chosen: the record that is known from another case can be the better one.
    """
    on_case = concern.concern_children.filter(child__code__in=[stays, goes], child__erased_at__isnull=True)
    links = {each.child.code: each for each in on_case.select_related("child", "information", "concern")}
    link = links.get(stays) or links.get(goes)
    if link is None:
        raise Http404
    twin = children.twin_of(
        by=request.user, child=link.child, code=goes if link.child.code == stays else stays
    )
    if twin is None:
        raise Http404
    return (link, link.child, twin) if link.child.code == stays else (link, twin, link.child)


@form_method
def part(request: HttpRequest, code: str, child: str) -> HttpResponse:
    """Part two records again that were laid together by mistake, while that can be done."""
    concern = case_of(request, code)
    policy.may_triage(request.user, concern).require()
    link = link_of(concern, child)
    undo = latest_undo(link.child)
    if undo is None:
        raise Http404
    if not (decision := may_be_parted(undo)):
        messages.warning(request, decision.reason)
        return redirect("children:child", code, child)
    if request.method == "POST":
        gone = children.part(by=request.user, concern=concern, child=link.child)
        messages.success(request, _("De to er skilt igen. Den anden er %(code)s.") % {"code": gone.code})
        still = concern.concern_children.filter(child=link.child_id).exists()
        return redirect("children:child", code, child) if still else redirect("children:overview", code)
    context = {
        "title": _("Skil de to oprettelser igen?"),
        "text": _("Det, der hørte til hver, går tilbage, med det, I har rettet i det siden."),
        "button": _("Skil dem"),
        "cancel_url": child_address(link),
        "crumbs": crumbs(concern, _("Skil igen"), link=link),
    }
    return render(request, "ui/confirm.html", context)


def _custody(view: ChildView) -> set[str]:
    return {str(each.name) for each in view.adults if each.standing == "custody"}


@form_method
def erase(request: HttpRequest, code: str, child: str) -> HttpResponse:
    concern = case_of(request, code)
    policy.may_triage(request.user, concern).require()
    link = link_of(concern, child)
    erasing.may_erase(request.user, link.child).require()
    plan = erasing.look_before_erasing(link.child)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and not plan.to_rewrite and form.is_valid():
        erasing.erase_child(by=request.user, child=link.child)
        messages.success(request, _("Barnet er slettet. Oplysningerne kan ikke længere læses."))
        ended = Concern.objects.filter(pk=concern.pk, erased_at__isnull=False).exists()
        return redirect("/") if ended else redirect("children:overview", code)
    context = {
        "concern": concern,
        "link": link,
        "plan": plan,
        "form": form,
        "crumbs": crumbs(concern, _("Slet"), link=link),
        "cancel_url": child_address(link),
    }
    return render(request, "concerns/child_erase.html", context)


@form_method
def rewrite(request: HttpRequest, code: str, child: str, other: str) -> HttpResponse:
    """The texts of a concern about several are written anew without the child who is to be erased."""
    concern = case_of(request, code)
    policy.may_triage(request.user, concern).require()
    link = link_of(concern, child)
    about = link_of(case_of(request, other), child)
    texts = rewriting.texts_to_rewrite(by=request.user, concern=about.concern)
    labels = LABELS | _moments(about.concern)
    form = RewriteForm(request.POST or None, texts=texts, labels=labels)
    if request.method == "POST" and form.is_valid():
        told = {name: form.cleaned_data[name] for name in texts if not texts[name].fault}
        rewriting.rewrite(by=request.user, link=about, texts=told)
        messages.success(request, _("Teksterne er skrevet om."))
        return redirect("children:erase", code, child)
    return form_page(
        request,
        form,
        title=_("Skriv %(case)s om uden barnet") % {"case": about.concern},
        lead=_("Sagen handler om flere børn. Fjern alt, der fortæller om det barn, der skal slettes."),
        button=_("Gem de nye tekster"),
        crumbs=crumbs(concern, _("Slet"), link=link),
        cancel_url=reverse("children:erase", args=[code, child]),
    )


def _moments(concern: Concern) -> dict[str, str]:
    """Return what each note, question and answer is called in the form: what it is, and its day."""

    def called(what: str, at: datetime | None) -> str:
        return f"{what} {timezone.localtime(at):%d.%m.%Y}" if at else what

    found = {f"entry_{each.pk}": called(_("Notat"), each.at) for each in concern.entries.all()}
    for each in concern.questions.all():
        found[f"question_{each.pk}"] = called(_("Spørgsmål"), each.asked_at)
        found[f"answer_{each.pk}"] = called(_("Svar"), each.answered_at)
    return found


@require_GET
def log(request: HttpRequest, code: str, child: str) -> StreamingHttpResponse:
    """The log of the child as a file, without names of staff, for the family's right of access."""
    concern = case_of(request, code)
    link = link_of(concern, child)
    lines = access_log.child_log(by=request.user, concern=concern, child=link.child)
    rows = ([f"{timezone.localtime(x.at):%d.%m.%Y %H:%M}", x.what, x.purpose, x.ground] for x in lines)
    response = StreamingHttpResponse(
        as_csv(access_log.headings(), rows), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="log-{link.child.code}.csv"'
    return response
