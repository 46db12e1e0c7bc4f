"""Posts at schools: known by school, kind of post and person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.accounts.models import User
from tovholder.directory import policy
from tovholder.directory.models import Post, PostKind, School
from tovholder.imports.columns import Field, Record
from tovholder.imports.kinds.people import PERSON_FIELDS, People
from tovholder.imports.planning import CannotUse, Kind, Names, Plan, Wanted

FIELDS = (
    Field("school", "Skole", ("skolenavn",), required=True, longest=120),
    Field("kind", "Post", ("poster", "funktion", "rolle"), required=True, longest=120, help="En af posterne fra opsætningen."),
    *PERSON_FIELDS,
    Field("valid_from", "Fra", ("fra dato", "startdato", "gælder fra"), reads="date", help="I dag, når der ikke står noget."),
    Field("valid_until", "Til", ("til dato", "slutdato", "til og med", "gælder til"), reads="date", help="Sidste dag. Tom, når personen bliver."),
    Field("note", "Bemærkning", ("note", "bemærkninger", "kommentar"), longest=500),
)  # fmt: skip


class PostMatcher:
    def __init__(self, by: User, lock: bool) -> None:
        policy.may_edit(by).require()
        self._people = People()
        self._schools = Names(
            School.objects.filter(retired_at__isnull=True),
            _("Der findes ingen skole, der hedder »%(name)s«."),
        )
        self._kinds = Names(
            PostKind.objects.filter(retired_at__isnull=True),
            _("Der findes ingen post, der hedder »%(name)s«."),
        )
        rows = Post.objects.select_for_update(of=("self",)) if lock else Post.objects.all()
        # By the last day too, so that a post that has ended is known again.
        self._held = {
            (row.school_id, row.kind_id, row.person_id, row.valid_until): row
            for row in rows.select_related("kind", "school", "person")
        }

    def match(self, record: Record) -> Wanted:
        school = self._schools.get(record.get("school"), "school")
        kind = self._kinds.get(record.get("kind"), "kind")
        person = self._people.get(record)
        place = (school.pk, kind.pk, person.pk)
        found = self._held.get((*place, None)) or self._held.get((*place, record.get("valid_until")))
        given = ("valid_from", "valid_until", "note")
        values: dict[str, Any] = {name: record.get(name) for name in given if record.get(name)}
        if found is None:
            values |= {"school": school, "kind": kind, "person": person}
            values.setdefault("valid_from", timezone.localdate())
        first = values.get("valid_from") or (found.valid_from if found else None)
        if first and values.get("valid_until") and values["valid_until"] < first:
            raise CannotUse("valid_until", _("Sidste dag kan ikke ligge før den første."))
        label = f"{person.name}, {kind.name}, {school.name}"
        return Wanted(record, place, label, values, found)

    def make(self, wanted: Wanted) -> Post:
        return Post(**wanted.values)

    def check(self, plan: Plan) -> Iterable[tuple[int, CannotUse]]:
        return ()


POSTS = Kind(
    key="poster",
    title=gettext_lazy("Poster på skoler"),
    one=gettext_lazy("post"),
    lead=gettext_lazy("Hvem der har hvilken post på hvilken skole, og fra hvornår."),
    icon="contact-card",
    fields=FIELDS,
    model=Post,
    created="post.started",
    changed="post.changed",
    matcher=PostMatcher,
    words={"person": gettext_lazy("Person")},
)
