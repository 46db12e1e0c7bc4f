"""Names that were handed over without a district, as before a name had to say one, are given to the triagers of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from tovholder.accounts.models import User
from tovholder.concerns import policy as concerns
from tovholder.concerns.queries import triagers
from tovholder.concerns.services.facts import correct_facts
from tovholder.directory.models import District, Person
from tovholder.meetings.models import CaseItem
from tovholder.meetings.services.cases_intake import nobody_receives


def without_district(user: User, items: Iterable[CaseItem]) -> list[CaseItem]:
    """Return the names that every triager reads since they have no district, and that are the user's to place."""
    return [
        each
        for each in items
        if each.concern.district_id is None
        and not each.concern.has_ended
        and concerns.may_triage(user, each.concern)
    ]


def stop_reading(district: District) -> list[Person]:
    """Return who receives a name without a district, and would not receive it there."""
    stay = {each.pk for each in triagers(district.pk)}
    return [each for each in triagers(None) if each.pk not in stay]


@transaction.atomic
def place_names(*, by: User, items: Sequence[CaseItem], district: District) -> None:
    """Give these names to the triagers of one district. Raises Refused, ValidationError."""
    if not triagers(district.pk).exists():
        raise ValidationError({"district": [nobody_receives(district)]})
    for item in items:
        concern = item.concern
        concerns.may_triage(by, concern).require()
        correct_facts(
            by=by,
            concern=concern,
            scale_level=concern.scale_level,
            categories=concern.categories.all(),
            organisation=concern.organisation,
            district=district,
        )
