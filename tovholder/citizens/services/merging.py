"""Two records of one child become one: what hangs on the one that goes is sealed anew under the other's key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision
from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.citizens.keys import keyring
from tovholder.citizens.models import Adult, Child, ChildMerge, ChildToken, SealedField, SealedRow
from tovholder.citizens.services.safe import Opened, Safe

_STAY = (ChildToken, ChildMerge, Child)


@dataclass(frozen=True, slots=True)
class AdultAnswers:
    """What was answered of the grown-ups of the record that goes: the standing of each, or whom of the other's each is."""

    standing: Mapping[int, str] = field(default_factory=dict)
    same_as: Mapping[int, int] = field(default_factory=dict)


@transaction.atomic
def merge_children(
    *, by: Actor, decision: Decision, kept: Child, gone: Child, answers: AdultAnswers | None = None
) -> Child:
    """Lay two records of one child together, with history; everything that hung on `gone` hangs on `kept`.

    What stands in `gone` itself is destroyed with its key; `kept` is taken as the truth. Raises Refused, ValidationError.
    """
    decision.require()
    both = {each.pk: each for each in Child.objects.select_for_update().filter(pk__in=[kept.pk, gone.pk])}
    if len(both) < 2 or any(each.merged_into_id or each.erased_at for each in both.values()):
        raise ValidationError(_("De to er allerede lagt sammen eller slettet. Hent siden igen."))
    kept, gone = both[kept.pk], both[gone.pk]
    count = _move_rows(kept, gone)
    _answer(kept, answers or AdultAnswers())
    for name in ("name", "cpr", "birth_date", "address", "circumstances"):
        setattr(gone, name, None)
    gone.merged_into, gone.erased_at = kept, timezone.now()
    gone.save()
    gone.tokens.all().delete()
    gone.merged.update(merged_into=kept)
    gone.merges.update(kept=kept)
    ChildMerge.objects.create(kept=kept, gone=gone, by=by.audit_key)
    details = {"gone": gone.pk, "rows": count}
    record(by=by, action="child.merged", obj=kept, ground=decision.basis, details=details)
    transaction.on_commit(lambda: keyring.destroy(gone.key))
    return kept


def _move_rows(kept: Child, gone: Child) -> int:
    """Move every row of every app that hangs on `gone`, and return how many.

    Django knows what hangs on a child, also in the apps above: no list to forget a table in.
    """
    safe = Safe.of([kept, gone])
    rows = [(row, _texts(safe, row, gone.key)) for row in _hanging_on(gone, gone.key)]
    moved = 0
    for row, texts in rows:
        if any(each.attname == "child_id" and each.related_model is Child for each in _links(row)):
            row.child = kept  # type: ignore[attr-defined]
        moved += _save_moved(safe, row, texts)
    return moved


def _hanging_on(row: models.Model, key: UUID) -> Iterator[models.Model]:
    """Rows that point at the child, each followed by the sealed rows below it that the child's key seals."""
    for relation in row._meta.related_objects:
        model = relation.related_model
        if relation.many_to_many or not isinstance(model, type) or model in _STAY:
            continue
        if not isinstance(row, Child) and not issubclass(model, SealedRow):
            continue
        manager = model._base_manager.filter(**{relation.field.name: row})  # type: ignore[attr-defined]
        for each in manager:
            setattr(each, relation.field.name, row)
            if isinstance(row, Child) or (isinstance(each, SealedRow) and each.key_ref() == key):
                yield each
                if isinstance(each, SealedRow) and not isinstance(each, Adult):
                    yield from _hanging_on(each, key)


def _links(row: models.Model) -> list[models.Field]:  # type: ignore[type-arg]
    return [each for each in row._meta.concrete_fields if each.is_relation]


def _texts(safe: Safe, row: models.Model, key: UUID) -> dict[str, Opened]:
    """What is sealed in the row under the child's key, opened; nothing where another key seals it."""
    if not isinstance(row, SealedRow) or row.key_ref() != key:
        return {}
    names = [each.name for each in row._meta.concrete_fields if isinstance(each, SealedField)]
    return {name: safe.read(row, name) for name in names}


def _save_moved(safe: Safe, row: models.Model, texts: dict[str, Opened]) -> int:
    """Save the row under its new child. What the kept child has already, it has once: the other's goes.

    A damaged text stays as it is, damaged.
    """
    if isinstance(row, SealedRow) and texts:
        for name, opened in texts.items():
            if not opened.fault:
                setattr(row, name, None)
        safe.write(row, **{name: opened.text for name, opened in texts.items() if not opened.fault})
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        row.delete()
        return 0
    return 1


def _answer(kept: Child, answers: AdultAnswers) -> None:
    adults = {each.pk: each for each in Adult.objects.filter(child=kept)}
    for pk, standing in answers.standing.items():
        if pk in adults and adults[pk].standing != standing:
            adults[pk].standing = Adult.Standing(standing)
            adults[pk].save(update_fields=["standing"])
    for pk, other in answers.same_as.items():
        if pk in adults and other in adults and pk != other:
            _become(adults[pk], adults[other])


def _become(one: Adult, other: Adult) -> None:
    """Let everything that points at `one` point at `other`. Raises ValidationError where both came to one meeting."""
    if other.identity is None and one.identity is not None:
        other.identity = one.identity
        other.save(update_fields=["identity"])
    try:
        with transaction.atomic():
            for relation in one._meta.related_objects:
                model = relation.related_model
                if isinstance(model, type):
                    found = model._base_manager.filter(**{relation.field.name: one})  # type: ignore[attr-defined]
                    found.update(**{relation.field.name: other})
            one.delete()
    except IntegrityError as fault:
        raise ValidationError(
            _("To voksne, der har været til det samme møde, kan ikke være én. Skriv dem på som to.")
        ) from fault
