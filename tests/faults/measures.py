"""What is done to a machine when its faults are over."""

from __future__ import annotations

import time

from tests.faults.machine import LONG, Machine

# As if the claims of workers that were killed had run out: five minutes, and ten for a task.
LATER = """
from datetime import timedelta
from django.db.models import F
from django_tasks_db.models import DBTaskResult
from tovholder.outbox.models import Heartbeat, OutgoingMail
OutgoingMail.objects.filter(status="sending").update(claimed_at=F("claimed_at") - timedelta(minutes=6))
DBTaskResult.objects.filter(status="RUNNING").update(started_at=F("started_at") - timedelta(minutes=11))
Heartbeat.objects.filter(name__startswith="turn:").delete()
Heartbeat.objects.filter(name="mail_server_rests_until").delete()
"""


def deliver_the_rest(made: Machine) -> None:
    """Let the time of dead workers run out, and the living do their work."""
    until = time.monotonic() + LONG
    while True:
        made.python("manage.py", "shell", "--verbosity=0", "-c", LATER)
        made.python("manage.py", "run_worker", "--once")
        if made.facts()["waiting"] == 0 or time.monotonic() > until:
            return
