"""The filters of the triage list."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import F, QuerySet, Value
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tovholder.access.levels import Level
from tovholder.concerns.lists import FACES, ORDERS, Wanted
from tovholder.concerns.models import ConcernStatus, Team
from tovholder.directory.models import District
from tovholder.statements import Statement
from tovholder.ui.forms import TovholderForm


class FilterForm(TovholderForm):
    distrikt = forms.ChoiceField(label=_("Distrikt"), required=False)
    niveau = forms.ChoiceField(
        label=_("Niveau"), required=False, choices=[("", _("Alle niveauer")), *Level.choices]
    )
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Efter fanen")), *ConcernStatus.choices]
    )
    liste = forms.ChoiceField(label=_("På liste hos"), required=False)
    mine = forms.ChoiceField(
        label=_("Hvis"), required=False, choices=[("", _("Alles")), ("1", _("Kun mine"))]
    )
    orden = forms.ChoiceField(
        label=_("Sortér"),
        required=False,
        choices=[("ventet", _("Ventet længst")), ("nyeste", _("Nyeste")), ("grad", _("Mest bekymret"))],
    )
    vis = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = sorted(_CHOICES(), key=lambda row: (row[3], row[1]))
        districts, teams = ([row[1:3] for row in rows if row[0] == kind] for kind in ("district", "team"))
        self.fields["distrikt"].choices = [("", _("Alle mine")), *districts]  # type: ignore[attr-defined]
        self.fields["liste"].choices = [("", _("Alle")), *teams]  # type: ignore[attr-defined]


def _choices() -> QuerySet[Any, Any]:
    """The districts and the teams with lists, in one read."""
    found: list[Any] = [
        rows.order_by()
        .annotate(kind=Value(kind), row=F("pk"), said=F("name"), place=F("position"))
        .values_list("kind", "row", "said", "place")
        for kind, rows in (
            ("district", District.objects.filter(retired_at__isnull=True)),
            ("team", Team.objects.filter(retired_at__isnull=True, triages=False)),
        )
    ]
    return cast(QuerySet[Any, Any], found[0].union(found[1], all=True))


_CHOICES = Statement(_choices)


def wanted_from(given: QueryDict) -> Wanted:
    """Read the filters; what makes no sense counts as not given."""
    face, order = given.get("vis", ""), given.get("orden", "")
    level, status = given.get("niveau", ""), given.get("status", "")
    return Wanted(
        face=face if face in FACES else "nye",
        order=order if order in ORDERS else "ventet",
        district_id=_number(given.get("distrikt", "")),
        team_id=_number(given.get("liste", "")),
        level=level if level in Level.values else "",
        status=status if status in ConcernStatus.values else "",
        mine=given.get("mine") == "1",
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
