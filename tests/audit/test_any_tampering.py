"""Whatever was written and however it was sealed: untouched it verifies, and any one change is found and named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.audit.worlds import OTHER, faults, start_over, unguarded, write
from tests.worlds import examples
from tovholder.audit import canonical
from tovholder.audit.models import SYSTEM, Event, Segment, SegmentRows
from tovholder.audit.purging import purge
from tovholder.audit.services import record

pytestmark = pytest.mark.django_db
# One turn at least has two events, so that there is something to swap.
TURNS = st.lists(st.integers(0, 7), min_size=1, max_size=4).map(lambda counts: [*counts, 3])
SIZES = st.integers(1, 5)
in_any_world = settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def flat(turns: list[list[int]]) -> list[int]:
    return [number for turn in turns for number in turn]


def kinds(found: list[Any]) -> set[str]:
    return {fault.kind for fault in found}


@in_any_world
@given(counts=TURNS, size=SIZES)
def test_untouched_it_verifies(counts, size):
    start_over()
    turns = write(counts, size)
    assert faults() == []
    held = [n for rows in SegmentRows.objects.order_by("pk") for n, _hash in canonical.unpack(rows.packed)]
    assert held == sorted(flat(turns))


@in_any_world
@given(counts=TURNS, size=SIZES, column=st.sampled_from(sorted(OTHER)), data=st.data())
def test_an_edited_column_is_named(counts, size, column, data):
    start_over()
    victim = data.draw(st.sampled_from(flat(write(counts, size))))
    unguarded(f"UPDATE audit_event SET {column} = %s WHERE id = %s", params=(OTHER[column], victim))
    assert [(fault.kind, fault.event) for fault in faults()] == [("edited", victim)]


@in_any_world
@given(counts=TURNS, size=SIZES, data=st.data())
def test_a_deleted_row_is_named(counts, size, data):
    start_over()
    victim = data.draw(st.sampled_from(flat(write(counts, size))))
    unguarded("DELETE FROM audit_event WHERE id = %s", params=(victim,))
    assert [(fault.kind, fault.event) for fault in faults()] == [("deleted", victim)]


@in_any_world
@given(counts=TURNS, size=SIZES, data=st.data())
def test_two_rows_that_changed_places_are_named(counts, size, data):
    start_over()
    numbers = flat(write(counts, size))
    one, other = data.draw(st.lists(st.sampled_from(numbers), min_size=2, max_size=2, unique=True))
    unguarded(
        f"UPDATE audit_event SET id = -1 WHERE id = {one}",
        f"UPDATE audit_event SET id = {one} WHERE id = {other}",
        f"UPDATE audit_event SET id = {other} WHERE id = -1",
    )
    assert {(fault.kind, fault.event, fault.other) for fault in faults()} == {
        ("swapped", one, other),
        ("swapped", other, one),
    }


@in_any_world
@given(counts=TURNS, size=SIZES, data=st.data())
def test_a_row_slipped_in_is_named(counts, size, data):
    """Between others, where a number is free, and with the list of what waits left as it was."""
    start_over()
    rolled_back = record(by=SYSTEM, action="demo.made")
    unguarded("DELETE FROM audit_event", "DELETE FROM audit_unsealed")
    turns = write(counts, size)
    number = data.draw(st.sampled_from([rolled_back.pk, 0, -7, max(flat(turns)) + 5]))
    columns = ", ".join(canonical.COLUMNS)
    unguarded(
        f"INSERT INTO audit_event (id, {columns}) SELECT {number}, {columns} FROM audit_event "
        f"WHERE id = {turns[-1][0]}"
    )
    assert [(fault.kind, fault.event) for fault in faults()] == [("slipped_in", number)]


@in_any_world
@given(counts=TURNS, size=SIZES, data=st.data())
def test_newest_segments_that_were_cut_off_are_named(counts, size, data):
    """Events and segments go together, so the database itself looks whole; the anchor remembers."""
    start_over()
    write(counts, size)
    last = Segment.objects.latest("number").number
    kept = data.draw(st.integers(0, last - 1))
    gone = SegmentRows.objects.filter(pk__gt=kept)
    ids = [str(n) for rows in gone for n, _hash in canonical.unpack(rows.packed)]
    unguarded(
        f"DELETE FROM audit_event WHERE id IN ({', '.join(ids)})",
        f"DELETE FROM audit_segmentrows WHERE segment_id > {kept}",
        f"DELETE FROM audit_segment WHERE number > {kept}",
    )
    assert faults(anchored=False) == []
    (fault,) = faults()
    assert (fault.kind, fault.segment, fault.other) == ("cut", kept + 1, last)


SEGMENT_COLUMNS = ("previous", "count", "first_event", "last_event", "newest_at", "sealed_at", "rows", "head")


@in_any_world
@given(counts=TURNS, size=SIZES, column=st.sampled_from(SEGMENT_COLUMNS), data=st.data())
def test_an_edited_segment_is_named(counts, size, column, data):
    start_over()
    write(counts, size)
    number = data.draw(st.integers(1, Segment.objects.latest("number").number))
    other = {"count": 99, "first_event": 99, "last_event": 10**9}.get(
        column, OTHER["at"] if column.endswith("_at") else "f" * 64
    )
    unguarded(f"UPDATE audit_segment SET {column} = %s WHERE number = %s", params=(other, number))
    assert number in {fault.segment for fault in faults()}
    assert "segment_edited" in kinds(faults())


@in_any_world
@given(counts=TURNS, size=SIZES, data=st.data())
def test_the_whole_chain_counted_anew_is_found_by_the_anchor(counts, size, data):
    """Who owns the database can edit a row and count every hash after it; not what was told outside."""
    start_over()
    victim = data.draw(st.sampled_from(flat(write(counts, size))))
    unguarded("UPDATE audit_event SET actor = 'user:987' WHERE id = %s", params=(victim,))
    first = recount(victim)
    assert faults(anchored=False) == []
    found = faults()
    assert kinds(found) == {"head_not_as_told"}
    assert min(fault.segment for fault in found) == first


def recount(victim: int) -> int:
    """Seal everything from the victim's segment on as if the edited row had always been so."""
    first, before = 0, canonical.GENESIS
    for segment in Segment.objects.order_by("number"):
        rows = canonical.unpack(bytes(segment.packed_rows.packed))
        if not first and victim not in dict(rows):
            before = segment.head
            continue
        first = first or segment.number
        there = Event.objects.filter(pk__in=dict(rows)).order_by("pk")
        packed = canonical.pack((event.pk, canonical.of_event(event)) for event in there)
        segment.previous, segment.rows = before, canonical.digest(packed)
        segment.head = before = canonical.head_of(segment)
        unguarded(
            "UPDATE audit_segmentrows SET packed = %s WHERE segment_id = %s", params=(packed, segment.pk)
        )
        unguarded(
            "UPDATE audit_segment SET previous = %s, rows = %s, head = %s WHERE number = %s",
            params=(segment.previous, segment.rows, segment.head, segment.pk),
        )
    return first


@in_any_world
@given(counts=TURNS, later=TURNS, size=SIZES, column=st.sampled_from(sorted(OTHER)), data=st.data())
def test_what_is_purged_leaves_a_chain_that_verifies_and_still_guards_the_rest(
    counts, later, size, column, data
):
    start_over()
    with time_machine.travel(timezone.now() - timedelta(days=700)):
        old = flat(write(counts, size))
    kept = flat(write(later, size))
    assert purge(by=SYSTEM, before=timezone.now() - timedelta(days=365)) == len(old)
    assert not Event.objects.filter(pk__in=old).exists()
    write([1], size)
    assert faults() == []
    victim = data.draw(st.sampled_from(kept))
    unguarded(f"UPDATE audit_event SET {column} = %s WHERE id = %s", params=(OTHER[column], victim))
    assert [(fault.kind, fault.event) for fault in faults()] == [("edited", victim)]
