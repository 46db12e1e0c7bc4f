"""What identifies a child, as people type it, and the faults that can be in it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.citizens.keys.sealing import blind
from tovholder.citizens.spelling import name_parts

OLDEST = 130


@dataclass(frozen=True, slots=True)
class Identity:
    """A child's identity in clear. Lives only as long as it takes to seal it or to show it."""

    name: str
    birth_date: date
    cpr: str = ""
    address: str = ""
    protected_address: bool = False
    in_foster_care: bool = False

    def checked(self) -> Identity:
        """Return the identity with the CPR number as ten digits.

        Raises ValidationError by field: no name, a birth date in the future, a CPR number of another day.
        """
        faults: dict[str, str] = {}
        if not name_parts(self.name):
            faults["name"] = _("Skriv barnets navn.")
        today = timezone.localdate()
        if self.birth_date > today:
            faults["birth_date"] = _("Fødselsdagen ligger i fremtiden.")
        elif today.year - self.birth_date.year > OLDEST:
            faults["birth_date"] = _("Fødselsdagen ligger for langt tilbage.")
        digits = re.sub(r"\D", "", self.cpr)
        if self.cpr.strip() and len(digits) != 10:
            faults["cpr"] = _("Et CPR-nummer har ti cifre.")
        elif digits and digits[:6] != f"{self.birth_date:%d%m%y}":
            faults["cpr"] = _("CPR-nummeret passer ikke til fødselsdagen.")
        if faults:
            raise ValidationError({field: [text] for field, text in faults.items()})
        return Identity(
            " ".join(self.name.split()), self.birth_date, digits, self.address.strip(),
            self.protected_address, self.in_foster_care,
        )  # fmt: skip

    def texts(self) -> dict[str, str]:
        """What is sealed, by field of `Child`."""
        return {
            "name": self.name,
            "cpr": self.cpr,
            "birth_date": self.birth_date.isoformat(),
            "address": self.address,
            "circumstances": json.dumps(
                {"protected_address": self.protected_address, "in_foster_care": self.in_foster_care}
            ),
        }

    def tokens(self, index_key: bytes) -> set[bytes]:
        """Blind indexes: the CPR number, and each part of the name with the birth date."""
        found = {blind(index_key, "name", f"{part}|{self.birth_date}") for part in name_parts(self.name)}
        return found | ({blind(index_key, "cpr", self.cpr)} if self.cpr else set())
