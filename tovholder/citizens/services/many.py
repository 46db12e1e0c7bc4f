"""Many children's records at once, as when names are handed over in a list: a few statements, however many."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from tovholder.access.decision import Decision
from tovholder.audit.models import Actor
from tovholder.audit.services import record_many
from tovholder.citizens.identity import Identity
from tovholder.citizens.keys import keyring
from tovholder.citizens.keys.models import DataKey
from tovholder.citizens.models import Child, ChildToken
from tovholder.citizens.services.safe import Safe


@transaction.atomic
def create_children(*, by: Actor, decision: Decision, identities: Sequence[Identity]) -> list[Child]:
    """Make a record for each identity, in their order, each under its own key. Raises Refused, ValidationError."""
    decision.require()
    known = [each.checked() for each in identities]
    keys = keyring.create_many(DataKey.Use.CHILD, len(known))
    children = [Child(key=key) for key in keys]
    safe = Safe.of(children)
    for child, identity in zip(children, known, strict=True):
        safe.write(child, **identity.texts())
    Child.objects.bulk_create(children)
    index_key = keyring.index_key()
    ChildToken.objects.bulk_create(
        ChildToken(child=child, token=token)
        for child, identity in zip(children, known, strict=True)
        for token in sorted(identity.tokens(index_key))
    )
    record_many(by=by, lines=[("child.created", child, {}) for child in children])
    return children
