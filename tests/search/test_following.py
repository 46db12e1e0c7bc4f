"""The index is as the world is, after every service, in the same transaction."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import AgendaItemFactory, AgreementFactory, MeetingFactory, TopicFactory
from tovholder.audit.services import record
from tovholder.meetings.models import Meeting, Outcome
from tovholder.meetings.services import capturing, files, items, planning, running, topics, writing
from tovholder.plans import services as plans
from tovholder.search import services
from tovholder.search.models import Entry, Pending
from tovholder.search.queries import search

INDEXED = [field.name for field in Entry._meta.fields]


def index() -> dict[tuple[str, int], tuple[object, ...]]:
    return {(row[1], row[2]): row for row in Entry.objects.values_list(*INDEXED)}


def found(user, text: str) -> set[tuple[str, str]]:
    return {(entry.kind, entry.title) for entry in search(user, text).entries}


@pytest.fixture
def meeting(network, anna) -> Meeting:
    services.rebuild()
    starts = timezone.now().replace(microsecond=0) + timedelta(days=30)
    return planning.create_meeting(
        by=anna, forums=[network], starts_at=starts, ends_at=starts + timedelta(hours=2), place="Biblioteket"
    )


def test_a_whole_meeting_leaves_the_index_as_building_it_anew_would(meeting, anna, bo, network) -> None:
    item = items.add_item(by=anna, meeting=meeting, heading="Uro på torvet", question="Hvem går en runde?")
    other = items.add_item(by=anna, meeting=meeting, heading="Cykler")
    items.edit_item(by=anna, item=other, heading="Knallerter")
    upload = SimpleUploadedFile("rundtur.txt", b"Efter skole", content_type="text/plain")
    files.attach(by=anna, meeting=meeting, item=item, upload=upload)
    topic = topics.propose(by=bo, forum=network, heading="Natteravne", why="De mangler folk")
    topics.put_on_agenda(by=anna, topic=topic, meeting=meeting)
    planning.edit_meeting(by=anna, meeting=meeting, place="Rådhuset")
    running.start(by=anna, meeting=meeting)
    writing.save_text(by=anna, item=item, text="Politiet kører forbi", base_version=0)
    capturing.add_outcome(by=anna, item=item, kind=Outcome.Kind.DECISION, text="Klubben åbner fredag")
    agreement = capturing.add_agreement(
        by=anna, item=item, what="Ring til boligforeningen", responsible=bo.person, helpers=[anna.person]
    )
    plans.stop(by=anna, agreement=agreement, reason="Belysningen er lavet")
    capturing.capture_topic(by=anna, item=item, heading="Fritidspas")
    running.defer(by=anna, item=other)
    kept = index()
    assert {"meeting", "item", "minutes", "agreement", "topic", "file", "person", "forum"} <= {
        kind for kind, _pk in kept
    }
    services.rebuild()
    assert kept == index()
    assert ("minutes", "Uro på torvet") in found(anna, "politiet")
    assert ("file", "rundtur.txt") in found(bo, "rundtur")


def test_nothing_that_is_not_general_is_in_the_index(meeting, anna) -> None:
    item = items.add_item(by=anna, meeting=meeting, heading="Hemmeligt punkt", level="anonymous")
    running.start(by=anna, meeting=meeting)
    writing.save_text(by=anna, item=item, text="hemmeligt referat", base_version=0)
    capturing.add_agreement(by=anna, item=item, what="hemmelig aftale", responsible=anna.person)
    capturing.capture_topic(by=anna, item=item, heading="hemmeligt emne")
    services.rebuild()
    assert found(anna, "hemmeligt") == set()


def test_a_level_that_is_raised_takes_the_texts_out_at_once(meeting, anna) -> None:
    item = items.add_item(by=anna, meeting=meeting, heading="Uro på torvet")
    upload = SimpleUploadedFile("torvet.txt", b"Efter skole", content_type="text/plain")
    files.attach(by=anna, meeting=meeting, item=item, upload=upload)
    assert len(found(anna, "torvet")) == 2
    items.edit_item(by=anna, item=item, level="anonymous")
    assert not Entry.objects.filter(title__in=["Uro på torvet", "torvet.txt"]).exists()


def test_a_rollback_takes_the_entry_with_it(meeting, anna) -> None:
    with transaction.atomic():
        items.add_item(by=anna, meeting=meeting, heading="Forhastet")
        assert found(anna, "forhastet")
        transaction.set_rollback(True)
    assert not found(anna, "forhastet")


def test_what_is_deleted_leaves_the_index(meeting, anna) -> None:
    item = items.add_item(by=anna, meeting=meeting, heading="Fjernes igen")
    items.remove_item(by=anna, item=item)
    assert not found(anna, "fjernes")
    planning.discard(by=anna, meeting=meeting)
    assert not Entry.objects.filter(parent_id=meeting.pk, kind__in=("meeting", "item", "file")).exists()


def test_a_write_costs_few_queries_more(meeting, anna, settings) -> None:
    item = items.add_item(by=anna, meeting=meeting, heading="Punkt")
    running.start(by=anna, meeting=meeting)

    def cost(version: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            writing.save_text(by=anna, item=item, text=f"tekst {version}", base_version=version)
        return len(queries)

    with_index = cost(0)
    settings.AFTER_RECORD = []
    assert with_index - cost(1) <= 4  # the item, its forums, its outcomes, one upsert


def test_the_worker_indexes_what_came_past_the_services(network, anna, hans, monkeypatch) -> None:
    monkeypatch.setattr(services, "BATCH", 3)
    agreements = [AgreementFactory(forum=network, what=f"Past services {n}") for n in range(7)]
    TopicFactory(forum=network, heading="Past services")
    assert not found(anna, "services")
    record(by=hans, action="setup.loaded", obj=network)
    assert services.catch_up() > 0
    assert len(found(anna, "services")) == 8
    assert not Pending.objects.exists()
    # And it forgets what was taken away past the signals.
    type(agreements[0]).objects.filter(pk=agreements[3].pk)._raw_delete("default")
    services.rebuild()
    assert len(found(anna, "services")) == 7


def test_newest_first_and_never_more_than_a_hundred(network, anna) -> None:
    now = timezone.now()
    for n in range(104):
        AgreementFactory(forum=network, what=f"Rundtur {n}", created_at=now - timedelta(days=n))
    services.rebuild()
    first = search(anna, "rundtur")
    assert [entry.title for entry in first.entries[:2]] == ["Rundtur 0", "Rundtur 1"]
    assert (first.count, first.more) == (100, True)
    assert [entry.title for entry in search(anna, "rundtur", page=5).entries][-1] == "Rundtur 99"
    assert search(anna, "rundtur", page=6).entries == []


def test_the_date_of_a_moved_meeting_moves_it_in_the_list(meeting, anna, network) -> None:
    later = MeetingFactory(
        lead_forum=network, title="Rundtur", starts_at=meeting.starts_at + timedelta(days=1)
    )
    AgendaItemFactory(meeting=later)
    services.rebuild()
    planning.edit_meeting(by=anna, meeting=meeting, title="Rundtur senere")
    start = later.starts_at + timedelta(days=5)
    planning.move(by=anna, meeting=meeting, starts_at=start, ends_at=start + timedelta(hours=1))
    assert [entry.title for entry in search(anna, "rundtur").entries] == ["Rundtur senere", "Rundtur"]
