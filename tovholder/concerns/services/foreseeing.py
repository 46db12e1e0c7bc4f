"""Who would gain and who would lose by a consent given or withdrawn: told before anything is saved.

What would follow is not reckoned beside the rules: it is done, looked at by the same questions that are asked of what is,
and undone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from tovholder.accounts.models import User
from tovholder.citizens.models import Child
from tovholder.concerns.models import Concern
from tovholder.concerns.policy import Part
from tovholder.concerns.queries import Reader, readers, visible_to


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one person's access to one concern: what they read now, and what afterwards; None for nothing."""

    concern: Concern
    now: Reader | None
    then: Reader | None

    @property
    def who(self) -> Reader:
        found = self.then or self.now
        assert found is not None  # noqa: S101 - one of them is there
        return found

    def is_gain(self, giving: bool) -> bool:
        """They come to read, or read it another way that is wider; of the same width it is as the whole change is meant."""
        if self.now is None or self.then is None:
            return self.now is None
        return giving if self.now.rank == self.then.rank else self.then.rank < self.now.rank


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Who gains, who loses, and which planned items open or close, in words for who works on the concerns."""

    gains: tuple[Change, ...]
    losses: tuple[Change, ...]
    opens: tuple[str, ...]
    closes: tuple[str, ...]
    concerns: tuple[Concern, ...]  # those that were looked through, each a reading of who reads it

    @property
    def several(self) -> bool:
        """More than one concern: each line says which."""
        return len(self.concerns) > 1

    @property
    def nobody(self) -> bool:
        return not (self.gains or self.losses or self.opens or self.closes)


def foresee(*, by: User, child: Child, giving: bool, act: Callable[[], object]) -> Foreseen:
    """Do `act`, see what it changes in the child's concerns that `by` reads whole, and undo it.

    `giving`: it gives access, so that who reads something else in the same way as before has gained. Raises what `act` raises (Refused, ValidationError). Nothing is kept: no row, no mail, no line in the log.
    """
    concerns = list(visible_to(by, Part.ALL).filter(concern_children__child=child).order_by("pk").distinct())
    before = [_standing(each) for each in concerns]
    with transaction.atomic():
        act()
        after = [_standing(each) for each in concerns]
        transaction.set_rollback(True)
    gains: list[Change] = []
    losses: list[Change] = []
    opens: list[str] = []
    closes: list[str] = []
    for concern, was, becomes in zip(concerns, before, after, strict=True):
        for change in _changes(concern, was.readers, becomes.readers):
            (gains if change.is_gain(giving) else losses).append(change)
        opens += [text for key, text in becomes.items.items() if key not in was.items]
        closes += [text for key, text in was.items.items() if key not in becomes.items]
    return Foreseen(tuple(gains), tuple(losses), tuple(opens), tuple(closes), tuple(concerns))


@dataclass(frozen=True, slots=True)
class _Standing:
    """What a concern opens to whom: its readers by who they are, and its items that can be opened by name."""

    readers: dict[object, Reader]
    items: dict[int, str]


def _standing(concern: Concern) -> _Standing:
    items: dict[int, str] = {}
    for path in settings.CONSENT_OPENS:
        items |= import_string(path)(concern)
    found: dict[object, Reader] = {}
    for each in readers(concern):
        found.setdefault(each.person_id or (each.name, each.organisation), each)
    return _Standing(found, items)


def _changes(concern: Concern, was: dict[object, Reader], becomes: dict[object, Reader]) -> list[Change]:
    """Who reads something else than before. Who reads less is among those who lose, and told what they still read."""
    changed = [key for key in {**was, **becomes} if _read(was.get(key)) != _read(becomes.get(key))]
    return [Change(concern, was.get(key), becomes.get(key)) for key in changed]


def _read(reader: Reader | None) -> tuple[str, str] | None:
    return None if reader is None else (reader.what, reader.why)
