"""Many concerns by name at once, as when the police hand over a list: each under its own key, in a few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.audit.services import record_many
from tovholder.citizens.keys import keyring
from tovholder.citizens.keys.models import DataKey
from tovholder.citizens.models import Child
from tovholder.citizens.services.safe import Safe
from tovholder.concerns import policy
from tovholder.concerns.models import Concern, ConcernChild, Entry, InformationDuty, Subject
from tovholder.concerns.services.raising import next_code
from tovholder.concerns.standing import rules
from tovholder.directory.models import District
from tovholder.forums.standing import person_of

_TRIES = 5


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One name: the child's record, in what part, from where, what is criminal, and in which district it is received.

    Without a district it is every triager's, until one of them says where the child belongs.
    """

    child: Child
    part: str
    source: str
    offence: str = ""
    district: District | None = None


@transaction.atomic
def raise_handed_over(*, by: User, names: Sequence[HandedOver], seen: str) -> list[Concern]:
    """Raise a concern for each name, in their order, with its child laid on. Raises Refused."""
    policy.may_raise(by).require()
    person, now = person_of(by), timezone.now()
    assert person is not None  # noqa: S101 - may_raise has asked
    keys = keyring.create_many(DataKey.Use.CONCERN, len(names))
    concerns = [
        Concern(
            key=key,
            level=Level.NAMED,
            subject=Subject.CHILD,
            district=name.district,
            source=name.source,
            raised_by=person,
            raised_at=now,
            status_at=now,
            named_at=now,
        )
        for key, name in zip(keys, names, strict=True)
    ]
    safe = Safe.of(concerns)
    for concern, name in zip(concerns, names, strict=True):
        safe.write(concern, seen=seen, offence=name.offence.strip())
    _save_with_codes(concerns)
    _lay_children_on(concerns, names)
    Entry.objects.bulk_create(
        Entry(
            concern=concern,
            kind=Entry.Kind.RAISED,
            status=concern.status,
            at=now,
            by=by.audit_key,
            by_name=person.name,
        )
        for concern in concerns
    )
    lines: list[tuple[str, models.Model, dict[str, Any]]] = []
    for concern, name in zip(concerns, names, strict=True):
        lines.append(("concern.raised", concern, {"level": concern.level}))
        lines.append(("concern.child_laid_on", concern, {"child": name.child.pk, "part": name.part}))
    record_many(by=by, lines=lines)
    return concerns


def _lay_children_on(concerns: Sequence[Concern], names: Sequence[HandedOver]) -> None:
    """Lay each child on its concern; that the family is to be told stands from the same day (rule 44)."""
    links = ConcernChild.objects.bulk_create(
        ConcernChild(concern=concern, child=name.child, part=name.part)
        for concern, name in zip(concerns, names, strict=True)
    )
    due_on = timezone.localdate() + timedelta(days=rules().information_days)
    InformationDuty.objects.bulk_create(InformationDuty(concern_child=link, due_on=due_on) for link in links)


def _save_with_codes(concerns: list[Concern]) -> None:
    """Save under the next codes of the year; where somebody was first, under those after."""
    for attempt in range(_TRIES):
        year, first = next_code().split("-")
        for number, concern in enumerate(concerns, start=int(first)):
            concern.code = f"{year}-{number:03d}"
        try:
            with transaction.atomic():
                Concern.objects.bulk_create(concerns)
                return
        except IntegrityError:
            if attempt == _TRIES - 1:
                raise
            for concern in concerns:
                concern.pk = None
