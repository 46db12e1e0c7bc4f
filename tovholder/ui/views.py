"""The component gallery (DEBUG only)."""

from __future__ import annotations

from datetime import date

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tovholder.ui.forms import TovholderForm
from tovholder.ui.icons import ICONS


class SampleForm(TovholderForm):
    """One field of each kind."""

    title = forms.CharField(label="Titel", help_text="Skriv, så alle i forummet forstår det.")
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    day = forms.DateField(label="Dag")
    clock = forms.TimeField(label="Klokken", required=False)
    forum = forms.ChoiceField(label="Forum", choices=[("", "Vælg"), ("v", "Netværk Vester")])
    answer = forms.ChoiceField(
        label="Kommer du?", choices=[("j", "Ja"), ("n", "Nej")], widget=forms.RadioSelect
    )
    who = forms.MultipleChoiceField(
        label="Hvem er med?",
        choices=[("a", "Anna"), ("b", "Bo")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    read = forms.BooleanField(
        label="Jeg har læst referatet", help_text="Du kan rette det bagefter.", required=False
    )
    file = forms.FileField(label="Bilag", required=False)


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component with sample data, the form both untouched and with errors."""
    context = {
        "form": SampleForm(prefix="ren"),
        "wrong": SampleForm({"fejl-title": "010203-1234"}, prefix="fejl"),
        "today": date(2026, 3, 10),
        "other_day": date(2026, 3, 17),
        "people": ["Anna", "Bo", "Carla"],
        "crumbs": [("Møder", "/"), ("Netværk Vester", "/"), ("10. marts", "")],
        "page_obj": Paginator(range(100), 10).get_page(request.GET.get("side")),
        "icons": sorted(ICONS),
    }
    return render(request, "ui/gallery.html", context)
