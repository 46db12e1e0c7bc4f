"""Persons of the directory. Known by e-mail; without one, by name and the place they come from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.accounts.models import User
from tovholder.directory import policy
from tovholder.directory.models import Organisation, Person
from tovholder.imports.columns import Field, Record
from tovholder.imports.planning import CannotUse, Kind, Names, Plan, Wanted, folded

FIELDS = (
    Field("name", "Navn", ("person", "fulde navn", "fuldt navn", "medarbejder"), required=True, longest=120),
    Field("email", "E-mail", ("mail", "e-post", "mailadresse", "e-mailadresse"), reads="email", longest=254,
          help="Den, personen får indkaldelser på. Personer kendes på den."),
    Field("phone", "Telefon", ("tlf", "telefonnummer", "mobil", "mobilnummer", "tlf nr"), reads="phone", longest=30),
    Field("title", "Stilling", ("titel", "funktion", "jobtitel", "stillingsbetegnelse"), longest=120),
    Field("organisation", "Kommer fra", ("organisation", "arbejdsplads", "arbejdssted", "skole", "enhed", "afdeling"), longest=160,
          help="Navnet på en organisation, der allerede står i vejviseren."),
)  # fmt: skip


class PersonMatcher:
    def __init__(self, by: User, lock: bool) -> None:
        policy.may_edit(by).require()
        self._organisations = Names(
            Organisation.objects.filter(retired_at__isnull=True),
            _("Organisationen »%(name)s« findes ikke. Hent den ind først, eller ret navnet."),
        )
        self._by_email: dict[str, list[Person]] = {}
        self._by_name: dict[str, list[Person]] = {}
        # Only the person's own row is held, not the one it points to.
        rows = Person.objects.select_for_update(of=("self",)) if lock else Person.objects.all()
        for person in rows.select_related("organisation").order_by("pk"):
            if person.email:
                self._by_email.setdefault(person.email.casefold(), []).append(person)
            self._by_name.setdefault(folded(person.name), []).append(person)

    def match(self, record: Record) -> Wanted:
        name = str(record.get("name"))
        given = ("name", "email", "phone", "title")
        values: dict[str, Any] = {key: record.get(key) for key in given if key in record.values}
        place: Organisation | None = None
        if written := record.get("organisation"):
            place = self._organisations.get(written, "organisation")
            values["organisation"] = place
        email = (record.get("email") or "").casefold()
        found = self._with_email(email) if email else None
        if found is None:
            found = self._with_name(name, email, place)
        if found is not None and not (decision := policy.may_change(found)):
            raise CannotUse("email" if email else "name", decision.reason)
        if found is not None:
            identity: tuple[object, ...] = ("person", found.pk)
        else:
            identity = ("email", email) if email else ("name", folded(name), place.pk if place else None)
        return Wanted(record, identity, name, values, found)

    def _with_email(self, email: str) -> Person | None:
        found = self._by_email.get(email, [])
        here = [person for person in found if person.left_on is None] or found
        if len(here) > 1:
            raise CannotUse("email", _("Flere i vejviseren har den e-mail. Ret dem der først."))
        return here[0] if here else None

    def _with_name(self, name: str, email: str, place: Organisation | None) -> Person | None:
        """Without an e-mail in the file or on the person, the same name from the same place is the same person."""
        found = [
            person
            for person in self._by_name.get(folded(name), [])
            if person.left_on is None
            and (not email or not person.email)
            and (place is None or person.organisation_id in (None, place.pk))
        ]
        if len(found) > 1:
            raise CannotUse(
                "name", _("Flere i vejviseren hedder %(name)s. Skriv personens e-mail.") % {"name": name}
            )
        return found[0] if found else None

    def make(self, wanted: Wanted) -> Person:
        return Person(**{name: value for name, value in wanted.values.items() if value is not None})

    def check(self, plan: Plan) -> Iterable[tuple[int, CannotUse]]:
        """A new e-mail makes links that were sent to the old one invalid, as when it is changed by hand."""
        for item in plan.items:
            if item.state == "changed" and "email" in item.changes and isinstance(item.obj, Person):
                item.changes["link_version"] = (item.obj.link_version, item.obj.link_version + 1)
        return ()


PERSONS = Kind(
    key="personer",
    title=gettext_lazy("Personer"),
    one=gettext_lazy("person"),
    lead=gettext_lazy("Navn, e-mail, telefon, stilling og hvor de kommer fra. Kun voksne, aldrig børn."),
    icon="persons",
    fields=FIELDS,
    model=Person,
    created="person.created",
    changed="person.edited",
    matcher=PersonMatcher,
)
