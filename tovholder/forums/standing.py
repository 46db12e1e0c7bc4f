"""Who is what, where: the facts about a user that policies and queries both stand on, read once a request.

`signed_in` is the read; `forums.backend` makes it when the request first asks who is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, DateField, Expression, F, FilteredRelation, Model, Q, QuerySet
from django.utils import timezone

from tovholder.accounts.models import Role, User
from tovholder.accounts.queries import with_roles
from tovholder.directory.models import Organisation, OrganisationKind, Person
from tovholder.forums.models import Forum, JointMeetingRule, Membership
from tovholder.statements import Given, GivenSet, Statement

# These see that every forum exists, its members and its year; what they may read at its meetings is decided there.
SEES_ALL_FORUMS = (Role.ADMINISTRATOR, Role.CONSULTANT, Role.MANAGEMENT)


def current_memberships(on: date | Expression | F | None = None) -> QuerySet[Membership]:
    """Return memberships that hold on the day (today when not given), people who have left excluded."""
    day = on or timezone.localdate()
    return Membership.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        valid_from__lte=day,
        person__left_on__isnull=True,
    )


@dataclass(frozen=True)
class Seat:
    """One seat of the user today: in which forum, with which name and districts, and whether the user convenes it."""

    forum_id: int
    name: str
    convenes: bool
    is_open: bool
    position: int
    districts: tuple[int, ...]


class Anybody(Given):
    """Somebody of a kind, who is not known before a statement is asked (`forums.statements`)."""

    def __init__(self, roles: frozenset[str], *, has_person: bool, known: dict[Any, Any]) -> None:
        super().__init__("user", BigIntegerField())
        self.roles, self.has_person, self.known = roles, has_person, known

    def has_role(self, *roles: str) -> bool:
        return bool(self.roles.intersection(roles))


def is_anybody(user: object) -> bool:
    """Tell whether a statement is being written. By type: the user of a request is a lazy object, dear to ask."""
    return type(user) is Anybody


class _SomePerson(Given):
    @property
    def pk(self) -> _SomePerson:
        return self


def person_of(user: User) -> Person | None:
    """Return the person behind a login, or None for a login without one, or of somebody who has left.

    Who has left reads nothing by what they once had a part in, though the login is opened again.
    """
    if is_anybody(user):
        return _SomePerson("person", BigIntegerField()) if user.has_person else None  # type: ignore[attr-defined,return-value]
    if "person" not in user._state.fields_cache:
        _load(user)
    person: Person | None = getattr(user, "person", None)
    return None if person is None or person.left_on is not None else person


def seats_of(user: User) -> list[Seat]:
    """Return the user's seats of today, in the order of the forums; read once a request."""
    if not hasattr(user, "_own_seats"):
        _load(user)
    found: list[Seat] = user._own_seats  # type: ignore[attr-defined]
    return found


def own_forum_ids(user: User) -> frozenset[int]:
    """Return the ids of the forums where the user sits today; read once a request.

    Who sits in a forum also sits in those it has taken over from: history follows.
    """
    if is_anybody(user):
        return GivenSet("own_forums", BigIntegerField())  # type: ignore[return-value]
    return frozenset(_seats(user))


def convened_forum_ids(user: User) -> frozenset[int]:
    """Return the ids of the forums that the user convenes today; read once a request."""
    if is_anybody(user):
        return GivenSet("convened_forums", BigIntegerField())  # type: ignore[return-value]
    return frozenset(forum_id for forum_id, convenes in _seats(user).items() if convenes)


def joint_partners(user: User, forum: Forum | None = None) -> QuerySet[Forum]:
    """Return the open forums that the user may plan a meeting with: of the forum, or of any that they convene."""
    found = Forum.objects.filter(closed_on__isnull=True, retired_at__isnull=True)
    if user.has_role(Role.CONSULTANT):
        return found
    leading = convened_forum_ids(user) if forum is None else {forum.pk}
    rules = JointMeetingRule.objects.filter(retired_at__isnull=True, forums__in=leading)
    by_rule = JointMeetingRule.forums.through.objects.filter(jointmeetingrule__in=rules.values("pk"))
    return found.filter(Q(pk__in=own_forum_ids(user)) | Q(pk__in=by_rule.values("forum")))


def forget(user: User) -> None:
    """Forget what was read of the user's seats, because they have just changed."""
    for name in ("_seats", "_own_seats"):
        if hasattr(user, name):
            delattr(user, name)  # not by __dict__: the user of a request is a lazy object around the real one


def _seats(user: User) -> dict[int, bool]:
    """Forum to whether the user convenes it."""
    if not hasattr(user, "_seats"):
        _load(user)
    found: dict[int, bool] = user._seats  # type: ignore[attr-defined]
    return found


def signed_in(user_id: int) -> User | None:
    """Return the login of a request with roles, person and seats, all in one query; None when there is no such login."""
    rows = _rows(user_id)
    if not rows:
        return None
    user = _login_of(rows[0])
    _remember(user, rows)
    return user


def _load(user: User) -> None:
    """Read what `signed_in` reads, for a login that came from elsewhere."""
    rows = _rows(user.pk)
    if rows:
        person = getattr(_login_of(rows[0]), "person", None)
        user._state.fields_cache["person"] = person
        if person is not None:
            person.user = user  # the same login, not its double
    _remember(user, rows)


def _signed_in() -> QuerySet[Any, Any]:
    """One row for each seat, its districts, and the forums it has taken over, two closings back."""
    today = Given("today", DateField())
    path = "person__memberships"
    held = (Q(**{f"{path}__valid_until__isnull": True}) | Q(**{f"{path}__valid_until__gte": today})) & Q(
        **{f"{path}__valid_from__lte": today}
    )
    return (
        with_roles(User.objects.filter(pk=Given("user", BigIntegerField())))
        .annotate(seat=FilteredRelation(path, condition=held))
        .annotate(
            seat_forum=F("seat__forum_id"),
            seat_name=F("seat__forum__name"),
            seat_convenes=F("seat__role__convenes"),
            seat_closed=F("seat__forum__closed_on"),
            seat_retired=F("seat__forum__retired_at"),
            seat_position=F("seat__forum__position"),
            seat_district=F("seat__forum__districts__position"),
            before=F("seat__forum__predecessors"),
            long_before=F("seat__forum__predecessors__predecessors"),
        )
        .values_list(*_OF_LOGIN, "granted_roles", *_SeatRow._fields)
    )


class _SeatRow(NamedTuple):
    seat_forum: int  # None where the person sits nowhere: such a row is left out
    seat_name: str
    seat_convenes: bool
    seat_closed: date | None
    seat_retired: datetime | None
    seat_position: int
    seat_district: int | None
    before: int | None
    long_before: int | None


# The same on each row, so it is made into objects once: a convener of twenty forums would be made twenty times.
_LOGIN: tuple[tuple[str, type[Model]], ...] = (
    ("", User),
    ("person__", Person),
    ("person__organisation__", Organisation),
    ("person__organisation__kind__", OrganisationKind),
)
_OF_LOGIN = [f"{path}{column.attname}" for path, model in _LOGIN for column in model._meta.concrete_fields]
_Row = tuple[tuple[Any, ...], _SeatRow]

SIGNED_IN = Statement(_signed_in)


def _rows(user_id: int) -> list[_Row]:
    """Return for each seat what the login is made of, and the seat."""
    rows = SIGNED_IN(user=user_id, today=timezone.localdate())
    login = len(_OF_LOGIN) + 1
    return [(row[:login], _SeatRow(*row[login:])) for row in rows]


def _login_of(row: _Row) -> User:
    values = iter(row[0])
    user, person, organisation, kind = (_made(model, values) for _path, model in _LOGIN)
    user.granted_roles = next(values)
    for owner, name, other in (
        (user, "person", person),
        (person, "user", user),
        (person, "organisation", organisation),
        (organisation, "kind", kind),
    ):
        if owner is not None:
            owner._state.fields_cache[name] = other
    found: User = user
    return found


def _made(model: type[Model], values: Iterator[Any]) -> Any:
    columns = [column.attname for column in model._meta.concrete_fields]
    own = list(islice(values, len(columns)))
    return None if own[columns.index("id")] is None else model.from_db("default", columns, own)


def _remember(user: User, read: list[_Row]) -> None:
    person = getattr(user, "person", None)
    rows = (
        [] if person is None or person.left_on else [seat for _, seat in read if seat.seat_forum is not None]
    )
    user._own_seats = _own_seats(rows)  # type: ignore[attr-defined]
    user._seats = _with_predecessors(rows)  # type: ignore[attr-defined]


def _own_seats(rows: list[_SeatRow]) -> list[Seat]:
    districts: dict[int, set[int]] = {}
    for row in rows:
        places = districts.setdefault(row.seat_forum, set())
        if row.seat_district is not None:
            places.add(row.seat_district)
    found = {
        row.seat_forum: Seat(
            forum_id=row.seat_forum,
            name=row.seat_name,
            convenes=row.seat_convenes,
            is_open=row.seat_closed is None and row.seat_retired is None,
            position=row.seat_position,
            districts=tuple(sorted(districts[row.seat_forum])),
        )
        for row in rows
    }
    return sorted(found.values(), key=lambda seat: (seat.position, seat.forum_id))


def _with_predecessors(rows: list[_SeatRow]) -> dict[int, bool]:
    seats: dict[int, bool] = {}
    furthest: dict[int, bool] = {}
    for row in rows:
        for forum_id in filter(None, (row.seat_forum, row.before, row.long_before)):
            seats[forum_id] = seats.get(forum_id, False) or row.seat_convenes
        if row.long_before:
            furthest[row.long_before] = row.seat_convenes
    while furthest:
        older = (
            Forum.objects.filter(successor__in=furthest)
            .exclude(pk__in=seats)
            .values_list("pk", "successor_id")
        )
        furthest = {pk: furthest[successor_id] for pk, successor_id in older if successor_id is not None}
        seats |= furthest
    return seats
