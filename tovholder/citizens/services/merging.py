"""Two records of one child become one: what hangs on the one that goes is sealed anew under the other's key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision
from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.citizens.keys import keyring
from tovholder.citizens.models import Adult, Child, ChildMerge
from tovholder.citizens.services.moving import move_rows, would_be_lost
from tovholder.citizens.services.safe import Safe
from tovholder.citizens.services.unmerging import IDENTITY, FoldedAdult, WayBack, keep


@dataclass(frozen=True, slots=True)
class AdultAnswers:
    """What was answered of the grown-ups of the record that goes: the standing of each, or whom of the other's each is."""

    standing: Mapping[int, str] = field(default_factory=dict)
    same_as: Mapping[int, int] = field(default_factory=dict)


@transaction.atomic
def merge_children(
    *,
    by: Actor,
    decision: Decision,
    kept: Child,
    gone: Child,
    answers: AdultAnswers | None = None,
    undo_days: int = 0,
) -> Child:
    """Lay two records of one child together, with history; everything that hung on `gone` hangs on `kept`.

    `kept` is taken as the truth. What stands in `gone` itself is destroyed with its key: after `undo_days` in which the two
    can be parted again (`unmerging`), or at once where a row could only be had once and is lost. Raises Refused,
    ValidationError.
    """
    decision.require()
    both = {each.pk: each for each in Child.objects.select_for_update().filter(pk__in=[kept.pk, gone.pk])}
    if len(both) < 2 or any(each.merged_into_id or each.erased_at for each in both.values()):
        raise ValidationError(_("De to er allerede lagt sammen eller slettet. Hent siden igen."))
    kept, gone = both[kept.pk], both[gone.pk]
    can_be_parted = undo_days > 0 and not would_be_lost(kept, gone)
    back = WayBack(
        identity={name: Safe.of([gone]).read(gone, name).text for name in IDENTITY},
        merged=list(gone.merged.values_list("pk", flat=True)),
        merges=list(gone.merges.values_list("pk", flat=True)),
    )
    back.moved = move_rows(from_child=gone, to_child=kept)
    _answer(kept, answers or AdultAnswers(), back)
    for name in IDENTITY:
        setattr(gone, name, None)
    gone.merged_into, gone.erased_at = kept, timezone.now()
    gone.save()
    gone.tokens.all().delete()
    gone.merged.update(merged_into=kept)
    gone.merges.update(kept=kept)
    merge = ChildMerge.objects.create(kept=kept, gone=gone, by=by.audit_key)
    details = {"gone": gone.pk, "rows": len(back.moved)}
    record(by=by, action="child.merged", obj=kept, ground=decision.basis, details=details)
    if can_be_parted:
        keep(merge=merge, back=back, days=undo_days)
    else:
        transaction.on_commit(lambda: keyring.destroy(gone.key))
    return kept


def _answer(kept: Child, answers: AdultAnswers, back: WayBack) -> None:
    adults = {each.pk: each for each in Adult.objects.filter(child=kept)}
    for pk, standing in answers.standing.items():
        if pk in adults and adults[pk].standing != standing:
            back.standing[pk] = adults[pk].standing
            adults[pk].standing = Adult.Standing(standing)
            adults[pk].save(update_fields=["standing"])
    for pk, other in answers.same_as.items():
        if pk in adults and other in adults and pk != other:
            back.adults.append(_become(kept, adults[pk], adults[other]))


def _become(kept: Child, one: Adult, other: Adult) -> FoldedAdult:
    """Let everything that points at `one` point at `other`. Raises ValidationError where both came to one meeting."""
    one.child = kept
    folded = FoldedAdult.of(one, other)
    if folded.gave_identity:
        other.identity = one.identity
        other.save(update_fields=["identity"])
    try:
        with transaction.atomic():
            for relation in one._meta.related_objects:
                model = relation.related_model
                if isinstance(model, type):
                    found = model._base_manager.filter(**{relation.field.name: one})  # type: ignore[attr-defined]
                    pks = list(found.values_list("pk", flat=True))
                    if pks:
                        folded.pointing.append((model._meta.label_lower, relation.field.name, pks))
                        found.update(**{relation.field.name: other})
            one.delete()
    except IntegrityError as fault:
        raise ValidationError(
            _("To voksne, der har været til det samme møde, kan ikke være én. Skriv dem på som to.")
        ) from fault
    return folded
