"""Sealing, telling, verifying and forgetting, one case at a time."""

from __future__ import annotations

import json
import socket
import threading
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from tests.audit.worlds import AT_ONCE, faults, unguarded, write
from tovholder.audit import anchors, canonical
from tovholder.audit.models import SYSTEM, AnchorState, Event, Purge, Segment, SegmentRows, Unsealed
from tovholder.audit.purging import LEAST_KEPT, BrokenSegmentError, purge
from tovholder.audit.sealing import seal, seal_due
from tovholder.audit.services import record

pytestmark = pytest.mark.django_db


def verified(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=out, stderr=out)
    except SystemExit as ended:
        return int(ended.code), out.getvalue()
    return 0, out.getvalue()


def test_the_hash_of_a_row_is_the_same_on_every_database_and_for_ever():
    at = timezone.datetime(2026, 3, 2, 10, 30, tzinfo=timezone.get_fixed_timezone(60))
    event = Event(at=at, actor="user:1", action="meeting.moved", details={"å": [1, None], "a": 2})
    text = '["2026-03-02T09:30:00.000000+00:00","write","user:1","meeting.moved","","","","",{"a":2,"å":[1,null]},""]'
    assert canonical.of_event(event) == canonical.hashlib.sha256(text.encode()).digest()


def test_a_row_that_was_just_written_waits_a_moment_and_is_then_sealed():
    record(by=SYSTEM, action="demo.made")
    assert seal_due() == 0
    assert Unsealed.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(seconds=5)):
        assert seal_due() == 1
    assert Unsealed.objects.count() == 0


def test_segments_are_no_larger_than_asked_and_hang_together():
    write([5, 2], 3)
    assert [each.count for each in Segment.objects.all()] == [3, 2, 2]
    assert [each.previous for each in Segment.objects.all()] == [
        canonical.GENESIS,
        *[each.head for each in Segment.objects.all()][:-1],
    ]


def test_a_row_that_waits_behind_a_clock_set_back_is_sealed_later_and_verifies():
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        ahead = record(by=SYSTEM, action="demo.made")
    write([2], 5)
    assert list(Unsealed.objects.values_list("pk", flat=True)) == [ahead.pk]
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        seal()
    assert faults(anchored=False) == []
    assert "1 rækker blev forseglet efter en række med et højere nummer." in verified()[1]


def test_the_command_names_what_is_wrong_and_says_how_much_waits():
    (first, second, third), _more = write([3, 1], 2)
    status, said = verified()
    assert status == 0
    assert "4 rækker i 3 segmenter efterprøvet: ingen fejl." in said
    assert Event.objects.get(action="log.verified").details == {"faults": 0, "rows": 4, "segments": 3}
    unguarded(
        f"UPDATE audit_event SET actor = 'user:9' WHERE id = {second}",
        f"DELETE FROM audit_event WHERE id = {third}",
    )
    status, said = verified()
    assert status == 1
    assert f"Række {second}: ændret efter forsegling" in said
    assert f"Række {third}: slettet (segment 2)" in said
    assert f"Række {first}" not in said
    assert "1 rækker er ikke forseglet endnu." in said


def test_a_row_deleted_before_it_was_sealed_is_named():
    gone = record(by=SYSTEM, action="demo.made")
    unguarded(f"DELETE FROM audit_event WHERE id = {gone.pk}")
    assert [(fault.kind, fault.event) for fault in faults(anchored=False)] == [("deleted_unsealed", gone.pk)]


def test_a_row_that_is_put_up_for_sealing_again_is_named():
    ((first, _second),) = write([2], 5)
    unguarded(f"INSERT INTO audit_unsealed (event_id) VALUES ({first})")
    seal(settled_after=AT_ONCE)
    assert [(fault.kind, fault.event) for fault in faults(anchored=False)] == [("sealed_twice", first)]


def test_a_segment_taken_out_of_the_middle_is_named():
    write([6], 2)
    unguarded(
        "DELETE FROM audit_segmentrows WHERE segment_id = 2", "DELETE FROM audit_segment WHERE number = 2"
    )
    assert ("segments_missing", 2, 2) in [(each.kind, each.segment, each.other) for each in faults()]


def test_a_row_list_taken_away_is_named():
    write([4], 2)
    unguarded("DELETE FROM audit_segmentrows WHERE segment_id = 2")
    assert ("rows_missing", 2) in [(each.kind, each.segment) for each in faults()]


def test_what_was_edited_beyond_reading_is_named_and_stops_nothing(settings):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL takes nothing for an instant that is none")
    ((first, second, third, _fourth),) = write([4], 2)
    unguarded(
        f"UPDATE audit_event SET at = 'yesterday' WHERE id IN ({second}, {third})",
        "UPDATE audit_segment SET sealed_at = 'tomorrow', head = 'none' WHERE number = 2",
    )
    file = Path(settings.AUDIT_ANCHOR[0], anchors.FILE_NAME)
    file.write_text(file.read_text() + '{"kind": "segment", "number": "x"}\n')
    found = {(fault.kind, fault.event or fault.segment) for fault in faults()}
    assert found == {("edited", second), ("edited", third), ("segment_edited", 2), ("head_not_as_told", 2)}
    assert first < second


def test_writing_sealing_and_purging_go_on_while_somebody_verifies(monkeypatch):
    """What changes under the eyes of the one who looks is no fault."""
    with time_machine.travel(timezone.now() - timedelta(days=400)):
        write([4], 2)
    waiting = [record(by=SYSTEM, action="demo.made") for _ in range(3)]
    original, walked = canonical.unpack, []

    def meanwhile(packed):
        if not walked:
            walked.append(1)
            seal(settled_after=AT_ONCE)
            purge(by=SYSTEM, before=timezone.now() - timedelta(days=200))
        return original(packed)

    monkeypatch.setattr(canonical, "unpack", meanwhile)
    assert faults(anchored=False) == []
    assert Segment.objects.latest("number").last_event == waiting[-1].pk


def test_old_whole_segments_are_forgotten_and_young_ones_are_not():
    with time_machine.travel(timezone.now() - timedelta(days=400)):
        write([5], 2)
    with time_machine.travel(timezone.now() - timedelta(days=100)):
        write([2], 2)
    assert purge(by=SYSTEM, before=timezone.now()) == 5  # LEAST_KEPT holds, whatever is asked for
    assert purge(by=SYSTEM, before=timezone.now()) == 0
    assert timedelta(days=100) < LEAST_KEPT
    assert Segment.objects.count() == 4
    assert SegmentRows.objects.count() == 1
    row = Purge.objects.get()
    assert (row.first_segment, row.last_segment, row.count) == (1, 3, 5)
    assert Event.objects.get(action="log.purged").details == {"first": 1, "last": 3, "rows": 5}
    anchors.tell_due()
    assert faults() == []
    assert "5 rækker er glemt efter reglen" in verified()[1]


def test_what_was_tampered_with_is_not_forgotten():
    with time_machine.travel(timezone.now() - timedelta(days=400)):
        write([2], 5)
    unguarded("UPDATE audit_event SET actor = 'user:9' WHERE id = (SELECT MAX(id) FROM audit_event)")
    with pytest.raises(BrokenSegmentError, match="segment 1"):
        purge(by=SYSTEM, before=timezone.now())
    assert Event.objects.count() == 2


def test_a_purge_by_hand_is_named():
    """Through the door that the database leaves open for purging, but without the service."""
    write([2, 1], 5)
    segment = Segment.objects.get(number=1)
    with transaction.atomic():
        opened = Purge.objects.create(
            first_segment=1,
            last_segment=1,
            first_event=segment.first_event,
            last_event=segment.last_event,
            count=2,
            started_at=timezone.now(),
        )
        Event.objects.filter(pk__lte=segment.last_event)._raw_delete("default")
        SegmentRows.objects.filter(pk=1)._raw_delete("default")
        Purge.objects.filter(pk=opened.pk).update(finished_at=timezone.now())
    assert {fault.kind for fault in faults()} >= {"purge_early"}
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert {fault.kind for fault in faults()} == {"purge_early", "purge_untold", "purge_unlogged"}


def test_heads_are_appended_and_a_torn_line_costs_nothing(tmp_path):
    write([2], 1)
    file = anchors.folders()[0] / anchors.FILE_NAME
    assert [json.loads(line)["number"] for line in file.read_text().splitlines()] == [1, 2]
    with file.open("a") as torn:
        torn.write('{"kind": "segm')
    write([1], 1)
    assert faults() == []
    assert "1 linjer i forankringen kan ikke læses" in verified()[1]


def test_a_place_that_fails_stops_nothing_is_shown_and_tried_again(settings, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    settings.AUDIT_ANCHOR = [str(blocked), str(tmp_path / "fine")]
    write([2], 1)
    assert Unsealed.objects.count() == 0
    state = AnchorState.objects.get(place=str(blocked))
    assert (state.upto, bool(state.failing_since), bool(state.fault)) == (0, True, True)
    assert AnchorState.objects.get(place=str(tmp_path / "fine")).upto == 2
    blocked.unlink()
    assert anchors.tell_due() == 2
    state.refresh_from_db()
    assert (state.upto, state.failing_since, state.fault) == (2, None, "")


def test_heads_by_mail_come_at_most_hourly(settings):
    settings.AUDIT_ANCHOR = ["mail:log@kommune.example"]
    write([3], 1)
    write([1], 1)
    (sent,) = mail.outbox
    assert (sent.to, json.loads(sent.body)["number"]) == (["log@kommune.example"], 3)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        anchors.tell_due()
    assert json.loads(mail.outbox[1].body)["number"] == 4


def test_heads_by_syslog(settings):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        settings.AUDIT_ANCHOR = [f"syslog:127.0.0.1:{server.getsockname()[1]}"]
        write([1], 1)
        line = server.recv(2000).decode().rstrip("\0")
    assert json.loads(line.partition("tovholder-audit: ")[2])["head"] == Segment.objects.get().head


def test_a_syslog_that_is_not_there_is_a_fault(settings, tmp_path):
    settings.AUDIT_ANCHOR = [f"syslog:{tmp_path / 'nothing'}"]
    write([1], 1)
    assert AnchorState.objects.get().fault == "FileNotFoundError"


def test_lines_kept_elsewhere_can_be_compared_with(settings, tmp_path):
    write([2], 1)
    kept = Path(settings.AUDIT_ANCHOR[0], anchors.FILE_NAME).rename(tmp_path / "from-syslog.jsonl")
    status, said = verified()
    assert (status, "Forankringen uden for databasen er væk" in said) == (1, True)
    settings.AUDIT_ANCHOR = ["mail:log@kommune.example"]
    status, said = verified()
    assert (status, "ingen forankring at sammenligne med" in said) == (0, True)
    unguarded("DELETE FROM audit_segmentrows", "DELETE FROM audit_segment", "DELETE FROM audit_event")
    unguarded("DELETE FROM audit_unsealed")
    status, said = verified("--anchors", str(kept))
    assert (status, "Segment 1-2: skåret af" in said) == (1, True)


def test_a_database_set_back_on_purpose_is_said_to_be(settings):
    write([2], 1)
    unguarded(
        "DELETE FROM audit_event WHERE id = (SELECT MAX(id) FROM audit_event)",
        "DELETE FROM audit_segmentrows WHERE segment_id = 2",
        "DELETE FROM audit_segment WHERE number = 2",
    )
    assert {fault.kind for fault in faults()} == {"cut"}
    call_command("audit_restored", stdout=StringIO())
    write([2], 1)
    assert faults() == []
    assert "sat tilbage fra en kopi" in verified()[1]


@pytest.mark.django_db(transaction=True)
def test_two_who_seal_at_once_seal_nothing_twice_and_late_rows_are_not_lost():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time; the test database lives in memory")
    held, written = threading.Event(), threading.Event()

    def late():
        with transaction.atomic():
            record(by=SYSTEM, action="demo.made", details={"late": True})
            written.set()
            held.wait(10)
        connections.close_all()

    def sealer():
        try:
            barrier.wait(10)
            seal(size=3, settled_after=AT_ONCE)
        finally:
            connections.close_all()

    slow = threading.Thread(target=late)
    slow.start()
    assert written.wait(10)
    for n in range(40):
        record(by=SYSTEM, action="demo.made", details={"n": n})
    barrier = threading.Barrier(3)
    sealers = [threading.Thread(target=sealer) for _ in range(3)]
    for each in sealers:
        each.start()
    for each in sealers:
        each.join(20)
    seal(size=3, settled_after=AT_ONCE)
    assert Unsealed.objects.count() == 0
    held.set()
    slow.join(10)
    assert Unsealed.objects.count() == 1
    seal(settled_after=AT_ONCE)
    assert sum(Segment.objects.values_list("count", flat=True)) == Event.objects.count() == 41
    assert faults(anchored=False) == []
