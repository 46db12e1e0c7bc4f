"""What the worker does by the clock. The clock is a row in the database, so it outlives every worker."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from tovholder.documents.services import sweep_orphans
from tovholder.outbox.models import Heartbeat

log = structlog.get_logger(__name__)

MINUTE = timedelta(seconds=55)  # a little less, so that a late second does not become a lost minute
ABANDONED_AFTER = timedelta(minutes=10)  # no task lasts half as long
TRIES = 3
KEEP_FINISHED = timedelta(days=7)


def tick() -> bool:
    """Show that the worker lives, and run what is due. Returns whether this worker did the minute's work.

    A function that fails is logged and tried again next minute; it does not stop the others.
    """
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": timezone.now()})
    if not turn("minute", MINUTE):
        return False
    _run(requeue_abandoned)
    for path in settings.EVERY_MINUTE:
        _run(path)
    if turn("hour", timedelta(hours=1)):
        _run(prune_finished)
        _run(sweep_orphans)
    if turn("day", timedelta(days=1)):
        for path in settings.EVERY_DAY:
            _run(path)
    return True


def turn(name: str, every: timedelta) -> bool:
    """Take the turn of `name`, if the last one was `every` ago. Of several workers one gets it."""
    now = timezone.now()
    # A turn taken in the future was taken before the clock was set back; waiting for it could take years.
    over = Q(at__lte=now - every) | Q(at__gt=now + MINUTE)
    if Heartbeat.objects.filter(over, name=f"turn:{name}").update(at=now):
        return True
    return Heartbeat.objects.get_or_create(name=f"turn:{name}", defaults={"at": now})[1]


def requeue_abandoned() -> int:
    """Queue again the tasks that a killed worker left running; give up on one that has cost three workers."""
    now = timezone.now()
    # As above: what began in the future began before the clock was set back.
    begun = Q(started_at__lt=now - ABANDONED_AFTER) | Q(started_at__gt=now + ABANDONED_AFTER)
    abandoned = DBTaskResult.objects.filter(begun, status=TaskResultStatus.RUNNING)
    changed = 0
    for task in abandoned:
        again = len(task.worker_ids) < TRIES
        still = abandoned.filter(pk=task.pk)
        if again:
            changed += still.update(status=TaskResultStatus.READY, started_at=None)
        else:
            changed += still.update(status=TaskResultStatus.FAILED, finished_at=timezone.now())
        log.warning("task_abandoned", task=str(task.pk), path=task.task_path, again=again)
    return changed


def prune_finished() -> int:
    """Delete finished tasks from last week and before."""
    old = DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEEP_FINISHED)
    return old.delete()[0]


def _run(job: object) -> None:
    try:
        (import_string(job) if isinstance(job, str) else job)()  # type: ignore[operator]
    except Exception:
        log.exception("scheduled_job_failed", job=getattr(job, "__name__", job))
