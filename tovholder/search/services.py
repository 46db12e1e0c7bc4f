"""Keep the index as the world is: in the transaction of the change, or by the worker when much changes at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Q
from django.db.models.signals import post_delete

from tovholder.audit.models import Event
from tovholder.meetings.models import AgendaItem, Meeting
from tovholder.search import danish
from tovholder.search.following import taken_out, touched
from tovholder.search.models import Entry, Pending, number
from tovholder.search.sources import SORTS, Draft, Sort, scope_of

BATCH = 500
WORKER_SECONDS = 20.0
_COLUMNS = "id kind object_id parent_id title body place moment words parts names scope".split()
# Written out once: an upsert that also moves the row's number, which Django's own cannot.
_UPSERT = (
    f"INSERT INTO search_entry ({', '.join(_COLUMNS)}) VALUES %s ON CONFLICT (kind, object_id) DO UPDATE SET "  # noqa: S608
    + ", ".join(f"{column} = excluded.{column}" for column in _COLUMNS if column not in {"kind", "object_id"})
)


def follow(events: Iterable[tuple[Event, models.Model | None]]) -> None:
    """Index again what the log says has changed. Called by audit in the transaction of the change (AFTER_RECORD)."""
    wanted: dict[str, Q] = {}
    gone: dict[str, list[int]] = {}
    for event, obj in events:
        if event.kind != Event.Kind.WRITE:
            continue
        if row := taken_out(event.action, obj):
            gone.setdefault(row[0], []).append(row[1])
        for sort, rows in touched(event.action, obj, event.details):
            if rows is None:
                queue(sort)
            else:
                wanted[sort] = wanted[sort] | rows if sort in wanted else rows
    for sort, rows in wanted.items():
        refresh(sort, rows)
    for sort, pks in gone.items():
        forget(sort, *pks)


def refresh(sort: str, rows: Q) -> int:
    """Index again the rows of a sort, and forget those that must no longer be found. Returns how many were read."""
    source = SORTS[sort]
    found = list(source.rows().filter(rows))
    if found:
        with transaction.atomic(savepoint=False):
            _write(source, found)
    return len(found)


def forget(sort: str, *pks: int) -> None:
    """Take rows out of the index, in the transaction of their deletion."""
    Entry.objects.filter(kind__in=SORTS[sort].kinds, object_id__in=pks).delete()


def follow_deletions() -> None:
    """See to it that whatever is deleted, in whatever way, leaves the index too."""
    for sort, source in SORTS.items():
        post_delete.connect(
            partial(_deleted, sort=sort), sender=source.model, weak=False, dispatch_uid=f"search-{sort}"
        )


def _deleted(*, sort: str, instance: models.Model, **kwargs: Any) -> None:
    forget(sort, instance.pk)


def queue(*sorts: str) -> None:
    """Let the worker index all rows of the sorts again (every sort when none is given), from the beginning."""
    rows = [Pending(sort=sort, after=0) for sort in sorts or SORTS]
    Pending.objects.bulk_create(rows, update_conflicts=True, unique_fields=["sort"], update_fields=["after"])


def catch_up() -> int:
    """Index what is queued, for a part of the minute at most; the worker calls it. Returns how many rows it read."""
    return drain(seconds=WORKER_SECONDS)


def drain(*, seconds: float | None = None, progress: Callable[[str, int], None] | None = None) -> int:
    """Index what is queued until nothing is, or the seconds are over. `progress` is told the sort and how many."""
    until, total = time.monotonic() + seconds if seconds is not None else None, 0
    for sort in list(Pending.objects.order_by("pk").values_list("sort", flat=True)):
        while until is None or time.monotonic() < until:
            count = _batch(sort)
            total += count
            if progress is not None and count:
                progress(sort, count)
            if count < BATCH:
                break
    return total


def rebuild(progress: Callable[[str, int], None] | None = None) -> int:
    """Index everything again, now. People can search meanwhile. Returns how many rows were read."""
    queue()
    return drain(progress=progress)


@transaction.atomic
def _batch(sort: str) -> int:
    """Index the next rows of a sort, and forget entries of rows between them that are gone."""
    waiting = Pending.objects.select_for_update().filter(sort=sort).first()
    if waiting is None:
        return 0
    source = SORTS[sort]
    keys = list(
        source.model._default_manager.filter(pk__gt=waiting.after)
        .order_by("pk")
        .values_list("pk", flat=True)[:BATCH]
    )
    _hold_still(source, keys)
    found = list(source.rows().filter(pk__in=keys))
    reached = Q(object_id__gt=waiting.after)
    _write(source, found, reached & Q(object_id__lte=keys[-1]) if len(keys) == BATCH else reached)
    if len(keys) < BATCH:
        waiting.delete()
    else:
        waiting.after = keys[-1]
        waiting.save(update_fields=["after"])
    return len(keys)


def _hold_still(source: Sort, keys: list[int]) -> None:
    """Lock the rows while they are read, so that no older text is written over a newer one."""
    rows = source.model._default_manager.filter(pk__in=keys)
    if source.model is AgendaItem:
        meetings = Meeting.objects.filter(pk__in=rows.values("meeting_id"))
        list(meetings.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _write(source: Sort, found: list[Any], among: Q | None = None) -> None:
    """Write the drafts of the rows, and delete the entries that they no longer give.

    With `among`, all entries of the source that it holds and that no row gives: of rows that are gone.
    """
    drafts = [draft for row in found for draft in source.drafts(row)]
    given: dict[str, set[int]] = {kind: set() for kind in source.kinds}
    for draft in drafts:
        given[draft.kind].add(draft.object_id)
    gone = Q(pk__in=())
    for kind, ids in given.items():
        if among is not None:
            gone |= Q(kind=kind) & among & ~Q(object_id__in=ids)
        elif missing := {row.pk for row in found} - ids:
            gone |= Q(kind=kind, object_id__in=missing)
    Entry.objects.filter(gone).delete()  # asks nothing where nothing is gone
    for start in range(0, len(drafts), BATCH):
        values = [_values(draft) for draft in drafts[start : start + BATCH]]
        row = f"({', '.join(['%s'] * len(_COLUMNS))})"
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT.replace("%s", ", ".join([row] * len(values))), list(_flat(values)))


def _values(draft: Draft) -> list[Any]:
    texts = [draft.title, *filter(None, draft.texts)] if not draft.names else list(filter(None, draft.texts))
    words, parts = danish.indexed(texts)
    body = "\n".join(filter(None, draft.texts))
    moment = Entry._meta.get_field("moment").get_db_prep_save(draft.moment, connection)
    return [
        number(draft.kind, draft.object_id, draft.moment), str(draft.kind), draft.object_id, draft.parent_id,
        draft.title, body, draft.place, moment, words, parts, danish.indexed_names(draft.names), scope_of(draft),
    ]  # fmt: skip


def _flat(rows: Iterable[list[Any]]) -> Iterator[Any]:
    for row in rows:
        yield from row
