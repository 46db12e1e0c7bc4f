"""Agreements from an old document, made as real ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.imports import policy
from tovholder.plans.models import Agreement
from tovholder.plans.services import create_agreement


@dataclass(frozen=True, slots=True)
class Line:
    what: str
    responsible: Person
    due_on: date | None


@transaction.atomic
def make_agreements(*, by: User, forum: Forum, lines: Iterable[Line], level: str) -> list[Agreement]:
    """Make the agreements that the convener has looked through; all of them or none. Raises Refused."""
    policy.may_bring_old_minutes(by, forum).require()
    made = [
        create_agreement(
            by=by, forum=forum, what=line.what, responsible=line.responsible, due_on=line.due_on, level=level
        )
        for line in lines
    ]
    record(
        by=by, action="import.agreements_made", obj=forum, details={"agreements": [each.pk for each in made]}
    )
    return made
