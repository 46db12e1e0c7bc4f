"""The worker: sends mail, reminds, and does whatever is queued. Start one or several; they share the work."""

from __future__ import annotations

import os
import signal
import time
from types import FrameType
from typing import Any
from uuid import uuid4

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from tovholder.citizens.keys.keyring import require_sound
from tovholder.config.schedule import tick

log = structlog.get_logger(__name__)

LOOK_EVERY = 0.5  # seconds between looks at an empty queue
TICK_EVERY = 20.0  # seconds; the schedule itself knows what is due
AT_A_TIME = 5  # tasks between two looks at the clock
GRACE = 2  # seconds a task may use to end after SIGTERM


class Stopping(BaseException):
    """The time of grace is over. No Exception, so that no task can swallow it as a fault of its own."""


class Command(BaseCommand):
    help = "Sends mail and does queued and scheduled work until it is stopped."

    stopping = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, then stop")

    def handle(self, *args: Any, once: bool = False, **options: Any) -> None:
        require_sound()
        if once:
            tick()
            self.run_tasks(f"once-{os.getpid()}")
            return
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        signal.signal(signal.SIGALRM, self.interrupt)
        self.stdout.write("Worker is running.")
        self.stdout.flush()
        try:
            self.loop(uuid4().hex)
        except Stopping:
            pass
        finally:
            signal.alarm(0)
        self.stdout.write("Worker has stopped.")

    def loop(self, worker_id: str) -> None:
        ticked = float("-inf")
        while not self.stopping:
            try:
                close_old_connections()
                if time.monotonic() - ticked >= TICK_EVERY:
                    ticked = time.monotonic()
                    tick()
                self.run_tasks(worker_id)
            except DatabaseError:  # locked, or away for a moment: the work is in the tables and waits
                log.warning("worker_database_fault", exc_info=True)
            if not self.stopping:
                time.sleep(LOOK_EVERY)

    def run_tasks(self, worker_id: str) -> None:
        """Run what is ready, a handful at a time. Looks before it locks, so an idle worker disturbs no one."""
        if self.stopping or not DBTaskResult.objects.ready().exists():
            return
        self.worker = Worker(
            queue_names=["*"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=AT_A_TIME,
            worker_id=worker_id,
            excluded_queue_names=[],
        )
        self.worker.run()

    def stop(self, signum: int, frame: FrameType | None) -> None:
        self.stopping = True
        if hasattr(self, "worker"):
            self.worker.running = False
        signal.alarm(GRACE)

    def interrupt(self, signum: int, frame: FrameType | None) -> None:
        """A mail left in mid-air keeps its claim, and is repeated once like after any death of a worker."""
        raise Stopping
