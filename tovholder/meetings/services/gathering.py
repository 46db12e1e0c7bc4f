"""Everybody round a meeting, read once: who can be ticked off, who can be given an agreement, who can be asked."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q

from tovholder.accounts.models import Role, RoleGrant
from tovholder.directory.models import Person
from tovholder.meetings.models import Meeting, Participation
from tovholder.meetings.services.attendance import at_meeting
from tovholder.meetings.services.capturing import may_be_proposed_to, may_be_responsible


def everybody(meeting: Meeting, *, further: bool = False) -> list[Any]:
    """Return the persons with a seat at the meeting or in its forums, by name; `further` ones may be asked only.

    Each says `at_table` (one of `at_meeting`), `is_here` (one of `may_be_responsible`), `logs_in_open` (an open
    participant's login), and has `seat`, the participation, or None.
    """
    here = may_be_responsible(meeting)
    chosen = may_be_proposed_to(meeting) if further else here
    seated = at_meeting(meeting)
    open_grants = RoleGrant.objects.filter(role=Role.OPEN_PARTICIPANT, user=OuterRef("user"))
    rows = (
        Person.objects.filter(Q(pk__in=chosen.values("pk")) | Q(pk__in=seated.order_by().values("person_id")))
        .annotate(
            seat=FilteredRelation("participations", condition=Q(participations__meeting=meeting)),
            at_table=Exists(seated.filter(person=OuterRef("pk"))),
            is_here=Exists(here.filter(pk=OuterRef("pk"))),
            logs_in_open=Exists(open_grants),
        )
        .select_related("organisation__kind", "seat")  # type: ignore[misc]
        .order_by("name", "pk")
    )
    people: list[Any] = list(rows)
    for person in people:
        person.seat = getattr(person, "seat", None)  # not set where there is none
        if person.seat is not None:
            person.seat.person = person
    return people


def seats(people: list[Any]) -> list[Participation]:
    """Return the participations of those at the table, as `at_meeting` does, each with its person."""
    return [each.seat for each in people if each.at_table]
