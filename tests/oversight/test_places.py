"""What was read outside the reader's own district stands out, whatever it was; who has business with it does not."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.factories import DistrictFactory, ForumFactory, TopicFactory, join, make_user
from tests.security.case_rows import build
from tovholder.audit.models import Event
from tovholder.concerns.models import CaseTeamMember, Concern, Team, TeamMember
from tovholder.forums.services.older_minutes import lay_in
from tovholder.meetings.models import Meeting
from tovholder.oversight import queries
from tovholder.oversight.places import ROADS

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)


@pytest.fixture
def world(municipality):
    """A world with cases, all of whose forums have a district; and a reader from another district."""
    world = build("suite", 3)
    for forum in (world.forum, world.network_forum):
        forum.districts.set([world.districts["vest"]])
    Concern.objects.update(district=world.districts["vest"])
    TopicFactory(forum=world.forum)
    pdf = SimpleUploadedFile("referat.pdf", b"%PDF-1.7\n%%EOF", "application/pdf")
    lay_in(by=world.users["bo"], forum=world.forum, title="Møde", uploads=[pdf], days=[date(2020, 1, 1)])
    return world


@pytest.fixture
def nora():
    user, north = make_user("Nora"), ForumFactory()
    north.districts.add(DistrictFactory())
    join(user, north)
    return user


def outside(reader, kind: str, pk: int) -> bool:
    event = Event.objects.create(
        at=timezone.make_aware(datetime(2026, 10, 7, 10)),
        kind="read",
        actor=reader.audit_key,
        action="concern.read",
        object_type=kind,
        object_id=str(pk),
    )
    found = queries.odd(queries.as_readings(Event.objects.filter(pk=event.pk)), queries.rules())
    return [each.reason for each in found] == [queries.Reason.DISTRICT]


def one_of(kind: str):
    model = apps.get_model(kind)
    if kind == "plans.agreement":
        return model._base_manager.filter(case__isnull=False).first()
    if kind == "citizens.child":
        return model.objects.filter(concerns__isnull=False).first()
    return model._base_manager.order_by("pk").first()


def test_each_kind_of_thing_from_another_district(world, nora):
    nils, home = make_user("Nils"), ForumFactory()
    home.districts.add(world.districts["vest"])
    join(nils, home)
    nowhere = make_user("Uden distrikt")
    rows = {kind: one_of(kind).pk for kind in ROADS}
    assert {kind for kind, pk in rows.items() if not outside(nora, kind, pk)} == set()
    assert {
        kind for kind, pk in rows.items() if outside(nils, kind, pk) or outside(nowhere, kind, pk)
    } == set()
    for concern in Concern.objects.all():
        CaseTeamMember.objects.create(
            concern=concern, person=nora.person, basis="consent", from_at=timezone.now(), added_by="system"
        )
    of_case = {kind for kind, road in ROADS.items() if "case_team__person" in " ".join(road.persons)}
    assert {kind for kind in of_case if outside(nora, kind, rows[kind])} == {"meetings.meeting"}
    network = Meeting.every.filter(kind="network").first()
    assert not outside(nora, "meetings.meeting", network.pk)


def test_everything_that_is_read_has_a_place(world):
    """What a reading can be about, and leads to no district, is listed with its reason."""
    nowhere = {"": "a list across forums", "directory.person": "a person's own tasks"}
    read = set(Event.objects.filter(kind="read").values_list("object_type", flat=True))
    assert read <= set(ROADS) | set(nowhere)


def test_who_receives_the_concerns_of_a_district_is_at_home_there(world, nora):
    concern = Concern.objects.first()
    team = Team.objects.create(key="nord", name="Nord")
    team.districts.add(world.districts["vest"])
    TeamMember.objects.create(team=team, person=nora.person, valid_from=date(2020, 1, 1))
    assert not outside(nora, "concerns.concern", concern.pk)


def test_who_receives_all_concerns_is_at_home_everywhere(world, nora):
    team = Team.objects.create(key="alle", name="Alle")
    TeamMember.objects.create(team=team, person=nora.person, valid_from=date(2020, 1, 1))
    assert not outside(nora, "concerns.concern", Concern.objects.first().pk)


def test_a_day_at_night_in_another_district_is_told_for_both_reasons(world, nora):
    Event.objects.create(
        at=timezone.make_aware(datetime(2026, 10, 7, 23)),
        kind="read",
        actor=nora.audit_key,
        action="concern.read",
        object_type="concerns.concern",
        object_id=str(Concern.objects.first().pk),
    )
    found = queries.odd(queries.as_readings(queries.readings(OCTOBER)), queries.rules())
    mine = [each.reason for each in found if each.actor == nora.audit_key]
    assert mine == [queries.Reason.NIGHT, queries.Reason.DISTRICT]
