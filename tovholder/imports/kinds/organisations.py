"""Organisations: known by name or key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.access.sharing import PublicTask
from tovholder.accounts.models import User
from tovholder.directory.models import District, Organisation, OrganisationKind
from tovholder.imports.columns import Field, Record
from tovholder.imports.kinds.keys import Keys
from tovholder.imports.planning import CannotUse, Kind, Names, Plan, Wanted, folded

FIELDS = (
    Field("name", "Navn", ("organisation", "organisationsnavn", "enhed"), required=True, longest=160),
    Field("kind", "Slags", ("type", "kategori", "organisationstype"), longest=120,
          help="En af de slags, opsætningen har. Skal stå ved nye organisationer."),
    Field("district", "Distrikt", ("område", "skoledistrikt"), longest=120, help="Navnet på et distrikt fra opsætningen."),
    Field("public_task", "Offentlig opgave", ("opgave",), longest=40,
          help="Kun selvejende: Socialområdet, Undervisning, Beskæftigelse eller Psykiatri."),
)  # fmt: skip
NO_KIND = "Der findes ingen slags organisation, der hedder »%(name)s«."
NO_DISTRICT = "Der findes intet distrikt, der hedder »%(name)s«."


class OrganisationMatcher:
    def __init__(self, by: User, lock: bool) -> None:
        live = {"retired_at__isnull": True}
        self._kinds = Names(OrganisationKind.objects.filter(**live), _(NO_KIND))
        self._districts = Names(District.objects.filter(**live), _(NO_DISTRICT))
        self._tasks = {folded(text): value for value, text in PublicTask.choices}
        rows = Organisation.objects.select_for_update(of=("self",)) if lock else Organisation.objects.all()
        self._rows = rows.filter(**live).select_related("kind", "district").order_by("pk")
        self._names = Names(self._rows, "")
        self._keys = Keys(Organisation)

    def match(self, record: Record) -> Wanted:
        name = str(record.get("name"))
        found = self._names.find(name)
        values: dict[str, Any] = {}
        if kind := record.get("kind"):
            values["kind"] = self._kinds.get(kind, "kind")
        elif found is None:
            raise CannotUse("kind", _("Skriv, hvad det er for en slags organisation."))
        if district := record.get("district"):
            values["district"] = self._districts.get(district, "district")
        if task := record.get("public_task"):
            if folded(task) not in self._tasks:
                known = ", ".join(str(text) for _value, text in PublicTask.choices)
                raise CannotUse("public_task", _("Skriv en af disse: %(known)s.") % {"known": known})
            values["public_task"] = self._tasks[folded(task)]
        if found is None:
            values["name"] = name
        return Wanted(record, found.pk if found else ("new", folded(name)), name, values, found)

    def make(self, wanted: Wanted) -> Organisation:
        return Organisation(key=self._keys.new(wanted.label), position=self._keys.position(), **wanted.values)

    def check(self, plan: Plan) -> Iterable[tuple[int, CannotUse]]:
        return ()


ORGANISATIONS = Kind(
    key="organisationer",
    title=gettext_lazy("Organisationer"),
    one=gettext_lazy("organisation"),
    lead=gettext_lazy("Forvaltninger, klubber, foreninger og andre, som personer kommer fra."),
    icon="business",
    fields=FIELDS,
    model=Organisation,
    created="organisation.created",
    changed="organisation.changed",
    matcher=OrganisationMatcher,
)
