"""When a person leaves, everything open is given on in one step, and nothing open points to the person after it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import (
    AgendaItemFactory,
    AgreementFactory,
    ForumFactory,
    MeetingFactory,
    ParticipationFactory,
    PersonFactory,
    PostFactory,
    TopicFactory,
    join,
)
from tests.worlds import examples
from tovholder.access.decision import Refused
from tovholder.audit.models import Event
from tovholder.directory.models import Person, Post
from tovholder.forums.models import Membership
from tovholder.forums.standing import forget
from tovholder.meetings.models import Minutes, Participation, Relay
from tovholder.meetings.services.handover import belongings, hand_over_person
from tovholder.outbox.models import OutgoingMail

SORTS = [
    "post",
    "seat",
    "convener",
    "agreement",
    "helper",
    "chair",
    "minute_taker",
    "unapproved",
    "presenter",
    "deferred",
    "topic",
    "relay",
    "guest",
    "substitute",
    "member_at_meeting",
]
NOW = timezone.now()


def give(person: Person, sort: str) -> None:
    """Let something open of this sort point to the person."""
    held = {"status": "held", "held_at": NOW, "starts_at": NOW - timedelta(days=2)}
    make = {
        "post": lambda: PostFactory(person=person),
        "seat": lambda: join(person, ForumFactory()),
        "convener": lambda: join(person, ForumFactory(), convenes=True),
        "agreement": lambda: AgreementFactory(responsible=person),
        "helper": lambda: AgreementFactory().helpers.add(person),
        "chair": lambda: MeetingFactory(chair=person),
        "minute_taker": lambda: MeetingFactory(minute_taker=person),
        "unapproved": lambda: MeetingFactory(minute_taker=person, chair=person, **held),
        "presenter": lambda: AgendaItemFactory(presenter=person),
        "deferred": lambda: AgendaItemFactory(
            meeting=MeetingFactory(**held), presenter=person, is_deferred=True
        ),
        "topic": lambda: TopicFactory(proposed_by=person),
        "relay": lambda: Relay.objects.create(
            from_forum=ForumFactory(), heading="a", text="b", to_person=person, created_by="x"
        ),
        "guest": lambda: ParticipationFactory(person=person, part="guest"),
        "substitute": lambda: ParticipationFactory(
            person=person, part="substitute", substitute_confirmed=True
        ),
        "member_at_meeting": lambda: _member_at_meeting(person),
    }
    make[sort]()


def _member_at_meeting(person: Person) -> None:
    forum = ForumFactory()
    join(person, forum)
    ParticipationFactory(meeting=MeetingFactory(lead_forum=forum), person=person)


@pytest.mark.django_db(transaction=False)
@settings(
    max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sorts=st.lists(st.sampled_from(SORTS), max_size=8))
def test_after_it_nothing_open_points_to_the_person(hans, sorts):
    leaver, receiver = PersonFactory(), PersonFactory()
    for sort in sorts:
        give(leaver, sort)
    hand_over_person(by=hans, person=leaver, to=receiver)
    assert belongings(leaver) == []
    assert not Participation.objects.filter(
        person=leaver, removed_at__isnull=True, meeting__status="planned"
    ).exists()
    leaver.refresh_from_db()
    assert (leaver.left_on, leaver.link_version) == (timezone.localdate(), 2)


@pytest.mark.parametrize("sort", SORTS)
def test_each_thing_is_listed_and_given(hans, sort):
    leaver, receiver = PersonFactory(), PersonFactory()
    give(leaver, sort)
    before = {thing.key.split(":")[0] for thing in belongings(leaver)}
    assert before
    hand_over_person(by=hans, person=leaver, to=receiver)
    after = {thing.key.split(":")[0] for thing in belongings(receiver)}
    assert after == before


@pytest.mark.parametrize("sort", ["post", "convener", "agreement", "chair", "minute_taker", "topic", "relay"])
def test_what_somebody_depends_on_cannot_end_there(hans, sort):
    leaver = PersonFactory()
    give(leaver, sort)
    keys = [thing.key for thing in belongings(leaver)]
    with pytest.raises(Refused, match="Vælg en modtager til alt"):
        hand_over_person(by=hans, person=leaver, to=dict.fromkeys(keys))
    with pytest.raises(Refused, match="Vælg en modtager til alt"):
        hand_over_person(by=hans, person=leaver, to={})
    leaver.refresh_from_db()
    assert leaver.left_on is None
    assert [thing.key for thing in belongings(leaver)] == keys


@pytest.mark.parametrize("sort", ["seat", "helper", "guest"])
def test_a_seat_may_simply_end(hans, sort):
    leaver = PersonFactory()
    give(leaver, sort)
    hand_over_person(by=hans, person=leaver, to={thing.key: None for thing in belongings(leaver)})
    assert belongings(leaver) == []


def test_each_thing_may_go_to_somebody_else(hans):
    leaver, one, other = PersonFactory(), PersonFactory(), PersonFactory()
    first, second = AgreementFactory(responsible=leaver), AgreementFactory(responsible=leaver)
    hand_over_person(
        by=hans, person=leaver, to={f"agreement:{first.pk}": one, f"agreement:{second.pk}": other}
    )
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.responsible, second.responsible) == (one, other)


def test_closed_things_stay_with_who_did_them(hans):
    leaver = PersonFactory()
    done = AgreementFactory(responsible=leaver, status="done", closed_at=NOW)
    approved = MeetingFactory(minute_taker=leaver, status="held", held_at=NOW)
    Minutes.objects.create(meeting=approved, status="approved", approved_at=NOW, approved_by=hans)
    ParticipationFactory(meeting=approved, person=leaver, attended=True)
    hand_over_person(by=hans, person=leaver, to=PersonFactory())
    done.refresh_from_db()
    approved.refresh_from_db()
    assert (done.responsible, approved.minute_taker) == (leaver, leaver)
    assert approved.participations.get(person=leaver).removed_at is None


def test_a_running_meeting_keeps_its_attendance(hans):
    leaver = PersonFactory()
    row = ParticipationFactory(
        person=leaver, meeting=MeetingFactory(status="running", started_at=NOW), attended=True
    )
    hand_over_person(by=hans, person=leaver, to=PersonFactory())
    row.refresh_from_db()
    assert (row.attended, row.removed_at) == (True, None)


def test_the_receiver_comes_to_the_planned_meetings_and_is_invited_once(hans):
    leaver, receiver, forum = PersonFactory(), PersonFactory(), ForumFactory()
    join(leaver, forum)
    meeting = MeetingFactory(lead_forum=forum, invited_at=NOW)
    ParticipationFactory(meeting=meeting, person=leaver, invited_sequence=0)
    hand_over_person(by=hans, person=leaver, to=receiver)
    assert meeting.participations.get(person=receiver).removed_at is None
    assert OutgoingMail.objects.filter(to=receiver.email, calendar_method="REQUEST").count() == 1


def test_the_receiver_who_sits_there_already_keeps_one_seat(hans):
    leaver, receiver, forum = PersonFactory(), PersonFactory(), ForumFactory()
    join(leaver, forum, convenes=True)
    join(receiver, forum)
    hand_over_person(by=hans, person=leaver, to=receiver)
    seat = Membership.objects.get(forum=forum, person=receiver, valid_until__isnull=True)
    assert seat.role.convenes


def test_the_login_ends(hans, bo, client_for):
    client = client_for(bo)
    assert client.get(reverse("directory:persons")).status_code == 200
    hand_over_person(by=hans, person=bo.person, to=PersonFactory())
    bo.refresh_from_db()
    assert not bo.is_active
    assert client.get(reverse("directory:persons")).status_code == 302


def test_the_only_administrator_stays(hans):
    with pytest.raises(Refused, match="eneste administrator"):
        hand_over_person(by=hans, person=hans.person, to=PersonFactory())


def test_a_post_goes_on_without_a_gap(hans):
    post, receiver = PostFactory(), PersonFactory()
    hand_over_person(
        by=hans, person=post.person, to=receiver, left_on=timezone.localdate() - timedelta(days=3)
    )
    new = Post.objects.get(person=receiver)
    post.refresh_from_db()
    assert (new.kind, new.school) == (post.kind, post.school)
    assert new.valid_from == post.valid_until + timedelta(days=1)


@pytest.mark.parametrize("bad", ["self", "left", "later"])
def test_impossible_receivers_and_days(hans, bad):
    leaver = PersonFactory()
    AgreementFactory(responsible=leaver)
    to = {"self": leaver, "left": PersonFactory(left_on=timezone.localdate()), "later": PersonFactory()}[bad]
    day = timezone.localdate() + timedelta(days=1) if bad == "later" else None
    with pytest.raises(Refused):
        hand_over_person(by=hans, person=leaver, to=to, left_on=day)


def test_nobody_leaves_twice(hans):
    leaver = PersonFactory()
    hand_over_person(by=hans, person=leaver, to={})
    with pytest.raises(Refused, match="allerede fratrådt"):
        hand_over_person(by=hans, person=leaver, to={})
    assert Event.objects.filter(action="person.left").count() == 1


# ---- the page


def test_the_page_lists_everything_and_hides_what_may_not_be_read(hans, anna, bo, network, client_for):
    AgreementFactory(forum=network, responsible=bo.person, what="Ring til klubben")
    url = reverse("meetings:hand_over", args=[bo.person.pk])
    assert "Ring til klubben" in client_for(anna).get(url).content.decode()
    page = client_for(hans).get(url).content.decode()
    assert "Ring til klubben" not in page
    assert "Aftale, du ikke kan læse" in page


def test_one_receiver_for_all_and_another_for_one(anna, bo, carla, network, client_for):
    first = AgreementFactory(forum=network, responsible=bo.person)
    second = AgreementFactory(forum=network, responsible=bo.person)
    answer = client_for(anna).post(
        reverse("meetings:hand_over", args=[bo.person.pk]),
        {
            "left_on": timezone.localdate().isoformat(),
            "everything": carla.person.pk,
            f"til_agreement_{second.pk}": anna.person.name,
        },
    )
    assert answer.url == reverse("insights:person", args=[bo.person.pk])
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.responsible, second.responsible) == (carla.person, anna.person)


def test_people_are_offered_once_and_typed_by_name_or_picked(anna, bo, carla, network, client_for):
    agreement = AgreementFactory(forum=network, responsible=bo.person)
    twins = [PersonFactory(name="Kim Holt", organisation=carla.person.organisation) for _ in range(2)]
    client, url = client_for(anna), reverse("meetings:hand_over", args=[bo.person.pk])
    page = client.get(url).content.decode()
    place = carla.person.organisation.name
    for label in (f"Kim Holt, {place}", f"Kim Holt, {place} (2)", f"Carla, {place}"):
        assert page.count(f'<option value="{label}">') == 1
    sent = {"left_on": timezone.localdate().isoformat(), "everything": carla.person.pk}
    line = f"til_agreement_{agreement.pk}"
    for typed, said in (
        ("Kim Holt", "Vælg en fra listen."),
        ("Nogen", "Vælg en fra listen."),
        ("Ophører", "Den kan ikke ophøre."),
    ):
        refused = client.post(url, {**sent, line: typed})
        assert refused.status_code == 422
        assert said in refused.content.decode()
    assert client.post(url, {**sent, line: f"kim holt,  {place} (2)"}).status_code == 302
    agreement.refresh_from_db()
    assert agreement.responsible == twins[1]


def test_the_page_names_what_lacks_a_receiver(anna, bo, network, client_for):
    AgreementFactory(forum=network, responsible=bo.person, what="Ring til klubben")
    answer = client_for(anna).post(
        reverse("meetings:hand_over", args=[bo.person.pk]), {"left_on": timezone.localdate().isoformat()}
    )
    assert answer.status_code == 422
    assert "Ring til klubben, Netværk Vester: Vælg en modtager." in answer.content.decode()
    bo.person.refresh_from_db()
    assert bo.person.left_on is None


@pytest.mark.parametrize(("who", "code"), [("carla", 403), ("grethe", 403), ("frida", 404), ("lise", 404)])
def test_others_do_not_let_a_person_leave(personas, network, client_for, who, code):
    url = reverse("meetings:hand_over", args=[personas["bo"].person.pk])
    assert client_for(personas[who]).get(url).status_code == code


def test_a_seat_ends_and_is_taken_again(anna, bo, network, client_for):
    meeting = MeetingFactory(lead_forum=network)
    running = MeetingFactory(lead_forum=network, status="running", started_at=NOW)
    for each in (meeting, running):
        ParticipationFactory(meeting=each, person=bo.person)
    seat = Membership.objects.get(forum=network, person=bo.person)
    client = client_for(anna)
    client.post(reverse("meetings:member_end", args=[seat.pk]))
    assert meeting.participations.get(person=bo.person).removed_at is not None
    assert running.participations.get(person=bo.person).removed_at is None
    client.post(reverse("meetings:member_restore", args=[seat.pk]))
    assert meeting.participations.get(person=bo.person).removed_at is None
    seat.refresh_from_db()
    assert seat.valid_until is None


def test_who_lets_somebody_leave_takes_nothing_from_a_forum_they_are_not_in(anna, bo, dina, network):
    """Bo convenes a forum where Dina sits: that gives him neither her seat as convener elsewhere nor what she has agreed there."""
    own, other = ForumFactory(name="Bos"), ForumFactory(name="Dinas", highest_level="anonymous")
    join(bo, own, convenes=True)
    join(dina, own)
    seat = join(dina, other, convenes=True)
    agreement = AgreementFactory(forum=other, level="anonymous", what="Hemmelig", responsible=dina.person)
    meeting = MeetingFactory(lead_forum=other, forums=[other], chair=dina.person)
    for key in (f"membership:{seat.pk}", f"agreement:{agreement.pk}", f"chair:{meeting.pk}"):
        to = {thing.key: anna.person for thing in belongings(dina.person)} | {key: bo.person}
        with pytest.raises(Refused) as refused:
            hand_over_person(by=bo, person=dina.person, to=to)
        assert refused.value.decision.code == "not_yours_to_take"
    join(bo, other)
    forget(bo)
    to = {thing.key: anna.person for thing in belongings(dina.person)}
    with pytest.raises(Refused):  # to sit there is not to lead it
        hand_over_person(by=bo, person=dina.person, to=to | {f"membership:{seat.pk}": bo.person})
    hand_over_person(by=bo, person=dina.person, to=to | {f"agreement:{agreement.pk}": bo.person})
    agreement.refresh_from_db()
    assert agreement.responsible == bo.person


def test_who_lets_somebody_leave_takes_no_question_topic_or_item_of_such_a_forum(anna, bo, dina):
    own, other = ForumFactory(name="Bos"), ForumFactory(name="Dinas")
    join(bo, own, convenes=True)
    join(dina, own)
    join(dina, other)
    relay = Relay.objects.create(
        from_forum=other, heading="a", text="b", to_person=dina.person, created_by="x"
    )
    topic = TopicFactory(forum=other, proposed_by=dina.person)
    item = AgendaItemFactory(meeting=MeetingFactory(lead_forum=other, forums=[other]), presenter=dina.person)
    keys = [f"relay:{relay.pk}", f"topic:{topic.pk}", f"presenter:{item.pk}"]
    to = {thing.key: anna.person for thing in belongings(dina.person)}
    for key in keys:
        with pytest.raises(Refused) as refused:
            hand_over_person(by=bo, person=dina.person, to=to | {key: bo.person})
        assert refused.value.decision.code == "not_yours_to_take"
    join(bo, other)
    forget(bo)
    hand_over_person(by=bo, person=dina.person, to=to | dict.fromkeys(keys, bo.person))
    for each, field in ((relay, "to_person"), (topic, "proposed_by"), (item, "presenter")):
        each.refresh_from_db()
        assert getattr(each, field) == bo.person


def test_who_sits_in_the_other_forum_of_a_joint_meeting_takes_its_chair_minutes_and_guest_seat(bo, dina):
    own, lead = ForumFactory(name="Bos"), ForumFactory(name="Fører")
    join(bo, own, convenes=True)
    join(dina, own)
    meeting = MeetingFactory(
        lead_forum=lead, forums=[lead, own], chair=dina.person, minute_taker=dina.person, kind="joint"
    )
    guest = MeetingFactory(lead_forum=lead, forums=[lead, own], kind="joint")
    ParticipationFactory(meeting=guest, person=dina.person, part="guest")
    hand_over_person(by=bo, person=dina.person, to=bo.person)
    meeting.refresh_from_db()
    assert (meeting.chair, meeting.minute_taker) == (bo.person, bo.person)
    assert guest.participations.filter(person=bo.person, removed_at=None).exists()
