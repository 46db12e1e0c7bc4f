"""Let the worker look for a plan: start, watch, stop with the best so far, start again after a worker was killed."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import structlog
from django.db import IntegrityError, connections, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from tovholder.access.decision import Refused, no
from tovholder.accounts.models import User
from tovholder.audit.models import SYSTEM
from tovholder.audit.services import record
from tovholder.directory.models import Person
from tovholder.yearwheel import policy
from tovholder.yearwheel.models import PlanRun, RunStatus, YearPlan
from tovholder.yearwheel.queries import document, standing_fast
from tovholder.yearwheel.services import applying, moving, years

log = structlog.get_logger(__name__)
SOLVE = "tovholder.yearwheel.tasks.solve"  # by name: the tasks import the services
# Looked up by name when a run begins, so that the pages do not wait for the solver's library.
PLANNER = "tovholder.yearwheel.planning.plan_year"
QUIET_AFTER = timedelta(seconds=60)
# After a stop there is a plan to look at: nobody waits long for what is said beside it.
HELP_SECONDS, HELP_SECONDS_STOPPED = 8.0, 2.0
TELL_EVERY = 0.4  # seconds between two lines of progress
UNDER_WAY = (RunStatus.QUEUED, RunStatus.RUNNING)


def is_quiet(run: PlanRun) -> bool:
    """Tell whether nothing has been heard for so long that the worker must have stopped."""
    return run.is_under_way and timezone.now() - (run.heartbeat_at or run.asked_at) > QUIET_AFTER


@transaction.atomic
def start(*, by: User, plan: YearPlan) -> PlanRun:
    """Hand the plan as it stands to the worker. Raises Refused while another run is under way."""
    policy.may_plan(by).require()
    years.take_in(by=by, plan=plan)
    plan = years.locked(plan)
    data = document.build(plan)
    _refuse_contradictions(data)
    _refuse_after_midnight(data)
    try:
        with transaction.atomic():
            run = PlanRun.objects.create(plan=plan, data=data, asked_by=by, from_version=plan.version)
    except IntegrityError:
        no("run_under_way", _("Der bliver allerede regnet på planen. Se, hvordan det går.")).require()
        raise
    record(by=by, action="year_plan.run_started", obj=plan, details={"run": run.pk})
    import_string(SOLVE).enqueue(run.pk)
    return run


def _refuse_contradictions(data: dict[str, Any]) -> None:
    """Say which two meetings that stand fast ask for one person at the same time, before anything is begun."""
    found = standing_fast.contradictions(data)
    if found:
        one, other, who = found[0]
        known = document.things(idle=True)
        name = Person.objects.filter(pk=int(who[0][1:])).values_list("name", flat=True).first()
        sentence = _(
            "%(a)s og %(b)s ligger på samme tid den %(day)s, og %(who)s skal være med til begge. "
            "Flyt det ene, eller gør deltagelsen valgfri i reglerne for forummet."
        )
        facts = {"a": known[one["of"]].row, "b": known[other["of"]].row, "who": name}
        facts["day"] = f"{date.fromisoformat(one['date']):%d.%m.%Y}"
        no("fixed_clash", sentence % facts).require()


def _refuse_after_midnight(data: dict[str, Any]) -> None:
    """A meeting that stands fast, and ends too late now that its rule is longer, is refused as plan_year refuses it."""
    for each, minutes in standing_fast.after_midnight(data):
        sentence = _(
            "%(name)s den %(day)s kl. %(clock)s ville slutte efter midnat, når mødet varer %(n)s minutter. "
            "Flyt mødet, eller gør det kortere i reglerne for forummet."
        )
        facts = {"name": document.things(idle=True)[each["of"]].row, "clock": each["start"].replace(":", ".")}
        facts |= {"day": f"{date.fromisoformat(each['date']):%d.%m.%Y}", "n": minutes}
        no("fixed_past_midnight", sentence % facts).require()


@transaction.atomic
def stop(*, by: User, run: PlanRun) -> None:
    """Ask the worker to stop and keep the best so far."""
    policy.may_plan(by).require()
    if PlanRun.objects.filter(pk=run.pk, status__in=UNDER_WAY, stop_asked=False).update(stop_asked=True):
        record(by=by, action="year_plan.run_stopped", obj=run.plan, details={"run": run.pk})


@transaction.atomic
def start_again(*, by: User, run: PlanRun) -> None:
    """Hand a run whose worker was killed to another, from its best plan so far."""
    policy.may_plan(by).require()
    fresh = PlanRun.objects.select_for_update().get(pk=run.pk)
    if not is_quiet(fresh):
        return
    fresh.status, fresh.heartbeat_at, fresh.stop_asked = RunStatus.QUEUED, timezone.now(), False
    fresh.save(update_fields=["status", "heartbeat_at", "stop_asked"])
    record(by=by, action="year_plan.run_restarted", obj=fresh.plan, details={"run": fresh.pk})
    import_string(SOLVE).enqueue(fresh.pk)


def solve(run_id: int) -> str:
    """Look for the plan, telling of each better one, and return the status. What the worker does.

    The first plan of a year is taken into use at once; a later one waits until somebody has seen what it moves.
    """
    # A run has one worker: another task of the same run takes it over only when that worker is heard of no more.
    silent = Q(heartbeat_at__isnull=True) | Q(heartbeat_at__lt=timezone.now() - QUIET_AFTER)
    mine = Q(status=RunStatus.QUEUED) | Q(silent, status=RunStatus.RUNNING)
    begun = PlanRun.objects.filter(mine, pk=run_id)
    if not begun.update(status=RunStatus.RUNNING, heartbeat_at=timezone.now()):
        return ""
    run = PlanRun.objects.select_related("plan", "asked_by").get(pk=run_id)
    try:
        with _Watch(run_id) as watch:
            answer = import_string(PLANNER)(run.data, on_progress=watch.heard, start=run.best)
            _say_what_helps(run.data, answer, watch)
        return _ended(run, answer)
    except Exception as error:
        # Only the kind of fault: its words could hold what stood in the rules.
        log.error("plan_run_failed", run=run_id, error=type(error).__name__)
        return _failed(run_id, _("Der skete en fejl, mens der blev regnet. Prøv igen."))


class _Watch:
    """Keeps the row told: of progress when the planner has some, and each second that the worker lives."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        self.told = 0.0
        self.asked = False
        # What was heard too soon after the last to be written at once.
        self.untold: dict[str, Any] = {}
        self.lock = threading.Lock()
        self.over = threading.Event()
        # In tests, where all is one connection of one thread, only the planner's own word is heard.
        self.pulse = threading.Thread(target=self._beat, daemon=True) if _has_own_connections() else None

    def __enter__(self) -> _Watch:
        if self.pulse is not None:
            self.pulse.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self.over.set()
        if self.pulse is not None:
            self.pulse.join(timeout=10)
        self._tell()

    def heard(self, progress: Any) -> bool:
        """Write what the planner says; False when somebody asked to stop."""
        facts: dict[str, Any] = {"heartbeat_at": timezone.now(), "seconds": round(progress.seconds, 1)}
        if progress.plan is not None:
            facts |= {"best": progress.plan, "cost": progress.cost}
        if progress.bound is not None:
            facts["bound"] = max(0, int(progress.bound))
        with self.lock:
            self.untold |= facts
        now = time.monotonic()
        if now - self.told >= TELL_EVERY or self.told == 0.0:
            self.told = now
            self._tell()
            self._listen_where_no_pulse_does()
        return not self.asked

    def lives(self) -> bool:
        """Tell of life where the planner itself says nothing; False when somebody asked to stop."""
        self._listen_where_no_pulse_does()
        return not self.asked

    def _listen_where_no_pulse_does(self) -> None:
        if self.pulse is None:
            self._listen()

    def _listen(self) -> None:
        PlanRun.objects.filter(pk=self.run_id).update(heartbeat_at=timezone.now())
        self.asked = PlanRun.objects.filter(pk=self.run_id, stop_asked=True).exists()

    def _tell(self) -> None:
        with self.lock:
            facts, self.untold = self.untold, {}
        if facts:
            PlanRun.objects.filter(pk=self.run_id).update(**facts)

    def _beat(self) -> None:
        try:
            while not self.over.wait(1.0):
                self._tell()
                self._listen()
        except Exception as error:  # the run goes on; it only looks quiet
            log.warning("plan_run_pulse", run=self.run_id, error=type(error).__name__)
        finally:
            connections.close_all()


def _has_own_connections() -> bool:
    return not connections["default"].in_atomic_block


def _ended(run: PlanRun, answer: dict[str, Any]) -> str:
    if answer["status"] == "infeasible_input":
        return _failed(
            run.pk, _("To faste møder ligger oven i hinanden for en, der skal være med til begge.")
        )
    with transaction.atomic():
        fresh = PlanRun.objects.select_for_update().get(pk=run.pk)
        fresh.status, fresh.best = RunStatus.DONE, answer
        fresh.cost, fresh.bound, fresh.seconds = answer["cost"], answer["bound"], answer["seconds"]
        fresh.is_optimal = answer["status"] == "optimal"
        fresh.finished_at = timezone.now()
        fresh.save()
        record(by=SYSTEM, action="year_plan.run_done", obj=run.plan, details={"run": run.pk})
    plan = run.plan
    if run.asked_by is not None and not plan.runs.filter(used_at__isnull=False).exists():
        # Changed by hand meanwhile: the answer waits to be seen, as that of any later run does.
        with suppress(Refused):
            applying.use(by=run.asked_by, run=fresh)
    return RunStatus.DONE


def _say_what_helps(data: dict[str, Any], answer: dict[str, Any], watch: _Watch) -> None:
    """Keep with each meeting without a place what would free it; for as many as there is time for.

    A fault in it does not cost the plan that was found.
    """
    began = time.monotonic()
    try:
        found = import_string(moving.FREES)(data, answer)
        for each in answer["unplaced"]:
            limit = HELP_SECONDS if watch.lives() else HELP_SECONDS_STOPPED
            if time.monotonic() - began > limit:
                return
            each["helps"] = [asdict(help) for help in next(found)]
    except Exception as error:  # its words could hold what stood in the rules
        log.error("plan_run_proposals_failed", run=watch.run_id, error=type(error).__name__)


def _failed(run_id: int, sentence: str) -> str:
    PlanRun.objects.filter(pk=run_id).update(
        status=RunStatus.FAILED, told=sentence, finished_at=timezone.now()
    )
    return RunStatus.FAILED
