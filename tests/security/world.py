"""A small municipality with a canary word in every field that not everybody may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from tests.conftest import organisation
from tests.factories import (
    LONG_AGO,
    AgendaItemFactory,
    AgreementFactory,
    ForumFactory,
    MeetingFactory,
    MembershipFactory,
    ParticipationFactory,
    PersonFactory,
    PostFactory,
    RoleFactory,
    TopicFactory,
    join,
    make_user,
)
from tovholder.access.levels import Level
from tovholder.accounts.models import Role, User
from tovholder.documents.models import Attachment
from tovholder.forums.models import Charter, Forum, OlderMinutes, ParticipantReview
from tovholder.imports.models import Batch
from tovholder.meetings.models import (
    AgendaAttachment,
    AgendaItem,
    AgreementOrigin,
    CarriedAgreement,
    Meeting,
    Minutes,
    MinutesComment,
    Outcome,
    Participation,
    Relay,
    Topic,
)
from tovholder.meetings.services import minute_record
from tovholder.oversight.models import Review, ReviewLine
from tovholder.plans.models import Agreement, AgreementNote
from tovholder.search import services as search
from tovholder.yearwheel.models import BusyTime, PlannedMeeting, PlanRun, Publication, YearMark, YearPlan

# Each canary, and who may ever see it. Everything that is not named here stays with nobody.
TABLE = {"anna", "bo", "carla"}
ALLOWED: dict[str, set[str]] = {
    "kanariANONYM": TABLE,
    "kanariGAEST": TABLE | {"gaest"},
    "kanariVURDERING": {"anna"},
    "kanariANDET": {"erik"},
    # General items of a meeting elsewhere: its forum, and the roles that see all meetings.
    "kanariNABO": {"erik", "anna", "grethe"},
    "kanariTELEFON": {"anna", "bo", "carla", "dina", "erik", "grethe", "hans", "gaest", "forhen", "afmeldt"},
    "kanariKLADDE": {"anna"},
    "kanariIMPORT": {"hans"},
}
# What everybody searches for. In small letters: the page says what was typed, and a canary is heard only as it stands.
SEARCHES = [[number, canary.lower()] for number, canary in enumerate(ALLOWED, start=1)]
# Who knows of the meetings of Netværk Vester at all: its table, guests, and roles that see all meetings.
KNOWS = TABLE | {"frida", "gaest", "grethe", "forhen"}


@dataclass
class World:
    users: dict[str, User]
    forum: Forum
    other: Forum
    meetings: dict[str, Meeting] = field(default_factory=dict)
    elsewhere: Meeting | None = None
    event: Meeting | None = None
    ids: dict[str, list[int]] = field(default_factory=dict)


def build(users: dict[str, User], forum: Forum) -> World:
    """Frida sits in the network too; Erik convenes another; a guest, a former member, one taken off."""
    users = {**users}
    home = organisation("naboskole", "Naboskolen", side="school")
    for name in ("gaest", "forhen", "afmeldt"):
        users[name] = make_user(name.title(), Role.MEMBER, organisation=home)
    join(users["frida"], forum)
    yesterday = timezone.localdate() - timedelta(days=1)
    MembershipFactory(
        forum=forum,
        person=users["forhen"].person,
        role=RoleFactory(),
        valid_from=LONG_AGO,
        valid_until=yesterday,
    )
    other = ForumFactory(key="netvaerk-oester", name="Netværk Øster")
    join(users["erik"], other, convenes=True)
    world = World(users, forum, other)
    _directory(world)
    world.meetings = dict(_meetings(world))
    world.elsewhere = _elsewhere(world)
    now = timezone.now()
    world.event = MeetingFactory(
        lead_forum=forum, kind="event", starts_at=now + timedelta(days=50), capacity=10
    )
    _between(world)
    _oversight(world)
    _year(world)
    search.rebuild()
    world.ids = _ids(world)
    return world


def _oversight(world: World) -> None:
    """A file that waits to be brought in, and a month of the log to be looked at."""
    row = {"row": 2, "state": "new", "label": "kanariIMPORT", "fields": []}
    counts = {"new": 1, "changed": 0, "same": 0, "doubles": 0}
    Batch.objects.create(kind="personer", uploaded_by=world.users["hans"], preview=[row], counts=counts)
    month = date(2026, 1, 1)
    review = Review.objects.create(
        month=month, made_at=timezone.now(), seed="1", readings=1, first_event=1, last_event=1
    )
    ReviewLine.objects.create(
        review=review, position=1, reason="chance", event_id=1, actor=world.users["bo"].audit_key, day=month
    )


def _year(world: World) -> None:
    """The school year of today: one meeting in the calendar and one that only the plan knows of."""
    today = timezone.localdate()
    first = date(today.year if today.month >= 8 else today.year - 1, 8, 1)
    plan = YearPlan.objects.create(starts_on=first, ends_on=date(first.year + 1, 7, 31))
    because = [{"code": "person_busy", "persons": [f"p{world.users['bo'].person.pk}"], "dates": []}]
    plan.unplaced = [{"of": f"f{world.forum.pk}", "which": 2, "because": because}]
    plan.save()
    for number, meeting in enumerate((world.meetings["planned"], None)):
        PlannedMeeting.objects.create(
            plan=plan, forum=world.forum, which=number + 1, date=today, start=time(13), end=time(14), meeting=meeting
        )  # fmt: skip
    answer = {"status": "feasible", "cost": 1, "bound": 0, "seconds": 1, "meetings": [], "unplaced": []}
    data = {"forums": [], "joint": [], "events": []}
    PlanRun.objects.create(plan=plan, status="done", best=answer, data=data, cost=1, bound=0)
    Publication.objects.create(plan=plan, status="done", total=1, done=1, counts={"made": 1})
    BusyTime.objects.create(person=world.users["bo"].person, weekday=2, starts=time(9), ends=time(10))
    YearMark.objects.create(key="kanarifast", name="Fast punkt", from_day="05-02", until_day="05-02")


def _directory(world: World) -> None:
    bo = world.users["bo"].person
    bo.phone = "kanariTELEFON"
    bo.save()
    PostFactory(person=bo)
    Charter.objects.create(
        forum=world.forum, version=1, text="# Formål", approved_on=LONG_AGO, approved_by="Gruppen"
    )
    Charter.objects.create(forum=world.forum, version=2, text="# Nyt formål")
    old = Attachment.objects.create(
        name="kanariANONYM.docx", content_type="text/plain", size=9, sha256="0" * 64
    )
    old.file.save("x", ContentFile(b"kanariANONYM gammelt referat"))
    OlderMinutes.objects.create(
        forum=world.forum, attachment=old, title="kanariANONYM referat", held_on=LONG_AGO
    )
    ParticipantReview.objects.create(
        forum=world.forum, person=bo, occasion="yearly", on=LONG_AGO, verdict="ask", note="kanariVURDERING"
    )


def _meetings(world: World) -> Iterator[tuple[str, Meeting]]:
    now, forum = timezone.now(), world.forum
    begun: dict[str, Any] = {
        "starts_at": now - timedelta(minutes=20),
        "started_at": now - timedelta(minutes=20),
    }
    over: dict[str, Any] = {**begun, "starts_at": now - timedelta(days=5), "held_at": now - timedelta(days=5)}
    kinds: dict[str, dict[str, Any]] = {
        "planned": {"invited_at": now},
        "running": {**begun, "status": "running"},
        "draft": {**over, "status": "held"},
        "commenting": {**over, "status": "held"},
        "approved": {**over, "status": "held"},
    }
    for name, facts in kinds.items():
        meeting = MeetingFactory(lead_forum=forum, **facts)
        _fill(world, meeting)
        _minutes(world, name, meeting)
        yield name, meeting


def _fill(world: World, meeting: Meeting) -> None:
    forum, bo = world.forum, world.users["bo"].person
    AgendaItemFactory(
        meeting=meeting, position=1, heading="Åbne aftaler", source="open_agreements", kind="agreements"
    )
    general = AgendaItemFactory(meeting=meeting, position=2, heading="Alle må læse det", text="Alment")
    hidden = _anonymous_item(meeting, 3, "kanariANONYM", bo)
    guest_item = _anonymous_item(meeting, 4, "kanariGAEST", bo)
    AgreementOrigin.objects.create(
        agreement=_agreement(forum, bo, "kanariANONYM", Level.ANONYMOUS), item=hidden
    )
    # A general item can lead to an agreement at the anonymous level, too.
    AgreementOrigin.objects.create(
        agreement=_agreement(forum, bo, "kanariANONYM", Level.ANONYMOUS), item=general
    )
    if meeting.status != "planned":
        for agreement in (_agreement(forum, bo, "kanariANONYM", Level.ANONYMOUS), _changed(forum, bo)):
            CarriedAgreement.objects.create(meeting=meeting, agreement=agreement, created_at=timezone.now())
    for name in ("anna", "bo", "carla", "frida"):
        ParticipationFactory(meeting=meeting, person=world.users[name].person, invited_sequence=0)
    ParticipationFactory(
        meeting=meeting, person=world.users["gaest"].person, part="guest", only_item=guest_item
    )
    ParticipationFactory(
        meeting=meeting, person=world.users["afmeldt"].person, part="guest", removed_at=timezone.now()
    )
    if meeting.status == "running":
        meeting.current_item = hidden
        meeting.save()


def _anonymous_item(meeting: Meeting, position: int, canary: str, presenter: Any) -> AgendaItem:
    item: AgendaItem = AgendaItemFactory(
        meeting=meeting, position=position, level=Level.ANONYMOUS, heading=f"{canary} overskrift",
        question=f"{canary} beskrivelse", text=f"{canary} referat", sub_points=[f"{canary} underpunkt"],
        single_case_reason=f"{canary} grund", presenter=presenter,
    )  # fmt: skip
    Outcome.objects.create(item=item, kind="decision", text=f"{canary} beslutning", created_by="system")
    Outcome.objects.create(
        item=item, kind="proposal", text=f"{canary} forslag", to_person=presenter, created_by="system"
    )
    attachment = Attachment.objects.create(
        name=f"{canary}.txt", content_type="text/plain", size=9, sha256="0" * 64
    )
    attachment.file.save("x", ContentFile(f"{canary} fil".encode()))
    AgendaAttachment.objects.create(meeting=meeting, item=item, attachment=attachment)
    TopicFactory(
        forum=meeting.lead_forum,
        heading=f"{canary} fanget",
        level=Level.ANONYMOUS,
        from_item=item,
        status="banked",
    )
    return item


def _agreement(forum: Forum, person: Any, canary: str, level: str, **more: Any) -> Agreement:
    agreement: Agreement = AgreementFactory(
        forum=forum, what=f"{canary} aftale", responsible=person, level=level, **more
    )
    AgreementNote.objects.create(
        agreement=agreement, kind="status", text=f"{canary} status", at=timezone.now(), by="system"
    )
    return agreement


def _changed(forum: Forum, person: Any) -> Agreement:
    now = timezone.now()
    old = _agreement(
        forum,
        person,
        "kanariANONYM",
        Level.ANONYMOUS,
        status="changed",
        reason="kanariANONYM grund",
        closed_at=now,
    )
    AgreementFactory(
        forum=forum, what="kanariANONYM afløser", level=Level.ANONYMOUS, responsible=person, predecessor=old
    )
    return old


def _minutes(world: World, name: str, meeting: Meeting) -> None:
    if name in {"planned", "running"}:
        return
    minutes = Minutes.objects.create(meeting=meeting)
    if name == "draft":
        meeting.items.filter(heading="Alle må læse det").update(text="kanariKLADDE")
        return
    now = timezone.now()
    minutes.status, minutes.comments_until, minutes.sent_for_comment_at = (
        name,
        timezone.localdate() + timedelta(days=5),
        now,
    )
    if name == "approved":
        minutes.approved_at, minutes.approved_by = now, world.users["anna"]
        minutes.frozen = minute_record.build(meeting)
    minutes.save()
    MinutesComment.objects.create(minutes=minutes, person=world.users["bo"].person, stance="accept", at=now)


def _elsewhere(world: World) -> Meeting:
    meeting: Meeting = MeetingFactory(
        lead_forum=world.other, title="kanariNABO møde", note="kanariNABO besked"
    )
    item = AgendaItemFactory(meeting=meeting, heading="kanariNABO punkt", position=1)
    erik = world.users["erik"].person
    ParticipationFactory(meeting=meeting, person=erik, answer_note="kanariANDET svar")
    AgreementOrigin.objects.create(
        agreement=_agreement(world.other, erik, "kanariANDET", Level.GENERAL), item=item
    )
    attachment = Attachment.objects.create(
        name="kanariNABO.txt", content_type="text/plain", size=9, sha256="0" * 64
    )
    attachment.file.save("x", ContentFile(b"kanariNABO fil"))
    AgendaAttachment.objects.create(meeting=meeting, item=item, attachment=attachment)
    return meeting


def _between(world: World) -> None:
    TopicFactory(
        forum=world.forum, heading="Alment emne", status="proposed", proposed_by=world.users["frida"].person
    )
    TopicFactory(
        forum=world.forum, heading="kanariANONYM emne", why="kanariANONYM hvorfor", level=Level.ANONYMOUS
    )
    TopicFactory(forum=world.other, heading="kanariANDET emne", status="banked")
    outside = PersonFactory()
    Relay.objects.create(
        from_forum=world.other,
        to_person=outside,
        heading="kanariANDET sendt",
        text="kanariANDET tekst",
        created_by="system",
    )
    Relay.objects.create(
        from_forum=world.forum,
        to_person=outside,
        heading="Sendt videre",
        text="I generelle vendinger",
        created_by="system",
    )


OF_YEAR: dict[str, Any] = {
    "year": YearPlan,
    "planned": PlannedMeeting,
    "run": PlanRun,
    "publication": Publication,
    "busy": BusyTime,
    "mark": YearMark,
}


def _ids(world: World) -> dict[str, list[int]]:
    """Return what goes into each kind of place in an address: the network's, another's, and junk."""
    assert world.elsewhere is not None
    assert world.event is not None
    own = world.meetings["running"]
    meetings = [own, *world.meetings.values(), world.elsewhere, world.event]
    junk = [2**63]

    def of(rows: Any) -> list[int]:
        found = list(rows.values_list("pk", flat=True))
        return [*found[:2], *found[-1:]]

    return {
        "meeting": [*(each.pk for each in meetings), *junk],
        "forum": [world.forum.pk, world.other.pk, *junk],
        "item": [*own.items.order_by("-pk").values_list("pk", flat=True), *of(world.elsewhere.items), *junk],
        "participation": [
            *of(Participation.objects.filter(meeting=own)),
            *of(world.elsewhere.participations),
            *junk,
        ],
        "attachment": [
            *AgendaAttachment.objects.order_by("-meeting__status", "pk").values_list("pk", flat=True),
            *junk,
        ],
        "agreement": [
            *of(Agreement.objects.filter(forum=world.forum)),
            *of(Agreement.objects.filter(forum=world.other)),
            *junk,
        ],
        "topic": [
            *Topic.objects.values_list("pk", flat=True)[:4],
            *of(Topic.objects.filter(forum=world.other)),
            *junk,
        ],
        "relay": [*Relay.objects.values_list("pk", flat=True), *junk],
        "older": [*of(OlderMinutes.objects.all()), *junk],
        "person": [world.users["bo"].person.pk, world.users["erik"].person.pk, *junk],
        "user": [world.users["bo"].pk, *junk],
        "thing": [*of(Topic.objects.filter(from_item__meeting=own)), *of(Outcome.objects.all()), *junk],
        "batch": [*of(Batch.objects.all()), *junk],
        "review": [*of(Review.objects.all()), *junk],
        "line": [*of(ReviewLine.objects.all()), *junk],
        **{kind: [*of(model.objects.all()), *junk] for kind, model in OF_YEAR.items()},
        "any": [1, *junk],
    }
