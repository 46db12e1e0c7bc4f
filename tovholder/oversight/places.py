"""Where what was read belongs, and who has business there: so that a reading from elsewhere stands out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet

from tovholder.citizens.models import Child
from tovholder.concerns.models import Concern, TeamMember
from tovholder.directory.models import Person, Post
from tovholder.forums.models import Forum, Membership, OlderMinutes
from tovholder.meetings.models import AgendaItem, CaseItem, Meeting, NetworkMeeting, Topic
from tovholder.plans.models import Agreement, CaseAgreement, CasePlan

CHUNK = 5_000
Read = tuple[str, str, str]  # the actor's key, and the type and number of what was read


class Road(NamedTuple):
    """How a type leads to the districts that it belongs to, and to the persons who have business with it."""

    model: type[Model]
    districts: tuple[str, ...]
    persons: tuple[str, ...]

    def by(self, model: type[Model], step: str) -> Road:
        """Return the road of a type that belongs where one of this type does."""
        before = (tuple(f"{step}__{each}" for each in paths) for paths in (self.districts, self.persons))
        return Road(model, *before)

    def __add__(self, other: Any) -> Road:
        """Return this road with the other's ways too."""
        return Road(self.model, self.districts + other.districts, self.persons + other.persons)


# Who raised a concern, was asked about it or works on it is no stranger to it, wherever they work.
_CONCERN = Road(
    Concern,
    ("district",),
    ("case_team__person", "handler", "raised_by", "questions__to_person", "teams__members"),
)
_FORUM = Road(Forum, ("districts",), ())
_MEETING = Road(Meeting, ("forums__districts", "lead_forum__districts"), ("participations__person",))
_AGREEMENT = _FORUM.by(Agreement, "forum") + Road(Agreement, (), ("responsible", "helpers"))
ROADS: dict[str, Road] = {
    "citizens.child": _CONCERN.by(Child, "concerns"),
    "concerns.concern": _CONCERN,
    "forums.forum": _FORUM,
    "forums.olderminutes": _FORUM.by(OlderMinutes, "forum"),
    "meetings.agendaitem": _MEETING.by(AgendaItem, "meeting"),
    "meetings.caseitem": _MEETING.by(CaseItem, "meeting") + _CONCERN.by(CaseItem, "concern"),
    "meetings.meeting": _MEETING + _CONCERN.by(Meeting, "network__concern"),
    "meetings.networkmeeting": _MEETING.by(NetworkMeeting, "meeting")
    + _CONCERN.by(NetworkMeeting, "concern"),
    "meetings.topic": _FORUM.by(Topic, "forum") + Road(Topic, (), ("proposed_by",)),
    "plans.agreement": _AGREEMENT + _CONCERN.by(Agreement, "case__concern"),
    "plans.caseagreement": _AGREEMENT.by(CaseAgreement, "agreement") + _CONCERN.by(CaseAgreement, "concern"),
    "plans.caseplan": _CONCERN.by(CasePlan, "concern"),
}


def outside_own_district(read: Iterable[Read]) -> set[Read]:
    """Return those where actor and thing have districts, none in common, and the actor has no business with it."""
    known = {each for each in read if each[1] in ROADS and each[2].isdigit()}
    persons = _persons({actor for actor, _kind, _pk in known})
    own = _districts_of_persons(set(persons.values()))
    by_kind: dict[str, set[int]] = defaultdict(set)
    for actor, kind, pk in known:
        if own.get(persons.get(actor, 0)):
            by_kind[kind].add(int(pk))
    places, busy = {}, {}
    for kind, pks in by_kind.items():
        road = ROADS[kind]
        places[kind], busy[kind] = _ends(road, road.districts, pks), _ends(road, road.persons, pks)
    found = set()
    for actor, kind, pk in known:
        person, thing = persons.get(actor, 0), int(pk)
        here, mine = places.get(kind, {}).get(thing, set()), own.get(person, set())
        if here and mine and not here & mine and person not in busy[kind].get(thing, set()):
            found.add((actor, kind, pk))
    return found


def _ends(road: Road, paths: Iterable[str], pks: set[int]) -> dict[int, set[int]]:
    """Return by number what the paths lead to."""
    ends: dict[int, set[int]] = defaultdict(set)
    wanted = sorted(pks)
    for start in range(0, len(wanted), CHUNK):
        # Also meetings and agreements of cases, that are found only by who asks for every one.
        rows = road.model._base_manager.filter(pk__in=wanted[start : start + CHUNK]).order_by()
        for path in paths:
            for pk, end in rows.filter(**{f"{path}__isnull": False}).values_list("pk", path).distinct():
                ends[pk].add(end)
    return ends


def _persons(actors: set[str]) -> dict[str, int]:
    """Return the person behind each actor's key."""
    split = [actor.partition(":") for actor in actors]
    users = [int(pk) for kind, _colon, pk in split if kind == "user" and pk.isdigit()]
    rows = Person.objects.filter(user_id__in=users).values_list("user_id", "pk")
    by_link = {f"person:{pk}": int(pk) for kind, _colon, pk in split if kind == "person" and pk.isdigit()}
    return {f"user:{user}": pk for user, pk in rows} | by_link


def _districts_of_persons(persons: set[int]) -> dict[int, set[int]]:
    """Where somebody works, holds a post, sits in a forum or receives concerns, now or before."""
    ways: tuple[QuerySet[Any, Any], ...] = (
        Person.objects.filter(pk__in=persons).values_list("pk", "organisation__district"),
        Person.objects.filter(pk__in=persons).values_list("pk", "organisation__school__district"),
        Post.objects.filter(person__in=persons).values_list("person", "school__district"),
        Membership.objects.filter(person__in=persons).values_list("person", "forum__districts"),
        TeamMember.objects.filter(person__in=persons).values_list("person", "team__districts"),
    )
    own: dict[int, set[int]] = defaultdict(set)
    for rows in ways:
        for person, district in rows.order_by():
            own[person].update({district} - {None})
    # Who sits in a forum or a team of the whole municipality is at home everywhere.
    for person in set(_everywhere(persons)) & persons:
        own[person] = set()
    return own


def _everywhere(persons: set[int]) -> Iterator[int]:
    yield from Forum.objects.filter(districts__isnull=True, members__in=persons).values_list(
        "members", flat=True
    )
    yield from TeamMember.objects.filter(team__districts__isnull=True, person__in=persons).values_list(
        "person", flat=True
    )
