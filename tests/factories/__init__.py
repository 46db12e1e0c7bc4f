"""Small worlds for tests."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import factory
from django.utils import timezone

from tovholder.accounts.models import RoleGrant, User
from tovholder.directory.models import (
    District,
    Municipality,
    Organisation,
    OrganisationKind,
    Person,
    Post,
    PostKind,
    Role,
    School,
)
from tovholder.forums.models import AgendaTemplate, AgendaTemplateItem, Forum, ForumType, Membership
from tovholder.meetings.models import AgendaItem, Meeting, Participation, Topic
from tovholder.plans.models import Agreement

LONG_AGO = date(2020, 1, 1)


class Model(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True


class MunicipalityFactory(Model):
    class Meta:
        model = Municipality
        django_get_or_create = ("key",)

    key = "vestby"
    name = "Vestby Kommune"


class DistrictFactory(Model):
    class Meta:
        model = District
        django_get_or_create = ("key",)

    key = factory.Sequence(lambda n: f"distrikt-{n}")
    name = factory.Sequence(lambda n: f"Distrikt {n}")


class OrganisationKindFactory(Model):
    class Meta:
        model = OrganisationKind
        django_get_or_create = ("key",)

    key = "folkeskole"
    name = "Folkeskole"
    party_type = "authority"
    side = "school"


class OrganisationFactory(Model):
    class Meta:
        model = Organisation
        django_get_or_create = ("key",)

    key = factory.Sequence(lambda n: f"organisation-{n}")
    name = factory.Sequence(lambda n: f"Organisation {n}")
    kind = factory.SubFactory(OrganisationKindFactory)


class SchoolFactory(Model):
    class Meta:
        model = School
        django_get_or_create = ("key",)

    key = factory.Sequence(lambda n: f"skole-{n}")
    name = factory.Sequence(lambda n: f"Skole {n}")
    district = factory.SubFactory(DistrictFactory)
    organisation = factory.SubFactory(OrganisationFactory)


class PersonFactory(Model):
    class Meta:
        model = Person

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@vestby.example")
    organisation = factory.SubFactory(OrganisationFactory)


class PostKindFactory(Model):
    class Meta:
        model = PostKind
        django_get_or_create = ("key",)

    key = factory.Sequence(lambda n: f"post-{n}")
    name = factory.Sequence(lambda n: f"Post {n}")
    around_child = True
    fixed_circle = True


class PostFactory(Model):
    class Meta:
        model = Post

    kind = factory.SubFactory(PostKindFactory)
    school = factory.SubFactory(SchoolFactory)
    person = factory.SubFactory(PersonFactory)
    valid_from = LONG_AGO


class RoleFactory(Model):
    class Meta:
        model = Role
        django_get_or_create = ("key",)

    key = "medlem"
    name = "Medlem"
    convenes = False


class ForumTypeFactory(Model):
    class Meta:
        model = ForumType
        django_get_or_create = ("key",)

    key = "netvaerk"
    name = "Netværk"


class AgendaTemplateFactory(Model):
    class Meta:
        model = AgendaTemplate
        django_get_or_create = ("key",)
        skip_postgeneration_save = True

    key = "fem-punkter"
    name = "Fem punkter"

    @factory.post_generation
    def items(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if not create or self.items.exists():
            return
        rows = extracted or [
            ("Kortlægning", "mapping"),
            ("Aktuelt emne", "theme"),
            ("Eventuelt", "any_other_business"),
        ]
        for position, (heading, kind) in enumerate(rows, start=1):
            AgendaTemplateItem.objects.create(
                template=self, position=position, heading=heading, kind=kind, minutes=15
            )


class ForumFactory(Model):
    class Meta:
        model = Forum

    key = factory.Sequence(lambda n: f"forum-{n}")
    name = factory.Sequence(lambda n: f"Netværk {n}")
    forum_type = factory.SubFactory(ForumTypeFactory)
    highest_level = "anonymous"
    notice_days = 14


class MembershipFactory(Model):
    class Meta:
        model = Membership

    forum = factory.SubFactory(ForumFactory)
    person = factory.SubFactory(PersonFactory)
    role = factory.SubFactory(RoleFactory)
    valid_from = LONG_AGO


class MeetingFactory(Model):
    """A planned meeting of one forum; pass `forums=[…]` for a joint one."""

    class Meta:
        model = Meeting
        skip_postgeneration_save = True

    lead_forum = factory.SubFactory(ForumFactory)
    starts_at = factory.LazyFunction(lambda: timezone.now().replace(microsecond=0) + timedelta(days=30))
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + timedelta(minutes=90))

    @factory.post_generation
    def forums(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            self.forums.set(extracted or [self.lead_forum])


class ParticipationFactory(Model):
    class Meta:
        model = Participation

    meeting = factory.SubFactory(MeetingFactory)
    person = factory.SubFactory(PersonFactory)


class AgendaItemFactory(Model):
    class Meta:
        model = AgendaItem

    meeting = factory.SubFactory(MeetingFactory)
    position = factory.Sequence(lambda n: n + 1)
    heading = factory.Sequence(lambda n: f"Punkt {n}")


class TopicFactory(Model):
    class Meta:
        model = Topic

    forum = factory.SubFactory(ForumFactory)
    heading = factory.Sequence(lambda n: f"Emne {n}")


class AgreementFactory(Model):
    class Meta:
        model = Agreement

    forum = factory.SubFactory(ForumFactory)
    what = factory.Sequence(lambda n: f"Aftale {n}")
    responsible = factory.SubFactory(PersonFactory)
    due_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=14))
    created_at = factory.LazyFunction(timezone.now)
    moved_at = factory.LazyFunction(timezone.now)
    created_by = "system"


def make_user(name: str, *roles: str, organisation: Organisation | None = None, password: str = "") -> User:
    """Make a login with its person and roles; e-mail is the name at vestby.example."""
    user = User(email=f"{name.lower()}@vestby.example", name=name)
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save()
    for role in roles:
        RoleGrant.objects.create(user=user, role=role)
    Person.objects.create(name=name, email=user.email, user=user, organisation=organisation)
    return user


def join(user_or_person: User | Person, forum: Forum, *, convenes: bool = False) -> Membership:
    """Make the person a member of the forum, or its convener."""
    person = user_or_person.person if isinstance(user_or_person, User) else user_or_person
    role = (
        RoleFactory(key="tovholder", name="Tovholder", convenes=True, chairs=True, takes_minutes=True)
        if convenes
        else RoleFactory()
    )
    return MembershipFactory(forum=forum, person=person, role=role)


def local(*args: int) -> datetime:
    """An aware time in the municipality's zone: local(2026, 9, 1, 13, 0)."""
    return timezone.make_aware(datetime(*args))
