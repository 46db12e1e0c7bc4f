"""How much is known of when people are busy."""

from __future__ import annotations

from django.db.models import Count, F, Q
from django.utils import timezone

from tovholder.directory.models import Person
from tovholder.yearwheel.models import BusyTime


def people_with_counts(text: str = "") -> list[Person]:
    """Return the members of forums by name, each with `times` to come, `weekly`, and `most` meetings a day where they have a number of their own."""
    today = timezone.localdate()
    rows = Person.objects.current().filter(
        Q(memberships__valid_until__isnull=True) | Q(memberships__valid_until__gte=today),
        memberships__isnull=False,
    )
    if text.strip():
        rows = rows.filter(name__icontains=text.strip()[:80])
    rows = rows.annotate(most=F("day_limit__meetings"))
    people: list[Person] = list(rows.distinct().select_related("organisation").order_by("name", "pk"))
    counts = {
        row["person"]: (row["once"], row["weekly"])
        for row in BusyTime.objects.values("person").annotate(
            once=Count("pk", filter=Q(date__gte=today)), weekly=Count("pk", filter=Q(weekday__isnull=False))
        )
    }
    for person in people:
        person.times, person.weekly = counts.get(person.pk, (0, 0))  # type: ignore[attr-defined]
    return people
