"""Health for the operator, and the page for an expired form."""

from __future__ import annotations

import sys
from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.defaults import server_error as django_server_error

from tovholder.citizens.keys.keyring import require_sound
from tovholder.outbox.models import Heartbeat

DISK_FULL = "53100"  # PostgreSQL's word for it
WORKER_SILENT_AFTER = timedelta(minutes=3)


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when database, migrations and worker are as they should be, else 503; says which, and nothing more."""
    checks = {"database": False, "migrations": False, "worker": False, "keys": False}
    try:
        executor = MigrationExecutor(connection)
        checks["database"] = True
        checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        beat = Heartbeat.objects.filter(name="worker").first()
        checks["worker"] = beat is not None and abs(timezone.now() - beat.at) < WORKER_SILENT_AFTER
        require_sound()
        checks["keys"] = True
    except (DatabaseError, ImproperlyConfigured):
        pass
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)


def server_error(request: HttpRequest) -> HttpResponse:
    """What a page says that broke. A database that is full or away for a moment is no fault of ours: 503, and why."""
    error = sys.exc_info()[1]
    if not isinstance(error, OperationalError | InterfaceError):
        return django_server_error(request)
    is_full = "full" in str(error) or getattr(error.__cause__, "sqlstate", "") == DISK_FULL
    # Without the request: whatever stands in the frame of a page is read from the database.
    page = render_to_string("503.html", {"is_full": is_full})
    return HttpResponse(page, status=503, headers={"Retry-After": "30"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
