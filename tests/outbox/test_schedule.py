"""The clock in the database: each minute once, whatever fails and whoever dies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from tests.outbox.mail_server import Inbox
from tovholder.config import schedule
from tovholder.outbox.models import Heartbeat, OutgoingMail
from tovholder.outbox.services import queue_mail

pytestmark = pytest.mark.django_db
calls: list[str] = []


def job() -> None:
    calls.append("job")


def broken() -> None:
    raise RuntimeError("on purpose")


@pytest.fixture(autouse=True)
def jobs(settings: Any) -> None:
    calls.clear()
    here = "tests.outbox.test_schedule"
    settings.EVERY_MINUTE = [f"{here}.broken", "tovholder.no_such_module.job", f"{here}.job"]


def at(**age: float) -> time_machine.travel:
    return time_machine.travel(datetime.now(UTC) + timedelta(**age), tick=False)


def queued() -> DBTaskResult:
    queue_mail(to="bo@skole.test", subject="Møde", body="Se mødet")
    return DBTaskResult.objects.get()


def test_every_named_job_exists(settings: Any) -> None:
    from tovholder.config import settings as real  # the fixture above has put its own in place

    assert all(callable(import_string(path)) for path in (*real.EVERY_MINUTE, *real.EVERY_DAY))


def test_a_fault_in_one_job_does_not_stop_the_next_and_each_minute_runs_once() -> None:
    assert schedule.tick()
    assert not schedule.tick()  # another worker, or the same one too soon
    assert calls == ["job"]
    with at(minutes=1):
        assert schedule.tick()
    assert calls == ["job", "job"]


def test_every_tick_shows_that_the_worker_lives() -> None:
    schedule.tick()
    with at(seconds=20):
        schedule.tick()
        assert Heartbeat.objects.get(name="worker").at == timezone.now()


def test_a_task_left_running_is_queued_again_and_given_up_after_three_workers() -> None:
    task = queued()
    for number in range(3):
        task.refresh_from_db()
        assert task.status == TaskResultStatus.READY
        task.claim(f"worker-{number}")
        assert schedule.requeue_abandoned() == 0  # it may still be at it
        with at(minutes=11):
            assert schedule.requeue_abandoned() == 1
    task.refresh_from_db()
    assert task.status == TaskResultStatus.FAILED


def test_finished_tasks_are_deleted_after_a_week() -> None:
    queued().set_successful("sent")
    assert schedule.prune_finished() == 0
    with at(days=8):
        assert schedule.prune_finished() == 1


@pytest.mark.django_db(transaction=True)
def test_the_command_does_what_is_queued_once_and_stops(inbox: Inbox) -> None:
    task = queued()
    call_command("run_worker", once=True)
    task.refresh_from_db()
    assert (task.status, task.return_value) == (TaskResultStatus.SUCCESSFUL, "sent")
    assert OutgoingMail.objects.get().status == "sent"
    assert len(inbox.messages) == 1
