"""The child's own words: written with a deliberate choice whether parents may see them, which can be made anew."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tovholder.concerns.forms.working import ChildsWordsForm
from tovholder.concerns.models import Entry
from tovholder.concerns.queries import living_children, readers_of_all
from tovholder.concerns.services import childs_words
from tovholder.concerns.views.concern import readable
from tovholder.concerns.views.steps import saved, step_page
from tovholder.ui.naming import listed


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, code: str) -> HttpResponse:
    found = readable(request, code)
    children = [each.child for each in living_children(found)]
    form = ChildsWordsForm(request.POST or None, concern=found, children=children)
    if form.is_valid() and saved(
        form, childs_words.write_childs_words, by=request.user, concern=found, **form.values()
    ):
        messages.success(request, _("Barnets egne ord er gemt."))
        return redirect("concerns:course", code)
    who = listed([each.name for each in readers_of_all(found)])
    lead = _(
        "Læses af dem, der arbejder med sagen: %(who)s. Vises ikke for forældre, medmindre barnet er indforstået."
    )
    title = _("Skriv barnets egne ord")
    return step_page(request, found, form, title=title, button=_("Gem barnets ord"), lead=lead % {"who": who})


@require_POST
def agree(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Write that the child agrees that parents see the words, or no longer does."""
    found = readable(request, code)
    entries = Entry.objects.filter(concern=found, kind=Entry.Kind.CHILD_VIEW).select_related("concern")
    entry = get_object_or_404(entries, pk=pk)
    agrees = request.POST.get("enig") == "1"
    childs_words.set_agreement(by=request.user, entry=entry, agrees=agrees)
    messages.success(request, childs_words.said_of(agrees))
    return redirect("concerns:course", code)
