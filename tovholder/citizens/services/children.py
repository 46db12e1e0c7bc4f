"""A child's record: made, read, changed, found again, laid together, erased."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision
from tovholder.audit.models import Actor
from tovholder.audit.services import record, record_reading, record_readings
from tovholder.citizens.identity import Identity
from tovholder.citizens.keys import keyring
from tovholder.citizens.keys.models import DataKey
from tovholder.citizens.models import Adult, Child, ChildToken, MergeUndo, new_case_code
from tovholder.citizens.queries import read_with
from tovholder.citizens.services.safe import Opened, Safe
from tovholder.citizens.spelling import name_parts


@dataclass(frozen=True, slots=True)
class AdultView:
    id: int
    standing: str
    name: Opened
    contact: Opened
    is_identified: bool = False  # known again when the family logs in

    @property
    def standing_word(self) -> str:
        return str(Adult.Standing(self.standing).label)


@dataclass(frozen=True, slots=True)
class ChildView:
    """A child in clear, for one page. Each text may be damaged or erased by itself."""

    id: int
    code: str
    name: Opened
    cpr: Opened
    birth_date: Opened
    address: Opened
    protected_address: bool
    in_foster_care: bool
    adults: tuple[AdultView, ...]

    @property
    def born(self) -> date | None:
        return date.fromisoformat(self.birth_date.text) if self.birth_date.text else None


@transaction.atomic
def create_child(*, by: Actor, decision: Decision, identity: Identity) -> Child:
    """Make a child's record under a key of its own. Raises Refused, ValidationError by field."""
    decision.require()
    known = identity.checked()
    child = Child(key=keyring.create(DataKey.Use.CHILD))
    while Child.objects.filter(code=child.code).exists():  # six letters: some day two draw the same
        child.code = new_case_code()
    Safe.of([child]).write(child, **known.texts())
    child.save()
    _index(child, known)
    record(by=by, action="child.created", obj=child, ground=decision.basis)
    return child


@transaction.atomic
def change_child(*, by: Actor, decision: Decision, child: Child, identity: Identity) -> Child:
    """Correct a child's identity. Raises Refused, ValidationError by field, Erased."""
    decision.require()
    known = identity.checked()
    child = Child.objects.select_for_update().get(pk=child.pk)
    changed = Safe.of([child]).write(child, **known.texts())
    if changed:
        child.save(update_fields=changed)
        child.tokens.all().delete()
        _index(child, known)
        record(by=by, action="child.changed", obj=child, ground=decision.basis, details={"fields": changed})
    return child


def _index(child: Child, identity: Identity) -> None:
    tokens = identity.tokens(keyring.index_key())
    ChildToken.objects.bulk_create(ChildToken(child=child, token=token) for token in sorted(tokens))


@transaction.atomic
def add_adult(
    *, by: Actor, decision: Decision, child: Child, standing: str, name: str, contact: str = ""
) -> Adult:
    """Write down a grown-up around the child. Raises Refused, ValidationError by field, Erased."""
    decision.require()
    if not name_parts(name):
        raise ValidationError({"name": [_("Skriv den voksnes navn.")]})
    adult = Adult(child=child, standing=Adult.Standing(standing), position=child.adults.count())
    Safe.of([adult]).write(adult, name=" ".join(name.split()), contact=contact.strip())
    adult.save()
    record(by=by, action="child.adult_added", obj=child, ground=decision.basis, details={"adult": adult.pk})
    return adult


@transaction.atomic
def change_adult(
    *, by: Actor, decision: Decision, adult: Adult, standing: str, name: str, contact: str = ""
) -> Adult:
    """Correct a grown-up around the child. Raises Refused, ValidationError by field, Erased."""
    decision.require()
    if not name_parts(name):
        raise ValidationError({"name": [_("Skriv den voksnes navn.")]})
    changed = Safe.of([adult]).write(adult, name=" ".join(name.split()), contact=contact.strip())
    if adult.standing != standing:
        adult.standing = Adult.Standing(standing)
        changed.append("standing")
    if changed:
        adult.save(update_fields=changed)
        details = {"adult": adult.pk, "fields": changed}
        record(by=by, action="child.adult_changed", obj=adult.child, ground=decision.basis, details=details)
    return adult


def show_child(*, by: Actor, decision: Decision, child: Child, purpose: str) -> ChildView:
    """Open a child's record for display, and write that it was read. Raises Refused."""
    return show_children(by=by, decisions={child.pk: decision}, children=[child], purpose=purpose)[0]


def show_children(
    *, by: Actor, decisions: dict[int, Decision], children: Sequence[Child], purpose: str
) -> list[ChildView]:
    """Open several records with three queries, each with its own decision and its own row in the log."""
    for child in children:
        decisions[child.pk].require()
    grounds = [(child, decisions[child.pk].basis) for child in children]
    record_readings(by=by, action="child.read", grounds=grounds, purpose=purpose)
    return in_clear(children)


def in_clear(children: Sequence[Child], safe: Safe | None = None) -> list[ChildView]:
    """Open the records without a row in the log: for a caller who writes it, and may hold their keys."""
    known = [read_with(child, "adults") for child in children]
    if any(each is None for each in known):
        adults = list(Adult.objects.filter(child__in=children).select_related("child"))
    else:
        adults = [adult for each in known if each is not None for adult in each]
    safe = safe or Safe.of([*children, *adults])
    return [
        _view(safe, child, [adult for adult in adults if adult.child_id == child.pk]) for child in children
    ]


def _view(safe: Safe, child: Child, adults: list[Adult]) -> ChildView:
    circumstances = safe.read(child, "circumstances")
    known: dict[str, Any] = json.loads(circumstances.text) if circumstances.text else {}
    return ChildView(
        id=child.pk,
        code=child.code,
        name=safe.read(child, "name"),
        cpr=safe.read(child, "cpr"),
        birth_date=safe.read(child, "birth_date"),
        address=safe.read(child, "address"),
        # Where it cannot be read whether the address is protected, it is.
        protected_address=bool(known.get("protected_address")) or circumstances.fault == "damaged",
        in_foster_care=bool(known.get("in_foster_care")),
        adults=tuple(
            AdultView(
                each.pk,
                each.standing,
                safe.read(each, "name"),
                safe.read(each, "contact"),
                each.identity is not None,
            )
            for each in adults
        ),
    )


def find_children(*, by: Actor, decision: Decision, identity: Identity, purpose: str) -> list[Child]:
    """Return records that may be this child: the same CPR number, or a part of the name with the same birth date.

    For triagers only: that a record exists is itself something to keep. The look-up is written to the log.
    """
    decision.require()
    tokens = identity.tokens(keyring.index_key())
    found = Child.objects.filter(tokens__token__in=tokens, merged_into=None, erased_at=None).distinct()
    children = list(found.order_by("pk")[:50])
    for child in children:
        record_reading(by=by, action="child.found", obj=child, purpose=purpose, ground=decision.basis)
    return children


@transaction.atomic
def erase_child(*, by: Actor, decision: Decision, child: Child) -> None:
    """Erase a child: texts, look-ups, grown-ups and consents go, and its key is destroyed when the rest stands.

    The empty row stays, so that counts and the log still make sense; so do records that were laid together with it.
    Raises Refused.
    """
    decision.require()
    for each in Child.objects.select_for_update().filter(Q(pk=child.pk) | Q(merged_into=child)):
        _erase(each)
    record(by=by, action="child.erased", obj=child, ground=decision.basis)


def _erase(child: Child) -> None:
    child.tokens.all().delete()
    child.consents.all().delete()
    MergeUndo.objects.filter(merge__gone=child).delete()
    # Empty rows of grown-ups stay: that somebody came to a meeting refers to them.
    child.adults.update(name=None, contact=None, identity=None)
    for field in ("name", "cpr", "birth_date", "address", "circumstances"):
        setattr(child, field, None)
    child.erased_at = timezone.now()
    child.save()
    transaction.on_commit(lambda: keyring.destroy(child.key))


def finish_erasures() -> int:
    """Destroy the keys of erased children that a crash left behind, and return how many. The worker does it.

    A record laid together with another keeps its key as long as the two can be parted again.
    """
    parted = MergeUndo.objects.values("merge__gone")
    erased = Child.objects.exclude(erased_at=None).exclude(pk__in=parted).values_list("key", flat=True)
    left = DataKey.objects.filter(pk__in=list(erased)).values_list("pk", flat=True)
    for key in list(left):
        keyring.destroy(key)
    return len(left)
