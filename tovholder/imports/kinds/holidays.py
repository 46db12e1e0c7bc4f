"""School holidays: known by name and the year they begin in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.accounts.models import User
from tovholder.directory.models import SchoolHoliday
from tovholder.imports.columns import Field, Record
from tovholder.imports.kinds.keys import Keys
from tovholder.imports.planning import CannotUse, Kind, Plan, Wanted, folded

LONGEST = timedelta(days=100)
FIELDS = (
    Field("name", "Ferie", ("navn", "ferienavn", "skoleferie", "lukkedag"), required=True, longest=120),
    Field("starts_on", "Fra", ("første dag", "første feriedag", "fra dato", "start", "startdato"), reads="date", required=True),
    Field("ends_on", "Til og med", ("til", "sidste dag", "sidste feriedag", "til dato", "slut", "slutdato"), reads="date", required=True),
)  # fmt: skip


class HolidayMatcher:
    def __init__(self, by: User, lock: bool) -> None:
        rows = SchoolHoliday.objects.select_for_update() if lock else SchoolHoliday.objects.all()
        live = rows.filter(retired_at__isnull=True)
        self._rows = {(folded(row.name), row.starts_on.year): row for row in live}
        self._keys = Keys(SchoolHoliday)

    def match(self, record: Record) -> Wanted:
        name, first, last = str(record.get("name")), record.get("starts_on"), record.get("ends_on")
        if last < first:
            raise CannotUse("ends_on", _("Sidste dag kan ikke ligge før den første."))
        if last - first > LONGEST:
            raise CannotUse("ends_on", _("Ferien er på over 100 dage. Ret datoerne."))
        identity = (folded(name), first.year)
        found = self._rows.get(identity)
        values: dict[str, Any] = {"starts_on": first, "ends_on": last}
        if found is None:
            values["name"] = name
        return Wanted(record, identity, f"{name} {first.year}", values, found)

    def make(self, wanted: Wanted) -> SchoolHoliday:
        return SchoolHoliday(
            key=self._keys.new(wanted.label), position=self._keys.position(), **wanted.values
        )

    def check(self, plan: Plan) -> Iterable[tuple[int, CannotUse]]:
        return ()


HOLIDAYS = Kind(
    key="skoleferier",
    title=gettext_lazy("Skoleferier"),
    one=gettext_lazy("skoleferie"),
    lead=gettext_lazy("Ferier og lukkedage, begge dage med, så møder ikke lægges i dem."),
    icon="calendar-month",
    fields=FIELDS,
    model=SchoolHoliday,
    created="holiday.created",
    changed="holiday.changed",
    matcher=HolidayMatcher,
)
