"""Finding a person by e-mail or name, for the files that point to people."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tovholder.directory import policy
from tovholder.directory.models import Person
from tovholder.imports.columns import Field, Record
from tovholder.imports.planning import CannotUse, folded

PERSON_FIELDS = (
    Field("email", "E-mail", ("mail", "e-post", "mailadresse", "e-mailadresse"), reads="email", longest=254,
          help="Bruges til at finde personen i vejviseren."),
    Field("person", "Navn", ("person", "fulde navn", "medlem", "medarbejder"), longest=120,
          help="Nok i sig selv, når kun én i vejviseren hedder sådan."),
)  # fmt: skip


class People:
    """The persons of the directory, read once."""

    def __init__(self) -> None:
        self._by_email: dict[str, list[Person]] = {}
        self._by_name: dict[str, list[Person]] = {}
        for person in Person.objects.order_by("pk"):
            if person.email:
                self._by_email.setdefault(person.email.casefold(), []).append(person)
            self._by_name.setdefault(folded(person.name), []).append(person)

    def get(self, record: Record) -> Person:
        """Return the one person of the row. Raises CannotUse."""
        email, name = record.get("email") or "", record.get("person") or ""
        if not email and not name:
            raise CannotUse("email", _("Skriv personens e-mail eller navn."))
        if email:
            name_of_field, found = "email", self._by_email.get(email.casefold(), [])
            shown = email
        else:
            name_of_field, found, shown = "person", self._by_name.get(folded(name), []), name
        here = [person for person in found if person.left_on is None] or found
        if not here:
            raise CannotUse(
                name_of_field,
                _("»%(who)s« står ikke i vejviseren. Hent personerne ind først.") % {"who": shown[:60]},
            )
        if len(here) > 1:
            raise CannotUse(
                name_of_field,
                _("Flere i vejviseren passer på »%(who)s«. Skriv e-mailen.") % {"who": shown[:60]},
            )
        if not (decision := policy.may_change(here[0])):
            raise CannotUse(name_of_field, decision.reason)
        return here[0]
