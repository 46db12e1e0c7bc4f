"""Changes to persons and to the posts they hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no
from tovholder.accounts.models import Role, User
from tovholder.accounts.services import create_login
from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.directory import policy
from tovholder.directory.models import Organisation, Person, Post, PostKind, School

PERSON_FIELDS = ("name", "email", "phone", "title", "organisation")


@transaction.atomic
def create_person(
    *,
    by: User,
    name: str,
    email: str = "",
    phone: str = "",
    title: str = "",
    organisation: Organisation | None = None,
    allowed: Decision | None = None,
) -> Person:
    """Write a new person into the directory, without a login. Raises Refused."""
    (allowed or policy.may_edit(by)).require()
    person = Person.objects.create(
        name=" ".join(name.split()), email=email, phone=phone, title=title, organisation=organisation
    )
    record(by=by, action="person.created", obj=person)
    return person


@transaction.atomic
def edit_person(*, by: User, person: Person, **values: object) -> list[str]:
    """Set the given fields and return the names of those that changed. A new e-mail makes old links invalid."""
    policy.may_edit(by).require()
    policy.may_change(person).require()
    unknown = set(values) - set(PERSON_FIELDS)
    if unknown:
        raise ValueError(f"unknown fields: {sorted(unknown)}")
    fresh = Person.objects.select_for_update().get(pk=person.pk)
    changed = [name for name, value in values.items() if getattr(fresh, name) != value]
    if "organisation" in changed:
        policy.may_place(by, fresh).require()
    for name in changed:
        setattr(fresh, name, values[name])
    if "email" in changed:
        fresh.link_version += 1
    if changed:
        fresh.save(update_fields=[*changed, "link_version"])
        record(by=by, action="person.edited", obj=fresh, details={"fields": sorted(changed)})
    person.refresh_from_db()
    return changed


@transaction.atomic
def give_login(*, by: User, person: Person, role: str = Role.MEMBER) -> User:
    """Make a login for a person with an e-mail. The person chooses a password by "Glemt adgangskode"."""
    policy.may_give_login(by).require()
    policy.may_change(person).require()
    if person.user_id is not None:
        no("has_login", _("%(person)s har allerede et login.") % {"person": person.name}).require()
    if not person.email:
        no("no_email", _("Skriv en e-mail først. Den bruges til at logge ind med.")).require()
    if User.objects.filter(email__iexact=person.email).exists():
        no("email_taken", _("Der er allerede et login med den e-mail.")).require()
    user = create_login(by=by, email=person.email, name=person.name, roles=[role])
    person.user = user
    person.save(update_fields=["user"])
    record(by=by, action="person.login_given", obj=person, details={"user": user.pk})
    return user


@transaction.atomic
def start_post(*, by: User, kind: PostKind, school: School, person: Person, valid_from: date) -> Post:
    """Let a person hold a post at a school from a day. Raises Refused when the person already does."""
    policy.may_edit(by).require()
    policy.may_change(person).require()
    if Post.objects.filter(kind=kind, school=school, person=person, valid_until__isnull=True).exists():
        no("post_held", _("%(person)s har allerede posten.") % {"person": person.name}).require()
    post = Post.objects.create(kind=kind, school=school, person=person, valid_from=valid_from)
    record(by=by, action="post.started", obj=post, details={"school": school.pk, "person": person.pk})
    return post


@transaction.atomic
def end_post(*, by: User, post: Post, last_day: date) -> None:
    """End a post with its last day. Raises Refused for a day before it began."""
    policy.may_edit(by).require()
    if last_day < post.valid_from:
        no("post_before_start", _("Sidste dag kan ikke ligge før den første.")).require()
    post.valid_until = last_day
    post.save(update_fields=["valid_until"])
    record(by=by, action="post.ended", obj=post, details={"school": post.school_id, "person": post.person_id})


@transaction.atomic
def reopen_post(*, by: User, post: Post) -> None:
    """Undo the end of a post."""
    policy.may_edit(by).require()
    policy.may_change(post.person).require()
    if Post.objects.filter(
        kind=post.kind_id, school=post.school_id, person=post.person_id, valid_until__isnull=True
    ).exists():
        no("post_held", _("%(person)s har allerede posten.") % {"person": post.person.name}).require()
    post.valid_until = None
    post.save(update_fields=["valid_until"])
    record(
        by=by, action="post.reopened", obj=post, details={"school": post.school_id, "person": post.person_id}
    )


@transaction.atomic
def hand_over_posts(*, by: Actor, posts: Iterable[Post], to: Person, on: date) -> None:
    """Give posts to another person from the day after `on`. The layer above has asked whether the actor may."""
    for post in posts:
        post.valid_until = max(on, post.valid_from)
        post.save(update_fields=["valid_until"])
        new, made = Post.objects.get_or_create(
            kind_id=post.kind_id,
            school_id=post.school_id,
            person=to,
            valid_until=None,
            defaults={"valid_from": min(on + timedelta(days=1), timezone.localdate())},
        )
        record(
            by=by,
            action="post.handed_over",
            obj=post,
            details={"from": post.person_id, "to": to.pk, "post": new.pk, "new": made},
        )
