"""Which concerns a person may know of, and who can see one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.concerns.models import CaseTeamMember, Concern, ConcernChild, Question, Team, TeamMember
from tovholder.concerns.policy import NEVER, Part, may_see_teams
from tovholder.concerns.standing import current_seats, ended_since, own_words_since, rules, triage_of
from tovholder.directory.models import Person
from tovholder.forums.standing import person_of


def visible_to(user: User, part: str = Part.STATUS) -> QuerySet[Concern]:
    """Return the concerns of which the user may read this part. Pinned to `policy.may_read` by a test."""
    if user.has_role(*NEVER):
        return Concern.objects.none()
    return Concern.objects.filter(readable_by(user, part))


def readable_by(user: User, part: str = Part.STATUS, *, worked_on: Collection[int] | None = None) -> Q:
    """Return the same as a condition on concerns.

    With the ids of `worked_on_by` at hand, each way to read one is found by an index: for lists of very many.
    """
    if user.has_role(*NEVER):
        return Q(pk__in=())
    person, triage = person_of(user), triage_of(user)
    condition = Q(pk__in=())
    if person is not None:
        if worked_on is None:
            mine = CaseTeamMember.objects.filter(concern=OuterRef("pk"), person=person, until_at__isnull=True)
            condition |= Q(Exists(mine))
        else:
            condition |= Q(pk__in=worked_on)
        if part == Part.STATUS:
            condition |= Q(raised_by=person)
        elif part == Part.OWN_WORDS:
            condition |= Q(raised_by=person, raised_at__gte=own_words_since())
    if triage:
        received = Q(ended_at__isnull=True) | Q(ended_at__gte=triage.ended_since)
        if not triage.everywhere:
            received &= Q(district__in=triage.districts) | Q(district__isnull=True)
        condition |= received
    return condition & Q(erased_at__isnull=True)


def worked_on_by(user: User) -> list[int]:
    """Return the concerns whose case team the user is on: for `readable_by`."""
    seats = CaseTeamMember.objects.filter(person=person_of(user), until_at__isnull=True)
    return list(seats.values_list("concern", flat=True))


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who can see (part of) a concern, and why: answers "Hvem kan se dette, og hvorfor?"."""

    name: str
    organisation: str
    what: str
    why: str
    person_id: int | None = None


def readers(concern: Concern) -> list[Reader]:
    """Return everybody who can see any of the concern now, with what and why, in the order of how much.

    What apps above open (meetings, plans) comes from the functions `(concern) -> list[Reader]` in
    `settings.CONCERN_READERS`.
    """
    own = rules()
    never = Exists(_never().filter(pk=OuterRef("person")))
    team = concern.case_team.filter(until_at__isnull=True).annotate(never=never)
    found = [
        _reader(seat.person, _("Alt"), _("I sagens team: %(basis)s") % {"basis": seat.get_basis_display()})
        for seat in team.select_related("person__organisation")
        if not seat.never
    ]
    if concern.ended_at is None or concern.ended_at >= ended_since(own):
        found += [
            _reader(each, _("Alt"), _("SSP-teamet i distriktet")) for each in triagers(concern.district_id)
        ]
    for path in getattr(settings, "CONCERN_READERS", []):
        found += import_string(path)(concern)
    what = _("Egne ord og status") if concern.raised_at >= own_words_since(own) else _("Status")
    raised = Person.objects.filter(pk=concern.raised_by_id).exclude(pk__in=_never().values("pk"))
    found += [
        _reader(each, what, _("Har rejst bekymringen")) for each in raised.select_related("organisation")
    ]
    return _once(found)


def case_team(concern: Concern) -> QuerySet[CaseTeamMember]:
    """Return who works on the concern by name now, first come first."""
    seats = concern.case_team.filter(until_at__isnull=True)
    return seats.select_related("person__organisation").order_by("from_at", "pk")


def living_children(concern: Concern) -> Iterable[ConcernChild]:
    """Return the children of a concern who are not erased; asks nothing where a page has read them with it."""
    if "concern_children" in getattr(concern, "_prefetched_objects_cache", {}):
        return [each for each in concern.concern_children.all() if each.child.erased_at is None]
    links = concern.concern_children.filter(child__erased_at__isnull=True)
    return links.select_related("child", "information")


def triagers(district_id: int | None) -> QuerySet[Person]:
    """Return the people of the triaging teams of a district; of all of them where the concern has no district."""
    seats = TeamMember.objects.filter(current_seats(), team__triages=True)
    if district_id is not None:
        seats = seats.filter(Q(team__districts=district_id) | Q(team__districts__isnull=True))
    return (
        Person.objects.filter(pk__in=seats.values("person_id"))
        .exclude(pk__in=_never().values("pk"))
        .select_related("organisation")
        .order_by("name", "pk")
    )


def questions_to(user: User) -> QuerySet[Question]:
    """Return the questions that the user may read and answer. Pinned to `policy.may_answer` by a test."""
    person = person_of(user)
    if person is None:
        return Question.objects.none()
    return Question.objects.filter(to_person=person, withdrawn_at=None).select_related("concern")


def teams_visible_to(user: User) -> QuerySet[Team]:
    """Return the teams for those who may see them, with how many sit there today."""
    if not may_see_teams(user):
        return Team.objects.none()
    seats = TeamMember.objects.filter(current_seats(), team=OuterRef("pk")).order_by().values("team")
    count = Coalesce(Subquery(seats.annotate(n=Count("pk")).values("n")), 0)
    return Team.objects.filter(retired_at__isnull=True).annotate(seated=count)


def seats_of(team: Team) -> QuerySet[TeamMember]:
    """Return who sits in the team today."""
    seats = TeamMember.objects.filter(current_seats(), team=team)
    return seats.select_related("person__organisation").order_by("person__name", "pk")


def _never() -> QuerySet[Person]:
    """People whose role never reads a concern."""
    return Person.objects.filter(user__role_grants__role__in=NEVER)


def _reader(person: Person, what: str, why: str) -> Reader:
    place = person.organisation
    return Reader(person.name, place.name if place is not None else "", what, why, person.pk)


def _once(readers: Iterable[Reader]) -> list[Reader]:
    """The first ground of each person is the widest: keep that."""
    found: dict[object, Reader] = {}
    for each in readers:
        found.setdefault(each.person_id or (each.name, each.organisation, each.why), each)
    return list(found.values())
