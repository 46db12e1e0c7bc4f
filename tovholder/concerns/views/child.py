"""Pages about the children of a concern. Every opening of a record is a line of the log."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tovholder.access.levels import Level
from tovholder.citizens.queries import rules_read_with
from tovholder.concerns import policy, queries
from tovholder.concerns.forms.child import AdultForm, IdentityForm, InformationForm, LookUpForm, PartForm
from tovholder.concerns.models import ConcernChild
from tovholder.concerns.services import children
from tovholder.concerns.services.prompting import child_prompts
from tovholder.concerns.services.seats import shown_seats
from tovholder.concerns.suspicion import is_by_family
from tovholder.concerns.views.child_frame import (
    case_of,
    child_address,
    crumbs,
    form_page,
    here,
    link_of,
    tell,
    whole_case_of,
    whole_link_of,
)

form_method = require_http_methods(["GET", "POST"])


@require_GET
def overview(request: HttpRequest, code: str) -> HttpResponse:
    """The children, the case team and what is to be remembered of them, on one page."""
    concern = whole_case_of(request, code)
    context = {
        "concern": concern,
        "panel": children.show_children_of(by=request.user, concern=concern, purpose="case"),
        "prompts": child_prompts(concern, rules=rules_read_with(concern)),
        "team": shown_seats(concern.case_team.all(), concern),
        "may_name": bool(policy.may_name(request.user, concern)),
        "may_triage": bool(policy.may_triage(request.user, concern)),
        "crumbs": here(crumbs(concern)),
    }
    return render(request, "concerns/child_overview.html", context)


@require_GET
def child(request: HttpRequest, code: str, child: str) -> HttpResponse:
    link = whole_link_of(request, code, child)
    concern, rules = link.concern, rules_read_with(link)
    shown, consents = children.show_whole_child(by=request.user, link=link, rules=rules)
    context = {
        "concern": concern,
        "link": link,
        "each": shown,
        "consents": consents,
        "prompts": [each for each in child_prompts(concern, only=link, rules=rules) if each.child_code],
        "may_triage": bool(policy.may_triage(request.user, concern)),
        "crumbs": here(crumbs(concern, link=link)),
    }
    return render(request, "concerns/child.html", context)


@require_GET
def address(request: HttpRequest, code: str, child: str) -> HttpResponse:
    """A protected address is shown by itself, to who asks for it, with a line of its own in the log."""
    concern = case_of(request, code)
    link = link_of(concern, child)
    shown = children.show_children_of(
        by=request.user, concern=concern, purpose="protected_address", only=link
    )[0]
    context = {
        "concern": concern,
        "link": link,
        "each": shown,
        "crumbs": crumbs(concern, _("Beskyttet adresse"), link=link),
    }
    return render(request, "concerns/child_address.html", context)


@form_method
def lay_on(request: HttpRequest, code: str) -> HttpResponse:
    """Triagers look the child up first; everybody else writes it down, and is told nothing of other records."""
    concern = case_of(request, code)
    policy.may_name(request.user, concern).require()
    if not policy.may_triage(request.user, concern):
        return redirect("children:new", code)
    form = LookUpForm(request.POST or None)
    hits = None
    if request.method == "POST" and form.is_valid():
        hits = children.look_up(by=request.user, concern=concern, identity=form.identity())
    context = {
        "concern": concern,
        "form": form,
        "hits": hits,
        "part_form": PartForm(auto_id=False),
        "crumbs": crumbs(concern, _("Læg et barn på")),
        "seen_by": queries.readers_of_all(concern),
    }
    return render(request, "concerns/child_lookup.html", context)


@form_method
def new(request: HttpRequest, code: str) -> HttpResponse:
    concern = case_of(request, code)
    policy.may_name(request.user, concern).require()
    form = IdentityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            link = children.register_child(
                by=request.user,
                concern=concern,
                identity=form.identity(),
                part=form.cleaned_data["part"],
            )
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("Barnet er på sagen."))
            return redirect("children:child", code, link.child.code)
    return form_page(
        request,
        form,
        title=_("Skriv barnet på sagen"),
        button=_("Læg barnet på sagen"),
        crumbs=crumbs(concern, _("Nyt barn")),
        cancel_url=reverse("children:overview", args=[code]),
        seen_by=queries.readers_of_all(concern),
        becomes_named=concern.level != Level.NAMED,
    )


@require_POST
def lay_known(request: HttpRequest, code: str, child: str) -> HttpResponse:
    concern = case_of(request, code)
    policy.may_triage(request.user, concern).require()
    proof = request.POST.get("fundet", "")
    known = children.known_child(by=request.user, concern=concern, code=child, proof=proof)
    if known is None:
        raise Http404
    form = PartForm(request.POST)
    part = form.cleaned_data["part"] if form.is_valid() else ConcernChild.Part.SUBJECT
    children.lay_known_child_on(by=request.user, concern=concern, child=known, part=part, proof=proof)
    messages.success(request, _("Barnet er på sagen."))
    return redirect("children:child", code, known.code)


@form_method
def change(request: HttpRequest, code: str, child: str) -> HttpResponse:
    concern = case_of(request, code)
    link = link_of(concern, child)
    shown = children.show_children_of(by=request.user, concern=concern, purpose="case", only=link)[0]
    form = IdentityForm(request.POST or None, initial=IdentityForm.start_from(shown.view, link.part))
    if request.method == "POST" and form.is_valid():
        try:
            children.change_child_of(
                by=request.user, concern=concern, child=link.child, identity=form.identity()
            )
            children.set_part(by=request.user, link=link, part=form.cleaned_data["part"])
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("Barnets oplysninger er rettet."))
            return redirect("children:child", code, child)
    return form_page(
        request,
        form,
        title=_("Ret barnets oplysninger"),
        button=_("Gem"),
        crumbs=crumbs(concern, _("Ret"), link=link),
        cancel_url=child_address(link),
    )


@form_method
def adult(request: HttpRequest, code: str, child: str, pk: int = 0) -> HttpResponse:
    """A new grown-up around the child, or one to be corrected."""
    concern = case_of(request, code)
    link = link_of(concern, child)
    row = get_object_or_404(link.child.adults, pk=pk) if pk else None
    initial, identified = {"standing": "custody"}, False if settings.FAMILY_SIGN_ON else None
    if row is not None:
        shown = children.show_children_of(by=request.user, concern=concern, purpose="case", only=link)[0]
        seen = next(each for each in shown.view.adults if each.id == pk)
        initial = {"name": seen.name.text, "contact": seen.contact.text, "standing": seen.standing}
        identified = seen.is_identified if settings.FAMILY_SIGN_ON else None
    form = AdultForm(request.POST or None, initial=initial, identified=identified)
    if request.method == "POST" and form.is_valid():
        try:
            children.write_adult(
                by=request.user, concern=concern, child=link.child, adult=row, **form.cleaned_data
            )
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("Den voksne er skrevet på."))
            return redirect("children:child", code, child)
    return form_page(
        request,
        form,
        title=_("Ret en voksen") if pk else _("Skriv en voksen på"),
        button=_("Gem"),
        crumbs=crumbs(concern, _("Voksen"), link=link),
        cancel_url=child_address(link),
    )


@form_method
def information(request: HttpRequest, code: str, child: str) -> HttpResponse:
    concern = case_of(request, code)
    link = link_of(concern, child)
    form = InformationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            children.answer_information(by=request.user, link=link, **form.cleaned_data)
        except ValidationError as fault:
            tell(form, fault)
        else:
            messages.success(request, _("Det er skrevet ned."))
            return redirect("children:child", code, child)
    lead = (
        _("Der er mistanke om vold i familien. Fortæl intet, før myndigheden siger til, og skriv det her.")
        if is_by_family(concern)
        else _("Forældrene, og den unge selv, skal have at vide, at I har oplysninger om barnet.")
    )
    return form_page(
        request,
        form,
        title=_("Har familien fået det at vide?"),
        lead=lead,
        button=_("Gem"),
        crumbs=crumbs(concern, _("Oplysning til familien"), link=link),
        cancel_url=child_address(link),
    )
