"""A clock that was wrong and is set back: what it wrote in the future holds nothing up."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.outbox.conftest import inbox, smtp_port  # noqa: F401  (fixtures)
from tests.outbox.mail_server import Inbox
from tovholder.config import schedule
from tovholder.outbox import delivery
from tovholder.outbox.models import Heartbeat, OutgoingMail
from tovholder.outbox.services import deliver_due, queue_mail

pytestmark = pytest.mark.django_db
done: list[str] = []


def job() -> None:
    done.append("job")


@pytest.fixture(autouse=True)
def jobs(settings: Any) -> None:
    done.clear()
    settings.EVERY_MINUTE = ["tests.faults.test_clock.job"]


def ahead(**time: float) -> time_machine.travel:
    return time_machine.travel(datetime.now(UTC) + timedelta(**time), tick=False)


def mail() -> OutgoingMail:
    return queue_mail(to="bo@skole.test", subject="Møde", body="Se mødet")


@pytest.mark.parametrize("by", [{"hours": 1}, {"days": 1}, {"days": 4000}])
def test_the_minutes_go_on_after_the_clock_is_set_back(by: dict[str, float]) -> None:
    with ahead(**by):
        assert schedule.tick()
    assert schedule.tick()
    assert done == ["job", "job"]
    assert not schedule.tick()


def test_a_worker_that_died_in_the_future_is_not_thought_alive(client: Client) -> None:
    Heartbeat.objects.create(name="worker", at=timezone.now() + timedelta(hours=1))
    assert not json.loads(client.get("/readyz").content)["worker"]


def test_a_mail_written_in_the_future_leaves_now(inbox: Inbox) -> None:  # noqa: F811
    with ahead(days=2):
        row = mail()
    assert deliver_due() == 1
    assert inbox.ids == [row.message_id]


def test_a_claim_from_the_future_is_taken_back(inbox: Inbox) -> None:  # noqa: F811
    row = mail()
    later = timezone.now() + timedelta(hours=3)
    OutgoingMail.objects.filter(pk=row.pk).update(status="sending", claimed_at=later, attempts=1)
    assert deliver_due() == 1


def test_a_server_that_rested_in_the_future_is_asked_again(inbox: Inbox) -> None:  # noqa: F811
    Heartbeat.objects.create(name=delivery.SERVER_DOWN, at=timezone.now() + timedelta(hours=1))
    mail()
    assert deliver_due() == 1


def test_a_task_that_began_in_the_future_is_queued_again() -> None:
    mail()
    later = timezone.now() + timedelta(hours=1)
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, started_at=later)
    assert schedule.requeue_abandoned() == 1


@hypothesis_settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(seconds=st.integers(-(10**7), 10**7))
def test_waiting_mail_is_due_unless_its_pause_is_one_we_give(db: None, seconds: int) -> None:
    now, longest = timezone.now(), delivery.BACKOFF[-1].total_seconds()
    OutgoingMail.objects.all().delete()
    row = mail()
    OutgoingMail.objects.filter(pk=row.pk).update(next_attempt_at=now + timedelta(seconds=seconds))
    assert delivery.due(now).exists() == (not 0 < seconds <= longest)
