"""Reads over the directory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Expression, Prefetch, Q, QuerySet, Subquery, Value
from django.utils import timezone

from tovholder.accounts.models import Role, User
from tovholder.directory.models import District, Municipality, Organisation, Person, Post, PostKind, School
from tovholder.directory.standing import LOOKS, SEES_PEOPLE, conveners_today


def municipality_name() -> str:
    """Return the municipality's name, or an empty string before the set-up is loaded."""
    return Municipality.objects.values_list("name", flat=True).first() or ""


def municipality_name_fact(user: Expression) -> Subquery:
    """Return `municipality_name` as an expression, to be read with what else the frame of a page asks."""
    return Subquery(Municipality.objects.order_by("pk").values("name")[:1])


def municipality_text(key: str) -> str:
    """Return one of the municipality's own texts (welcome, mail_footer, minutes_footer), or an empty string."""
    texts = Municipality.objects.values_list("texts", flat=True).first() or {}
    return str(texts.get(key, "")).strip()


def user_line(user: User) -> str:
    """Return what stands under the user's name in the frame: the person's title, else the name of a role."""
    person = getattr(user, "person", None)  # read once a request, as everywhere
    title = person.title if person is not None else ""
    return title or next((str(Role(role).label) for role in sorted(user.roles)), "")


def visible_to(user: User) -> QuerySet[Person]:
    """Return the persons that the user may look up. Pinned to `policy.may_read` by a test."""
    if user.has_role(*SEES_PEOPLE):
        return Person.objects.all()
    if user.has_role(Role.OPEN_PARTICIPANT):
        return Person.objects.filter(Q(pk__in=conveners_today().values("pk")) | Q(user=user))
    return Person.objects.none()


def organisations_visible_to(user: User) -> QuerySet[Organisation]:
    """Return the organisations of the directory, with how many people each has."""
    if not user.has_role(*LOOKS):
        return Organisation.objects.none()
    return (
        Organisation.objects.filter(retired_at__isnull=True)
        .select_related("kind", "district")
        .annotate(people=Count("persons", filter=Q(persons__left_on__isnull=True)))
        .order_by("position", "pk")
    )


def schools_visible_to(user: User) -> QuerySet[School]:
    """Return the schools that are still in the set-up. The posts at them are people's work, shown with them."""
    if not user.has_role(*SEES_PEOPLE):
        return School.objects.none()
    rows = School.objects.filter(retired_at__isnull=True).select_related("district", "organisation")
    return rows.order_by("position", "pk")


def districts_visible_to(user: User) -> QuerySet[District]:
    """Return the districts with their schools."""
    if not user.has_role(*SEES_PEOPLE):
        return District.objects.none()
    schools = with_vacancies(School.objects.filter(retired_at__isnull=True))
    return District.objects.filter(retired_at__isnull=True).prefetch_related(
        Prefetch("schools", queryset=schools)
    )


def held_posts(on: date | None = None) -> QuerySet[Post]:
    """Return the posts that somebody holds on the day (today when not given)."""
    day = on or timezone.localdate()
    return Post.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        valid_from__lte=day,
        person__left_on__isnull=True,
    ).select_related("kind", "school", "person", "person__organisation")


@dataclass
class Seat:
    """A kind of post at a school, and who holds it."""

    kind: PostKind
    posts: list[Post] = field(default_factory=list)

    @property
    def vacant(self) -> bool:
        return not self.posts


@dataclass
class SchoolPicture:
    """The posts around the child, and the fixed circle with what is vacant."""

    school: School
    around_child: list[Seat]
    circle: list[Seat]
    others: list[Seat]

    @property
    def vacant(self) -> list[Seat]:
        return [seat for seat in [*self.around_child, *self.circle] if seat.vacant]


def school_picture(school: School) -> SchoolPicture:
    """Return who stands around the child at a school today, each kind of post once."""
    seats = {kind.pk: Seat(kind) for kind in PostKind.objects.filter(retired_at__isnull=True)}
    for post in held_posts().filter(school=school).order_by("valid_from", "pk"):
        seats.setdefault(post.kind_id, Seat(post.kind)).posts.append(post)
    found = list(seats.values())
    return SchoolPicture(
        school=school,
        around_child=[seat for seat in found if seat.kind.around_child],
        circle=[seat for seat in found if seat.kind.fixed_circle and not seat.kind.around_child],
        others=[
            seat for seat in found if not seat.kind.fixed_circle and not seat.kind.around_child and seat.posts
        ],
    )


def with_vacancies(schools: QuerySet[School]) -> QuerySet[School]:
    """Add `vacant`: how many kinds of posts, around the child or in the fixed circle, nobody holds at the school."""
    today = timezone.localdate()
    kinds = PostKind.objects.filter(Q(around_child=True) | Q(fixed_circle=True), retired_at__isnull=True)
    total = kinds.count()
    held = (
        (Q(posts__valid_until__isnull=True) | Q(posts__valid_until__gte=today))
        & (Q(posts__kind__around_child=True) | Q(posts__kind__fixed_circle=True))
        & Q(
            posts__valid_from__lte=today,
            posts__person__left_on__isnull=True,
            posts__kind__retired_at__isnull=True,
        )
    )
    return schools.annotate(vacant=Value(total) - Count("posts__kind", filter=held, distinct=True))
