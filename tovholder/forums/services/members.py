"""Who is in a forum, with which role, from when until when."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.directory.models import Person, Role
from tovholder.forums import policy
from tovholder.forums.models import Forum, Membership


@transaction.atomic
def add_member(
    *,
    by: User,
    forum: Forum,
    person: Person,
    role: Role,
    valid_from: date | None = None,
    is_guest: bool = False,
    allowed: Decision | None = None,
) -> Membership:
    """Take a person into a forum. Raises Refused for who is in it already or has left."""
    (allowed or policy.may_manage(by, forum)).require()
    _must_be_here(person)
    _must_not_be_in(forum, person)
    membership = Membership.objects.create(
        forum=forum,
        person=person,
        role=role,
        valid_from=valid_from or timezone.localdate(),
        is_guest=is_guest,
    )
    record(by=by, action="membership.started", obj=membership, details=_ids(membership))
    return membership


@transaction.atomic
def change_member(
    *,
    by: User,
    membership: Membership,
    role: Role,
    valid_from: date,
    valid_until: date | None = None,
    is_guest: bool = False,
) -> list[str]:
    """Change role or period and return the names of the fields that changed."""
    policy.may_manage(by, membership.forum).require()
    fresh = Membership.objects.select_for_update().get(pk=membership.pk)
    if valid_until is not None and valid_until < valid_from:
        no("period_turned", _("Sidste dag kan ikke ligge før den første.")).require()
    if fresh.role.convenes and (not role.convenes or valid_until is not None):
        _must_leave_convener(fresh)
    if fresh.valid_until is not None and valid_until is None:
        _must_not_be_in(fresh.forum, fresh.person)
    values = {"role": role, "valid_from": valid_from, "valid_until": valid_until, "is_guest": is_guest}
    changed = [name for name, value in values.items() if getattr(fresh, name) != value]
    for name in changed:
        setattr(fresh, name, values[name])
    if changed:
        fresh.save(update_fields=changed)
        record(
            by=by, action="membership.changed", obj=fresh, details=_ids(fresh) | {"fields": sorted(changed)}
        )
    membership.refresh_from_db()
    return changed


@transaction.atomic
def end_membership(
    *, by: User, membership: Membership, last_day: date | None = None, allowed: Decision | None = None
) -> None:
    """End a membership yesterday, so that the person is out from now, or with the day given.

    Raises Refused for the last convener: a forum is never without one.
    """
    (allowed or policy.may_manage(by, membership.forum)).require()
    if membership.role.convenes and allowed is None:
        _must_leave_convener(membership)
    close(membership, last_day or timezone.localdate() - timedelta(days=1))
    record(by=by, action="membership.ended", obj=membership, details=_ids(membership))


def close(membership: Membership, last_day: date) -> None:
    """Set the last day; one that began later ends on its first day."""
    membership.valid_until = max(last_day, membership.valid_from)
    membership.save(update_fields=["valid_until"])


@transaction.atomic
def restore_membership(*, by: User, membership: Membership) -> None:
    """Undo the end of a membership. Raises Refused when the person has left or is in the forum again."""
    policy.may_manage(by, membership.forum).require()
    _must_be_here(membership.person)
    _must_not_be_in(membership.forum, membership.person)
    membership.valid_until = None
    membership.save(update_fields=["valid_until"])
    record(by=by, action="membership.restored", obj=membership, details=_ids(membership))


@transaction.atomic
def take_over(*, by: User, membership: Membership, to: Person, on: date) -> Membership:
    """Let another person take a seat with its role. Who sits there already keeps the weightier of the two roles.

    The layer above has asked whether the actor may.
    """
    close(membership, on)
    seat, made = Membership.objects.select_related("role").get_or_create(
        forum=membership.forum,
        person=to,
        valid_until=None,
        defaults={
            "role": membership.role,
            "valid_from": timezone.localdate(),
            "is_guest": membership.is_guest,
        },
    )
    if not made:
        keep_weightier(seat, membership)
    record(by=by, action="membership.handed_over", obj=membership, details=_ids(membership) | {"to": to.pk})
    return seat


def keep_weightier(seat: Membership, other: Membership) -> None:
    """Give `seat` the role of `other` when that one weighs more, and make a guest a member when either is one."""
    role = other.role if _weight(other.role) > _weight(seat.role) else seat.role
    guest = seat.is_guest and other.is_guest
    if (
        role != seat.role
        or guest != seat.is_guest
        or other.valid_from < seat.valid_from <= timezone.localdate()
    ):
        seat.role, seat.is_guest = role, guest
        seat.save(update_fields=["role", "is_guest"])


def _weight(role: Role) -> tuple[bool, bool, bool]:
    return role.convenes, role.chairs, role.takes_minutes


def _must_be_here(person: Person) -> None:
    if person.left_on is not None:
        no("person_left", _("%(person)s er fratrådt.") % {"person": person.name}).require()


def _must_not_be_in(forum: Forum, person: Person) -> None:
    if Membership.objects.filter(forum=forum, person=person, valid_until__isnull=True).exists():
        no("already_member", _("%(person)s er allerede med i forummet.") % {"person": person.name}).require()


def _must_leave_convener(membership: Membership) -> None:
    others = Membership.objects.filter(
        forum=membership.forum, role__convenes=True, valid_until__isnull=True, person__left_on__isnull=True
    ).exclude(pk=membership.pk)
    if not others.exists():
        no(
            "last_convener",
            _("Forummet skal have en tovholder. Gør først en anden til tovholder."),
        ).require()


def _ids(membership: Membership) -> dict[str, object]:
    return {"forum": membership.forum_id, "person": membership.person_id, "role": membership.role_id}
