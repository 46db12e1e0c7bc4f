"""Pages about consents: given, withdrawn, scanned, and the form to print and sign."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tovholder.access.sharing.consents import months_before
from tovholder.citizens.queries import sharing_rules
from tovholder.citizens.services.consents import may_be_corrected
from tovholder.concerns.consent_form import Typed, consent_form
from tovholder.concerns.forms.consents import ConsentForm, ConsentPaperForm, ScanForm, WithdrawForm
from tovholder.concerns.models import ConcernChild
from tovholder.concerns.services import children, consenting
from tovholder.concerns.services.foreseeing import Foreseen
from tovholder.concerns.services.reading import note_listing
from tovholder.concerns.views.child_frame import (
    case_of,
    child_address,
    consent_of,
    crumbs,
    form_page,
    link_of,
    tell,
)
from tovholder.directory.queries import municipality_name
from tovholder.documents.typst import render_pdf
from tovholder.ui.forms import TovholderForm
from tovholder.ui.twice import FIELD, mark_of, was_shown

form_method = require_http_methods(["GET", "POST"])


@form_method
def new(request: HttpRequest, code: str, child: str) -> HttpResponse:
    concern = case_of(request, code)
    link = link_of(concern, child)
    shown = children.show_children_of(by=request.user, concern=concern, purpose="consent", only=link)[0]
    form = ConsentForm(request.POST or None, child=link.child, view=shown.view)
    if request.method == "POST" and form.is_valid():
        about: Any = {
            "concern": concern, "child": link.child, "facts": form.facts(), "texts": form.texts(),
        }  # fmt: skip
        try:
            if was_shown(request, form):
                consenting.give(by=request.user, **about)
                messages.success(request, _("Samtykket er skrevet ned."))
                return redirect("children:child", code, child)
            more = _looked_at(request, form, consenting.foresee_given(by=request.user, **about))
        except ValidationError as fault:
            tell(form, fault)
        else:
            return _new_page(request, form, link, named=form.cleaned_data["organisations"], **more)
    return _new_page(request, form, link)


def _looked_at(
    request: HttpRequest, form: TovholderForm, foreseen: Foreseen, standing: str = ""
) -> dict[str, Any]:
    """What follows of the form as it was sent, and the mark that lets just that be saved.

    The log is told of each concern that it says the readers and meetings of; what only was tried is undone by then.
    """
    note_listing(by=request.user, concerns=foreseen.concerns, purpose="consent")
    return {"foreseen": foreseen, "mark": mark_of(form, standing), "changed": FIELD in request.POST}


def _new_page(request: HttpRequest, form: ConsentForm, link: ConcernChild, **more: Any) -> HttpResponse:
    return form_page(
        request,
        form,
        title=_("Skriv et samtykke ned"),
        lead=_("Et samtykke er frivilligt, gælder kun det, det nævner, og kan altid trækkes tilbage."),
        button=_("Gem samtykket"),
        look_button=_("Se, hvem der får adgang"),
        action_url=reverse("children:consent_new", args=[link.concern.code, link.child.code]),
        paper_url=reverse("children:consent_print", args=[link.concern.code, link.child.code]),
        crumbs=crumbs(link.concern, _("Nyt samtykke"), link=link),
        cancel_url=child_address(link),
        **more,
    )


@form_method
def correct(request: HttpRequest, code: str, child: str, pk: int) -> HttpResponse:
    """A consent that was wrongly written: the page says what is changed and what follows, before it is saved."""
    concern = case_of(request, code)
    link = link_of(concern, child)
    consent = consent_of(link, pk)
    may_be_corrected(consent).require()
    shown, view, seen = consenting.show_to_correct(by=request.user, link=link, consent=consent)
    form = ConsentForm(
        request.POST or None,
        child=link.child,
        view=shown,
        consent=consent,
        initial=ConsentForm.start_from(consent, view),
    )
    more: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        about: Any = {
            "concern": concern, "consent": consent, "facts": form.facts(), "texts": form.texts(), "seen": seen,
        }  # fmt: skip
        try:
            if was_shown(request, form, seen):
                consenting.correct(by=request.user, **about)
                messages.success(request, _("Samtykket er rettet. I forløbet står, hvad der stod før."))
                return redirect("children:child", code, child)
            foreseen, corrected = consenting.foresee_corrected(by=request.user, **about)
        except ValidationError as fault:
            tell(form, fault)
        else:
            fresh = [each for each in form.cleaned_data["organisations"] if each.pk not in corrected.named]
            more = {"corrections": corrected.lines, "named": fresh}
            more |= _looked_at(request, form, foreseen, seen)
    return form_page(
        request,
        form,
        title=_("Ret samtykket"),
        lead=_(
            "Ret kun det, der er skrevet forkert. Har familien ombestemt sig, så træk samtykket tilbage, og skriv et nyt."
        ),
        button=_("Gem rettelsen"),
        look_button=_("Se, hvad der ændrer sig"),
        crumbs=crumbs(concern, _("Ret samtykke"), link=link),
        cancel_url=child_address(link),
        **more,
    )


@require_POST
def print_typed(request: HttpRequest, code: str, child: str) -> HttpResponse:
    """The form to sign with what has been typed of a consent. It is posted, so that it stands in no address; nothing is kept."""
    concern = case_of(request, code)
    link = link_of(concern, child)
    shown = children.show_children_of(by=request.user, concern=concern, purpose="consent_form", only=link)[0]
    form = ConsentPaperForm(request.POST, child=link.child, view=shown.view)
    if not form.is_valid():
        return _new_page(request, form, link)
    told, given = form.cleaned_data, form.cleaned_data["given"] or timezone.localdate()
    return _paper(
        Typed(
            case=str(concern),
            child=str(shown.view.name),
            organisations=[each.name for each in told["organisations"]],
            kinds=told["kinds"],
            purpose=told["purpose"],
            expires=told["expires"],
            review=months_before(given, -sharing_rules().consent_review_months),
        )
    )


@form_method
def withdraw(request: HttpRequest, code: str, child: str, pk: int) -> HttpResponse:
    concern = case_of(request, code)
    link = link_of(concern, child)
    consent = consent_of(link, pk)
    form = WithdrawForm(request.POST or None)
    more: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        about: Any = {"concern": concern, "consent": consent, "on": form.cleaned_data["on"]}
        try:
            if was_shown(request, form):
                consenting.withdraw(by=request.user, **about)
                messages.success(request, _("Samtykket er trukket tilbage. Det, det åbnede, er lukket."))
                return redirect("children:child", code, child)
            more = _looked_at(request, form, consenting.foresee_withdrawn(by=request.user, **about))
        except ValidationError as fault:
            tell(form, fault)
    if not more:
        note_listing(by=request.user, concerns=[concern], purpose="consent")
    return form_page(
        request,
        form,
        title=_("Træk samtykket tilbage"),
        lead=_(
            "Fra næste klik ser ingen mere, end de kan uden samtykket. Det, der allerede står i "
            "godkendte referater, bliver stående."
        ),
        button=_("Træk samtykket tilbage"),
        look_button=_("Se, hvem der mister adgang"),
        danger=True,
        crumbs=crumbs(concern, _("Træk samtykke tilbage"), link=link),
        cancel_url=child_address(link),
        **more,
    )


@form_method
def scan(request: HttpRequest, code: str, child: str, pk: int) -> HttpResponse:
    concern = case_of(request, code)
    link = link_of(concern, child)
    consent = consent_of(link, pk)
    form = ScanForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            consenting.add_scan(
                by=request.user, concern=concern, consent=consent, upload=form.cleaned_data["file"]
            )
        except ValidationError as fault:
            form.add_error("file", fault)
        else:
            messages.success(request, _("Den underskrevne formular er lagt ind."))
            return redirect("children:child", code, child)
    return form_page(
        request,
        form,
        title=_("Læg den underskrevne formular ind"),
        button=_("Læg ind"),
        crumbs=crumbs(concern, _("Underskrevet formular"), link=link),
        cancel_url=child_address(link),
        upload=True,
    )


@require_GET
def scan_file(request: HttpRequest, code: str, child: str, pk: int) -> HttpResponse:
    """The scan as a download that no browser opens in our name and no cache keeps."""
    concern = case_of(request, code)
    link = link_of(concern, child)
    row = getattr(consent_of(link, pk), "scan", None)
    if row is None:
        raise Http404
    opened = consenting.open_scan(by=request.user, concern=concern, scan=row)
    if opened.fault:
        messages.error(request, opened.fault)
        return redirect("children:child", code, child)
    response = HttpResponse(opened.content, content_type=opened.content_type)
    response["Content-Disposition"] = f'attachment; filename="samtykke-{pk}.{opened.extension}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """The form to print and sign. It holds nothing about anybody: names are written on paper."""
    case_of(request, code)
    return _paper()


def _paper(typed: Typed | None = None) -> HttpResponse:
    pdf = render_pdf("consent", consent_form(municipality_name(), typed))
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="samtykke.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
