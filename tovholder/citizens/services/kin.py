"""Who of a child's family somebody is who has shown a real identity: found by a blind index, never by a number kept in clear."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision
from tovholder.access.sharing.case import age_on
from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.citizens.keys import keyring
from tovholder.citizens.keys.sealing import blind
from tovholder.citizens.models import Adult, Child
from tovholder.citizens.queries import sharing_rules
from tovholder.citizens.services.safe import Safe

DIGITS = 10


@dataclass(frozen=True, slots=True)
class Kin:
    """What the person is to one child: a custody holder, or the young person where `adult_id` is None."""

    child: Child
    adult_id: int | None

    @property
    def audit_key(self) -> str:
        """In the log by number, never by name."""
        return f"family-adult:{self.adult_id}" if self.adult_id else f"family-child:{self.child.pk}"


def token_of(cpr: str) -> bytes:
    """Return the blind index of a CPR number. Raises ValueError for what is none."""
    digits = re.sub(r"\D", "", cpr)
    if len(digits) != DIGITS:
        raise ValueError("not a CPR number")
    return blind(keyring.index_key(), "cpr", digits)


def kin_of(token: bytes) -> list[Kin]:
    """Return the children whose family the person is, in the order of their records.

    A custody holder until the child is of age; the young person from the age of own consent (set-up). Whose age cannot be
    read is nobody's.
    """
    rules, today = sharing_rules(), timezone.localdate()
    living = {"erased_at__isnull": True, "merged_into__isnull": True}
    holders = Adult.objects.filter(
        identity=token,
        standing=Adult.Standing.CUSTODY,
        **{f"child__{name}": value for name, value in living.items()},
    )
    adults = list(holders.select_related("child").order_by("child_id", "pk"))
    themselves = list(Child.objects.filter(tokens__token=token, **living).order_by("pk"))
    ages = _ages([*(each.child for each in adults), *themselves], today)
    found = [Kin(each.child, each.pk) for each in adults if 0 <= ages[each.child_id] < rules.adult_age]
    found += [Kin(each, None) for each in themselves if ages[each.pk] >= rules.own_consent_age]
    return found


def _ages(children: Sequence[Child], today: date) -> dict[int, int]:
    """Birth dates are opened to be compared, never to be shown; -1 where one cannot be read."""
    if not children:
        return {}
    safe = Safe.of(children)
    born = {each.pk: safe.read(each, "birth_date").text for each in children}
    return {pk: age_on(date.fromisoformat(text), today) if text else -1 for pk, text in born.items()}


@transaction.atomic
def identify_adult(*, by: Actor, decision: Decision, adult: Adult, cpr: str) -> None:
    """Let a grown-up be known again by a CPR number, or by none where it is empty; only its blind index is kept.

    Raises Refused, ValidationError by field.
    """
    decision.require()
    try:
        token = token_of(cpr) if cpr.strip() else None
    except ValueError as fault:
        raise ValidationError({"cpr": [_("Et CPR-nummer har ti cifre.")]}) from fault
    if token == (bytes(adult.identity) if adult.identity is not None else None):
        return
    adult.identity = token
    adult.save(update_fields=["identity"])
    details = {"adult": adult.pk, "known": token is not None}
    record(by=by, action="child.adult_identified", obj=adult.child, ground=decision.basis, details=details)
