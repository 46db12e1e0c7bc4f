"""Nobody changes the log, by Python or by SQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from tovholder.audit import guards
from tovholder.audit.models import SYSTEM, AppendOnlyError, Event, Purge, Segment, SegmentRows, Unsealed
from tovholder.audit.sealing import seal
from tovholder.audit.services import record, record_reading

pytestmark = pytest.mark.django_db


def sql(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def sealed():
    events = [record(by=SYSTEM, action="demo.made", details={"n": n}) for n in range(3)]
    seal(settled_after=timedelta(0))
    return events


def test_python_refuses(sealed, anna):
    event = sealed[0]
    event.actor = "user:1"
    for attempt in (
        event.save,
        event.delete,
        Event.objects.all().delete,
        lambda: Event.objects.update(actor="user:1"),
        Segment.objects.get().save,
        Segment.objects.all().delete,
        SegmentRows.objects.get().delete,
    ):
        with pytest.raises(AppendOnlyError):
            attempt()
    assert Event.objects.filter(actor="user:1").count() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET actor = 'user:1'",
        "UPDATE audit_event SET request_id = request_id",
        "DELETE FROM audit_event",
        "UPDATE audit_segment SET head = previous",
        "DELETE FROM audit_segment",
        "DELETE FROM audit_segmentrows",
        "INSERT INTO audit_event (id, at, kind, actor, action, object_type, object_id, purpose, details, request_id) "
        "SELECT -5, at, kind, actor, action, object_type, object_id, purpose, details, request_id FROM audit_event LIMIT 1",
    ],
)
def test_the_database_refuses(sealed, statement):
    with pytest.raises(IntegrityError, match=guards.REFUSAL):
        sql(statement)
    assert Event.objects.count() == 3


def test_truncating_is_refused_on_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite knows no TRUNCATE")
    for table in ("audit_event", "audit_segment, audit_segmentrows", "audit_unsealed", "audit_purge"):
        with pytest.raises(IntegrityError, match=guards.REFUSAL):
            sql(f"TRUNCATE {table}")


def test_what_was_purged_cannot_be_unpurged(sealed):
    segment = Segment.objects.get()
    purge = Purge.objects.create(
        first_segment=1,
        last_segment=1,
        first_event=segment.first_event,
        last_event=segment.last_event,
        count=3,
        started_at=timezone.now(),
        finished_at=timezone.now(),
    )
    for statement in ("DELETE FROM audit_event", "DELETE FROM audit_segmentrows", "DELETE FROM audit_purge"):
        with pytest.raises(IntegrityError, match=guards.REFUSAL):
            sql(statement)
    for change in ({"finished_at": None}, {"last_event": 99999999}, {"finished_at": timezone.now()}):
        with pytest.raises(IntegrityError, match=guards.REFUSAL), transaction.atomic():
            Purge.objects.filter(pk=purge.pk).update(**change)


def test_every_new_row_is_listed_as_unsealed_by_the_database(anna):
    event = record(by=anna, action="demo.made")
    Event.objects.bulk_create(
        [Event(at=timezone.now(), actor="system", action="demo.made") for _ in range(3)]
    )
    assert Unsealed.objects.count() == 4
    assert Unsealed.objects.filter(pk=event.pk).exists()


def test_a_guard_that_is_taken_away_is_missed():
    assert guards.missing() == []
    place = " ON audit_event" if connection.vendor == "postgresql" else ""
    sql(f"DROP TRIGGER audit_event_no_update{place}")
    assert guards.missing() == ["audit_event_no_update"]
    guards.install()
    assert guards.missing() == []


def test_a_guard_that_is_hollowed_out_is_missed():
    if connection.vendor == "postgresql":
        sql(
            "CREATE OR REPLACE FUNCTION audit_event_no_delete() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN RETURN OLD; END $$"
        )
        sql("ALTER TABLE audit_event DISABLE TRIGGER audit_event_no_update")
        assert guards.missing() == ["audit_event_no_delete", "audit_event_no_update"]
    else:
        sql("DROP TRIGGER audit_event_no_delete")
        sql("CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event BEGIN SELECT 1; END")
        assert guards.missing() == ["audit_event_no_delete"]


def test_the_old_version_can_write_while_the_new_one_is_being_put_in_place():
    """Before the migration there was no `ground`, and nobody told the database about what is not sealed."""
    sql(
        "INSERT INTO audit_event (at, kind, actor, action, object_type, object_id, purpose, details, request_id) "
        "VALUES ('2026-01-01 10:00:00+00', 'write', 'system', 'demo.made', '', '', '', '{}', '')"
    )
    assert Event.objects.get().ground == ""
    assert Unsealed.objects.count() == 1


def test_a_reading_says_what_for_and_on_what_ground(anna):
    with pytest.raises(ValueError, match="ground"):
        record_reading(by=anna, action="demo.made", obj=anna, purpose="agenda", ground="")
    event = record_reading(by=anna, action="demo.made", obj=anna, purpose="agenda", ground="member")
    assert (event.kind, event.purpose, event.ground, event.object_id) == (
        *("read", "agenda", "member"),
        str(anna.pk),
    )
    with pytest.raises(DatabaseError, match=guards.REFUSAL), transaction.atomic():
        Event.objects.filter(pk=event.pk)._raw_delete("default")
