"""Schools: known by name or key. People work in a school's organisation, which is made with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.accounts.models import User
from tovholder.directory.models import District, Organisation, OrganisationKind, School
from tovholder.imports.columns import Field, Record
from tovholder.imports.kinds.keys import Keys
from tovholder.imports.kinds.organisations import NO_DISTRICT, NO_KIND
from tovholder.imports.planning import CannotUse, Kind, Names, Plan, Wanted, folded

FIELDS = (
    Field("name", "Navn", ("skole", "skolenavn"), required=True, longest=120),
    Field("district", "Distrikt", ("område", "skoledistrikt"), longest=120,
          help="Navnet på et distrikt fra opsætningen. Skal stå ved nye skoler."),
    Field("kind", "Slags", ("type", "skoletype"), longest=120,
          help="For eksempel Folkeskole. Skal stå ved nye skoler, som ingen organisation har navn til fælles med."),
)  # fmt: skip


class SchoolMatcher:
    def __init__(self, by: User, lock: bool) -> None:
        live = {"retired_at__isnull": True}
        self._kinds = Names(OrganisationKind.objects.filter(**live), _(NO_KIND))
        self._districts = Names(District.objects.filter(**live), _(NO_DISTRICT))
        rows = School.objects.select_for_update(of=("self",)) if lock else School.objects.all()
        self._schools = Names(rows.filter(**live).select_related("district").order_by("pk"), "")
        self._organisations = Names(Organisation.objects.filter(school__isnull=True, **live), "")
        self._keys = Keys(School, Organisation)

    def match(self, record: Record) -> Wanted:
        name = str(record.get("name"))
        found = self._schools.find(name)
        values: dict[str, Any] = {}
        if district := record.get("district"):
            values["district"] = self._districts.get(district, "district")
        elif found is None:
            raise CannotUse("district", _("Skriv, hvilket distrikt skolen hører til."))
        kind = self._kinds.get(record.get("kind"), "kind") if record.get("kind") else None
        if found is None:
            values |= {"name": name, "organisation": self._workplace(name, kind, values["district"])}
        return Wanted(record, found.pk if found else ("new", folded(name)), name, values, found)

    def _workplace(self, name: str, kind: OrganisationKind | None, district: District) -> Organisation:
        """The organisation that has the school's name and is no school yet, else a new one, not saved."""
        if (there := self._organisations.find(name)) is not None:
            return there
        if kind is None:
            raise CannotUse("kind", _("Skriv, hvad det er for en slags skole, for eksempel Folkeskole."))
        return Organisation(name=name, kind=kind, district=district)

    def make(self, wanted: Wanted) -> School:
        key = self._keys.new(wanted.label)
        place = wanted.values["organisation"]
        if place.pk is None:
            place.key, place.position = key, self._keys.position()
        return School(key=key, position=self._keys.position(), **wanted.values)

    def check(self, plan: Plan) -> Iterable[tuple[int, CannotUse]]:
        return ()


SCHOOLS = Kind(
    key="skoler",
    title=gettext_lazy("Skoler"),
    one=gettext_lazy("skole"),
    lead=gettext_lazy("Skoler og deres distrikt. Skolens ansatte hentes ind som personer."),
    icon="student",
    fields=FIELDS,
    model=School,
    created="school.created",
    changed="school.changed",
    matcher=SchoolMatcher,
    words={"organisation": gettext_lazy("Arbejdsplads")},
)
