"""Two records that were laid together by mistake are parted again, for some days and while nothing new hangs on the child.

What it takes is sealed under the key of the record that went, which is destroyed with it when the days are over.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.citizens.identity import Identity
from tovholder.citizens.keys import keyring
from tovholder.citizens.models import Adult, Child, ChildMerge, ChildToken, MergeUndo
from tovholder.citizens.services.moving import Named, all_that_hangs_on, move_rows
from tovholder.citizens.services.safe import Safe

IDENTITY = ("name", "cpr", "birth_date", "address", "circumstances")
TEXTS = ("name", "contact")


@dataclass
class FoldedAdult:
    """A grown-up of the record that went, who was found to be one of the other's: what was of them, and what pointed at them."""

    id: int
    seal: str
    standing: str
    position: int
    texts: dict[str, str]
    identity: str
    same_as: int
    gave_identity: bool
    pointing: list[tuple[str, str, list[int]]] = field(default_factory=list)

    @classmethod
    def of(cls, one: Adult, other: Adult) -> FoldedAdult:
        safe = Safe.of([one])
        return cls(
            id=one.pk,
            seal=str(one.seal),
            standing=one.standing,
            position=one.position,
            texts={name: safe.read(one, name).text for name in TEXTS},
            identity=bytes(one.identity).hex() if one.identity is not None else "",
            same_as=other.pk,
            gave_identity=one.identity is not None and other.identity is None,
        )


@dataclass
class WayBack:
    """All that a merge changed, in clear; lives only as long as it takes to seal it, or to go back."""

    identity: dict[str, str]
    merged: list[int]
    merges: list[int]
    moved: list[Named] = field(default_factory=list)
    standing: dict[int, str] = field(default_factory=dict)
    adults: list[FoldedAdult] = field(default_factory=list)
    after: list[Named] = field(default_factory=list)


def keep(*, merge: ChildMerge, back: WayBack, days: int) -> MergeUndo:
    """Seal the way back, for so many days; in the transaction of the merge."""
    back.after = all_that_hangs_on(merge.kept)
    undo = MergeUndo(merge=merge, until=timezone.now() + timedelta(days=days))
    Safe.of([merge.gone]).write(undo, text=json.dumps(asdict(back)))
    undo.save()
    return undo


def latest_undo(child: Child) -> MergeUndo | None:
    """Return how the last merge into this child can be undone, while its days last."""
    found = MergeUndo.objects.filter(
        merge__kept=child, merge__undone_at__isnull=True, until__gt=timezone.now()
    )
    return found.select_related("merge__kept", "merge__gone").order_by("-pk").first()


def may_be_parted(undo: MergeUndo) -> Decision:
    """The state question: the days last, and nothing hangs on the child but what did when the two were laid together."""
    kept = undo.merge.kept
    if undo.until <= timezone.now() or undo.merge.undone_at is not None:
        return no("undo_over", _("Det er for længe siden, at de to blev lagt sammen."))
    if kept.merged_into_id is not None or kept.erased_at is not None:
        return no("undo_gone", _("Barnet er siden slettet eller lagt sammen med et andet."))
    back = _opened(undo)
    if back is None:
        return no("undo_damaged", _("Det, der skal bruges for at skille dem, kan ikke læses."))
    if all_that_hangs_on(kept) != sorted((label, pk) for label, pk in back["after"]):
        return no(
            "undo_new",
            _(
                "Der er kommet noget nyt på barnet, eller noget er slettet, så de to kan ikke skilles af sig selv."
            ),
        )
    return yes("undo")


@transaction.atomic
def part_children(*, by: Actor, decision: Decision, undo: MergeUndo) -> Child:
    """Part the two records again, and return the one that had gone. What has changed in a row since, stays in it.

    Raises Refused.
    """
    decision.require()
    undo = MergeUndo.objects.select_for_update(of=("self",)).select_related("merge").get(pk=undo.pk)
    merge = undo.merge
    both = {
        each.pk: each
        for each in Child.objects.select_for_update().filter(pk__in=[merge.kept_id, merge.gone_id])
    }
    merge.kept, merge.gone = kept, gone = both[merge.kept_id], both[merge.gone_id]
    may_be_parted(undo).require()
    back = _opened(undo)
    assert back is not None  # noqa: S101 - asked just above
    for folded in back["adults"]:
        _unfold(gone, folded)
    for pk, standing in back["standing"].items():
        Adult.objects.filter(pk=int(pk), child=kept).update(standing=standing)
    count = len(move_rows(from_child=kept, to_child=gone, only={(label, pk) for label, pk in back["moved"]}))
    _stand_up(gone, back["identity"])
    Child.objects.filter(pk__in=back["merged"]).update(merged_into=gone)
    ChildMerge.objects.filter(pk__in=back["merges"]).update(kept=gone)
    merge.undone_at, merge.undone_by = timezone.now(), by.audit_key
    merge.save(update_fields=["undone_at", "undone_by"])
    undo.delete()
    details = {"gone": gone.pk, "rows": count}
    record(by=by, action="child.parted", obj=kept, ground=decision.basis, details=details)
    return gone


def _unfold(gone: Child, folded: dict[str, Any]) -> None:
    identity = bytes.fromhex(folded["identity"]) if folded["identity"] else None
    adult = Adult(
        pk=folded["id"], seal=uuid.UUID(folded["seal"]), child=gone, standing=folded["standing"],
        position=folded["position"], identity=identity,
    )  # fmt: skip
    Safe.of([gone]).write(adult, **folded["texts"])
    adult.save(force_insert=True)
    for label, name, pks in folded["pointing"]:
        found = apps.get_model(label)._base_manager.filter(pk__in=pks, **{name: folded["same_as"]})
        found.update(**{name: adult})
    if folded["gave_identity"]:
        Adult.objects.filter(pk=folded["same_as"], identity=identity).update(identity=None)


def _stand_up(gone: Child, texts: dict[str, str]) -> None:
    """Let the record that had gone be one of its own again, and be found again."""
    gone.merged_into, gone.erased_at = None, None
    Safe.of([gone]).write(gone, **texts)
    gone.save()
    if texts["birth_date"]:
        known = Identity(texts["name"], date.fromisoformat(texts["birth_date"]), texts["cpr"])
        tokens = known.tokens(keyring.index_key())
        ChildToken.objects.bulk_create(ChildToken(child=gone, token=token) for token in sorted(tokens))


def _opened(undo: MergeUndo) -> dict[str, Any] | None:
    text = Safe.of([undo.merge.gone]).read(undo, "text").text
    back: dict[str, Any] | None = json.loads(text) if text else None
    return back


def forget_due() -> int:
    """Forget the ways back whose days are over, and return how many; `finish_erasures` then destroys their keys."""
    return MergeUndo.objects.filter(until__lte=timezone.now()).delete()[0]
