"""Memberships: who is in which forum, with which role. Known by forum and person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.accounts.models import User
from tovholder.directory.models import Role
from tovholder.forums import policy
from tovholder.forums.models import Forum, Membership
from tovholder.imports.columns import Field, Record
from tovholder.imports.kinds.people import PERSON_FIELDS, People
from tovholder.imports.planning import CHANGED, NEW, CannotUse, Kind, Names, Plan, Wanted

FIELDS = (
    Field("forum", "Forum", ("netværk", "gruppe", "forumnavn"), required=True, longest=120),
    *PERSON_FIELDS,
    Field("role", "Rolle", ("rolle i forum", "funktion"), longest=120, help="En rolle fra opsætningen. Skal stå ved nye medlemmer."),
    Field("is_guest", "Fast gæst", ("gæst",), reads="flag", help="ja eller nej"),
    Field("valid_from", "Fra", ("fra dato", "startdato", "med siden", "gælder fra"), reads="date", help="I dag, når der ikke står noget."),
    Field("valid_until", "Til", ("til dato", "slutdato", "til og med", "gælder til"), reads="date", help="Sidste dag. Tom, når personen bliver."),
)  # fmt: skip


class MemberMatcher:
    def __init__(self, by: User, lock: bool) -> None:
        self._by, self._people = by, People()
        self._forums = Names(
            Forum.objects.filter(retired_at__isnull=True), _("Der findes intet forum, der hedder »%(name)s«.")
        )
        self._roles = Names(
            Role.objects.filter(retired_at__isnull=True), _("Der findes ingen rolle, der hedder »%(name)s«.")
        )
        self._may: dict[int, str] = {}
        seats = Membership.objects.select_for_update(of=("self",)) if lock else Membership.objects.all()
        every = list(seats.select_related("role", "forum", "person"))
        rows = [row for row in every if row.valid_until is None]
        self._seats = {(row.forum_id, row.person_id): row for row in rows}
        self._past = {(row.forum_id, row.person_id, row.valid_until): row for row in every if row.valid_until}
        self._conveners = Counter(
            row.forum_id for row in rows if row.role.convenes and row.person.left_on is None
        )

    def match(self, record: Record) -> Wanted:
        forum = self._forums.get(record.get("forum"), "forum")
        if reason := self._refusal(forum):
            raise CannotUse("forum", reason)
        person = self._people.get(record)
        place = (forum.pk, person.pk)
        seat = self._seats.get(place) or self._past.get((*place, record.get("valid_until")))
        given = ("is_guest", "valid_from", "valid_until")
        values: dict[str, Any] = {name: record.get(name) for name in given if record.get(name) is not None}
        if role := record.get("role"):
            values["role"] = self._roles.get(role, "role")
        elif seat is None:
            raise CannotUse("role", _("Skriv personens rolle i forummet."))
        if seat is None:
            values |= {"forum": forum, "person": person}
            values.setdefault("valid_from", timezone.localdate())
        first = values.get("valid_from") or (seat.valid_from if seat else None)
        if first and values.get("valid_until") and values["valid_until"] < first:
            raise CannotUse("valid_until", _("Sidste dag kan ikke ligge før den første."))
        return Wanted(record, place, f"{person.name}, {forum.name}", values, seat)

    def _refusal(self, forum: Forum) -> str:
        if forum.pk not in self._may:
            self._may[forum.pk] = policy.may_manage(self._by, forum).reason
        return self._may[forum.pk]

    def make(self, wanted: Wanted) -> Membership:
        return Membership(**wanted.values)

    def check(self, plan: Plan) -> Iterable[tuple[int, CannotUse]]:
        """A forum is never without a convener: count those that the file takes away and gives."""
        left, lost = Counter(self._conveners), dict[int, int]()
        for item in plan.items:
            seat = item.obj
            if not isinstance(seat, Membership) or item.state not in (NEW, CHANGED):
                continue
            before = item.state == CHANGED and seat.role.convenes and seat.person.left_on is None
            role = item.changes.get("role", (None, seat.role))[1]
            until = item.changes.get("valid_until", (None, seat.valid_until))[1]
            after = role.convenes and until is None
            left[seat.forum_id] += int(after) - int(before)
            if before and not after:
                lost.setdefault(seat.forum_id, item.row)
        for forum_id, row in lost.items():
            if left[forum_id] < 1:
                sentence = _("Forummet skal have en tovholder. Giv først rollen til en anden.")
                yield row, CannotUse("role", sentence)


MEMBERS = Kind(
    key="medlemmer",
    title=gettext_lazy("Medlemmer i fora"),
    one=gettext_lazy("medlemskab"),
    lead=gettext_lazy("Hvem der er med i hvilket forum, og med hvilken rolle."),
    icon="groups",
    fields=FIELDS,
    model=Membership,
    created="membership.started",
    changed="membership.changed",
    matcher=MemberMatcher,
    words={"person": gettext_lazy("Person")},
)
