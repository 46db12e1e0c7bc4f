"""Watch the year that is on: the worker looks for what there is to see to, so that no page has to wait for it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from tovholder.yearwheel.models import YearPlan
from tovholder.yearwheel.queries import watch

AGAIN = timedelta(minutes=5)


def look(plan: YearPlan) -> int:
    """Look at a year and keep what was found; how much."""
    found = watch.look(plan, timezone.localdate())
    plan.watched = [{**asdict(each), "day": each.day.isoformat()} for each in found]
    plan.watched_at = timezone.now()
    plan.save(update_fields=["watched", "watched_at"])
    return len(found)


def look_due() -> int:
    """Look at the year of today when that was not done for some minutes. The worker asks each minute."""
    today, now = timezone.localdate(), timezone.now()
    due = Q(watched_at__isnull=True) | Q(watched_at__lt=now - AGAIN) | Q(watched_at__gt=now + AGAIN)
    plan = YearPlan.objects.filter(due, starts_on__lte=today, ends_on__gte=today).first()
    return look(plan) if plan is not None else 0
