"""Who may do what, asked of the policies themselves in a small invented world, as a page for people to read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from tovholder.access.bases import LegalBasis
from tovholder.access.decision import Decision, no, yes
from tovholder.access.levels import Level
from tovholder.access.sharing import Kind
from tovholder.accounts import policy as accounts
from tovholder.accounts.models import Role, RoleGrant, User
from tovholder.citizens.models import Child
from tovholder.concerns import policy as concerns
from tovholder.concerns.models import CaseTeamMember, Concern, Subject, Team, TeamMember
from tovholder.concerns.policy import Part
from tovholder.config.permissions_family import family_table
from tovholder.directory import policy as directory
from tovholder.directory.models import Organisation, OrganisationKind, Person
from tovholder.directory.models import Role as ForumRole
from tovholder.forums import policy as forums
from tovholder.forums.models import Forum, ForumType, Membership
from tovholder.imports import policy as imports
from tovholder.insights import policy as insights
from tovholder.meetings import policy as meetings
from tovholder.meetings.models import (
    CaseItem,
    Disclosure,
    Meeting,
    MeetingKind,
    Minutes,
    MinutesStatus,
    NetworkMeeting,
    Participation,
)
from tovholder.meetings.standing import readable_levels
from tovholder.oversight import policy as oversight
from tovholder.plans import policy as plans
from tovholder.plans.models import Agreement, CaseAgreement
from tovholder.setup import policy as setup
from tovholder.yearwheel import policy as yearwheel

LONG_AGO = date(2020, 1, 1)


@dataclass(frozen=True)
class Standing:
    """A column of the page: the role of the login, and where its person sits."""

    title: str
    role: Role
    sits: str = ""  # "convener", "member", or "" for outside the forum
    outside: bool = False
    # "responsible", "helper", "minute_taker", "guest", "raiser", "triager", "case_team", "called"
    does: str = ""


STANDINGS = (
    Standing("Convener", Role.CONSULTANT, "convener"),
    Standing("Minute taker", Role.MEMBER, "member", does="minute_taker"),
    Standing("Member", Role.MEMBER, "member"),
    Standing("Open participant, member", Role.OPEN_PARTICIPANT, "member", outside=True),
    Standing("Guest at the meeting", Role.MEMBER, does="guest"),
    Standing("Responsible, elsewhere", Role.MEMBER, does="responsible"),
    Standing("Helper, elsewhere", Role.MEMBER, does="helper"),
    Standing("Raised the concern", Role.MEMBER, does="raiser"),
    Standing("SSP team of its district", Role.CONSULTANT, does="triager"),
    Standing("Case team", Role.MEMBER, does="case_team"),
    Standing("Called to the network meeting", Role.MEMBER, does="called"),
    Standing("Consultant, elsewhere", Role.CONSULTANT),
    Standing("Member, elsewhere", Role.MEMBER),
    Standing("Management", Role.MANAGEMENT),
    Standing("Administrator", Role.ADMINISTRATOR),
    Standing("Data protection officer", Role.DATA_PROTECTION_OFFICER),
    Standing("Log reviewer", Role.LOG_REVIEWER),
)


@dataclass
class World:
    forum: Forum
    meeting: Meeting
    minutes: dict[str, Minutes]
    agreement: Agreement
    anonymous_agreement: Agreement
    case_agreement: Agreement
    users: list[User]
    concerns: dict[str, Concern] = field(default_factory=dict)
    case_meeting: Meeting = field(default_factory=Meeting)
    cases: dict[str, CaseItem] = field(default_factory=dict)
    networks: dict[str, Meeting] = field(default_factory=dict)


Question = Callable[[World, User], Decision]


def _levels(level: str) -> Question:
    def ask(world: World, user: User) -> Decision:
        if not meetings.may_read(user, world.meeting):
            return no("meeting_unknown", "")
        return yes() if level in readable_levels(user, world.meeting) else no("level", "")

    return ask


def _minutes(status: str) -> Question:
    """Who may not know of the meeting never comes as far as its minutes."""

    def ask(world: World, user: User) -> Decision:
        known = meetings.may_read(user, world.meeting)
        return meetings.may_read_minutes(user, world.meeting, world.minutes[status]) if known else known

    return ask


def _concern(which: str, part: str) -> Question:
    return lambda world, user: concerns.may_read(user, world.concerns[which], part)


TABLES: dict[str, dict[str, Question]] = {
    "A forum": {
        "know of it, read its page": lambda w, u: forums.may_read(u, w.forum),
        "plan meetings, keep the topic bank": lambda w, u: forums.may_convene(u, w.forum),
        "change members, charter; close it": lambda w, u: forums.may_manage(u, w.forum),
        "review participants": lambda w, u: forums.may_review_participants(u, w.forum),
        "read minutes from before Tovholder": lambda w, u: forums.may_read_older_minutes(u, w.forum),
        "lay them in, bring agreements from Word": lambda w, u: forums.may_keep_older_minutes(u, w.forum),
    },
    "A meeting of the forum": {
        "know of it": lambda w, u: meetings.may_read(u, w.meeting),
        "read general items": _levels(Level.GENERAL),
        "read anonymous items": _levels(Level.ANONYMOUS),
        "answer, propose, comment": lambda w, u: meetings.may_take_part(u, w.meeting),
        "invite, move, cancel, approve": lambda w, u: meetings.may_convene(u, w.meeting),
        "run it and write": lambda w, u: meetings.may_write_minutes(u, w.meeting),
        "read minutes: draft": _minutes(MinutesStatus.DRAFT),
        "read minutes: open for comments": _minutes(MinutesStatus.COMMENTING),
        "read minutes: approved": _minutes(MinutesStatus.APPROVED),
    },
    "An agreement of the forum": {
        "read a general one": lambda w, u: plans.may_read(u, w.agreement),
        "read an anonymous one": lambda w, u: plans.may_read(u, w.anonymous_agreement),
        "make one": lambda w, u: plans.may_create(u, w.forum.pk),
        "write a status, say it is done": lambda w, u: plans.may_report(u, w.agreement),
        "change, stop, give a new date": lambda w, u: plans.may_decide(u, w.agreement),
        "give it to somebody else": lambda w, u: plans.may_hand_over(u, w.agreement),
        "move it to another forum": lambda w, u: plans.may_move(u, w.agreement),
    },
    "An agreement in a case by name": {
        "read its words and the case code": lambda w, u: plans.may_read(u, w.case_agreement),
        "write a status in a case, say it is done": lambda w, u: plans.may_report(u, w.case_agreement),
        "change, stop, hand on what a case agreed": lambda w, u: plans.may_decide(u, w.case_agreement),
    },
    "A concern by name": {
        "raise one": lambda w, u: concerns.may_raise(u),
        "know of it: received, handled, concluded": _concern("new", Part.STATUS),
        "read own words of a new one": _concern("new", Part.OWN_WORDS),
        "read all of it, work on it": _concern("new", Part.ALL),
        "know of one raised 31 days ago": _concern("old", Part.STATUS),
        "read own words of it": _concern("old", Part.OWN_WORDS),
        "read all of one that ended 31 days ago": _concern("ended", Part.ALL),
        "end and reopen it, add to the case team": lambda w, u: concerns.may_triage(u, w.concerns["new"]),
        "write that they have notified": lambda w, u: concerns.may_note_notification(u, w.concerns["new"]),
        "see the teams": lambda w, u: concerns.may_see_teams(u),
        "seat people in a team": lambda w, u: concerns.may_manage_teams(u),
    },
    "A case by name at a meeting": {
        "hand names over at a case meeting": lambda w, u: meetings.may_hand_over(u, w.case_meeting),
        "read one that is planned": lambda w, u: meetings.may_read_case(u, w.cases["planned"]),
        "read one opened for those present": lambda w, u: meetings.may_read_case(u, w.cases["opened"]),
        "write in one that was opened": lambda w, u: meetings.may_write_case(u, w.cases["opened"]),
        "say what its family reads, as the chair": lambda w, u: meetings.may_release(u, w.cases["opened"]),
    },
    "A network meeting, initiated by somebody of the case team": {
        "call one": lambda w, u: meetings.may_call_network(u, w.concerns["new"]),
        "know of one that is not called yet": lambda w, u: meetings.may_read(u, w.networks["begun"]),
        "know of one that is called": lambda w, u: meetings.may_read(u, w.networks["called"]),
        "take the steps of its calling": lambda w, u: meetings.may_prepare_network(u, w.networks["called"]),
        "take the calling over": lambda w, u: meetings.may_take_over_network(u, w.networks["called"]),
        "run it, write in it, approve": lambda w, u: meetings.may_write_minutes(u, w.networks["called"]),
    },
    "The year wheel": {
        "look at the wheel, with the meetings known": lambda w, u: yearwheel.may_look(u),
        "see what is planned and not published": lambda w, u: yearwheel.may_see_plan(u),
        "plan the year of all forums, publish it": lambda w, u: yearwheel.may_plan(u),
        "see and write when a colleague is busy": lambda w, u: yearwheel.may_change_busy(
            u, Person(pk=0, name="Colleague")
        ),
        "see hours in meetings": lambda w, u: yearwheel.may_see_hours(u),
    },
    "The municipality": {
        "look in the directory": lambda w, u: directory.may_look(u),
        "edit people and posts": lambda w, u: directory.may_edit(u),
        "make logins, give roles": lambda w, u: accounts.may_administer(u),
        "change the set-up": lambda w, u: setup.may_manage(u),
        "bring files in, undo the last": lambda w, u: imports.may_import(u),
        "read and take out the log": lambda w, u: insights.may_read_log(u),
        "see which case a line of the log is about": lambda w, u: insights.may_see_cases_in_log(u),
        "see what the log's review found": lambda w, u: oversight.may_read_findings(u),
        "review the log": lambda w, u: oversight.may_review(u),
    },
}


def make_world() -> World:
    """Make one of each thing, and a person for each standing."""
    kind = OrganisationKind.objects.create(
        key="reference", name="Skole", party_type="authority", side="school", sharing_kind=Kind.SCHOOL
    )
    club = OrganisationKind.objects.create(
        key="reference-club",
        name="Forening",
        party_type="outside",
        outside_sort="association",
        side="leisure",
    )
    inside = Organisation.objects.create(key="reference", name="Skolen", kind=kind)
    outside = Organisation.objects.create(key="reference-club", name="Klubben", kind=club)
    forum_type = ForumType.objects.create(key="reference", name="Netværk")
    forum = Forum.objects.create(
        key="reference", name="Netværk", forum_type=forum_type, highest_level=Level.ANONYMOUS
    )
    begins = timezone.now() + timedelta(days=7)
    meeting = Meeting.objects.create(lead_forum=forum, starts_at=begins, ends_at=begins + timedelta(hours=1))
    meeting.forums.add(forum)
    now = timezone.now()
    made = {"forum": forum, "created_at": now, "moved_at": now, "created_by": "system"}
    world = World(
        forum=forum,
        meeting=meeting,
        minutes={status: Minutes(meeting=meeting, status=status) for status in MinutesStatus.values},
        agreement=Agreement.objects.create(what="Aftale", **made),
        anonymous_agreement=Agreement.objects.create(what="Aftale", level=Level.ANONYMOUS, **made),
        case_agreement=_case_agreement(made),
        users=[],
    )
    roles = {
        "convener": ForumRole.objects.create(key="reference-convener", name="Tovholder", convenes=True),
        "member": ForumRole.objects.create(key="reference-member", name="Medlem"),
    }
    for number, standing in enumerate(STANDINGS):
        person = _make_person(number, standing, outside if standing.outside else inside)
        _seat(world, standing, person, roles)
    _make_concerns(world)
    _make_cases(world)
    _make_networks(world)
    # Read anew: a user remembers for a request where it sits.
    world.users = list(User.objects.filter(email__endswith="@reference.invalid").order_by("pk"))
    return world


def _case_agreement(made: dict[str, Any]) -> Agreement:
    """What was agreed in a concern by name that somebody else raised; without words, which nobody reads here."""
    now = timezone.now()
    concern = Concern.objects.create(
        code="00-001",
        key=uuid4(),
        level=Level.NAMED,
        subject=Subject.CHILD,
        raised_by=Person.objects.create(name="Reference"),
        raised_at=now,
        status_at=now,
        named_at=now,
    )
    agreement = Agreement.every.create(what=str(concern), level=Level.NAMED, **made)
    CaseAgreement.objects.create(agreement=agreement, concern=concern)
    return agreement


def _make_concerns(world: World) -> None:
    """One that is new, one that is older than own words last, one that ended longer ago than triagers see it."""
    people = {
        each.does: Person.objects.get(name=each.title)
        for each in STANDINGS
        if each.does in {"raiser", "triager", "case_team"}
    }
    now, old = timezone.now(), timezone.now() - timedelta(days=31)
    for number, (which, raised, ended) in enumerate(
        (("new", now, None), ("old", old, None), ("ended", old, old))
    ):
        world.concerns[which] = concern = Concern.objects.create(
            code=f"26-{number:03d}", key=uuid4(), level=Level.NAMED, subject="child", raised_by=people["raiser"],
            raised_at=raised, status_at=raised, named_at=raised, ended_at=ended, status="closed" if ended else "new",
        )  # fmt: skip
        CaseTeamMember.objects.create(
            concern=concern, person=people["case_team"], basis="rpl115", from_at=raised, added_by="system"
        )
    team = Team.objects.create(key="reference", name="SSP-teamet", triages=True)
    TeamMember.objects.create(team=team, person=people["triager"], valid_from=LONG_AGO)


def _make_cases(world: World) -> None:
    """A case meeting of the same people: one case planned, one opened for those present; the convener has not come."""
    forum = Forum.objects.create(
        key="reference-cases", name="Tirsdagsmøde", forum_type=world.forum.forum_type,
        highest_level=Level.NAMED, bases=[LegalBasis.RPL115],
    )  # fmt: skip
    for seat in list(world.forum.memberships.all()):
        seat.pk, seat.forum = None, forum
        seat.save()
    people = {each.name: each for each in Person.objects.filter(user__email__endswith="@reference.invalid")}
    taker, member, guest = (people[name] for name in ("Minute taker", "Member", "Guest at the meeting"))
    begins = timezone.now() + timedelta(days=7)
    world.case_meeting = meeting = Meeting.objects.create(
        lead_forum=forum, starts_at=begins, ends_at=begins + timedelta(hours=1), minute_taker=taker,
        chair=people["SSP team of its district"],
    )  # fmt: skip
    meeting.forums.add(forum)
    Participation.objects.create(meeting=meeting, person=guest, part=Participation.Part.GUEST)
    for which, concern in (("planned", "new"), ("opened", "old")):
        world.cases[which] = CaseItem.objects.create(
            meeting=meeting, concern=world.concerns[concern], status=which, created_by="system",
            basis=LegalBasis.RPL115, opened_at=begins if which == "opened" else None,
        )  # fmt: skip
    child = Child.objects.create(code="reference", key=uuid4())
    for person in (taker, member, guest):
        Disclosure.objects.create(
            case_item=world.cases["opened"], child=child, person=person, ground=LegalBasis.RPL115, at=begins
        )


def _make_networks(world: World) -> None:
    """One that is begun and one that is called, both initiated, chaired and written by who is on the case team."""
    people = {each.does: Person.objects.get(name=each.title) for each in STANDINGS if each.does}
    concern, me = world.concerns["new"], people["case_team"]
    begins = timezone.now() + timedelta(days=7)
    for which, invited in (("begun", None), ("called", timezone.now())):
        world.networks[which] = meeting = Meeting.every.create(
            kind=MeetingKind.NETWORK, lead_forum=world.forum, starts_at=begins, ends_at=begins + timedelta(hours=1),
            chair=me, minute_taker=me, invited_at=invited,
        )  # fmt: skip
        meeting.forums.add(world.forum)
        NetworkMeeting.objects.create(meeting=meeting, concern=concern, initiator=me)
        for person in (me, people["called"]):
            Participation.objects.create(
                meeting=meeting, person=person, part=Participation.Part.GUEST, invited_at=invited
            )


def _make_person(number: int, standing: Standing, organisation: Organisation) -> Person:
    user = User.objects.create(email=f"{number}@reference.invalid", name=standing.title)
    RoleGrant.objects.create(user=user, role=standing.role)
    return Person.objects.create(name=standing.title, user=user, organisation=organisation)


def _seat(world: World, standing: Standing, person: Person, roles: dict[str, ForumRole]) -> None:
    if standing.sits:
        Membership.objects.create(
            forum=world.forum, person=person, role=roles[standing.sits], valid_from=LONG_AGO
        )
    if standing.does == "minute_taker":
        world.meeting.minute_taker = person
        world.meeting.save(update_fields=["minute_taker"])
    elif standing.does == "guest":
        Participation.objects.create(meeting=world.meeting, person=person, part=Participation.Part.GUEST)
    elif standing.does in {"responsible", "helper"}:
        for agreement in (world.agreement, world.anonymous_agreement, world.case_agreement):
            if standing.does == "helper":
                agreement.helpers.add(person)
            else:
                agreement.responsible = person
                agreement.save(update_fields=["responsible"])


def permissions_page() -> str:
    """Return the matrix as Markdown. Leaves nothing behind in the database."""
    with transaction.atomic():
        world = make_world()
        tables = [_table(title, rows, world) for title, rows in TABLES.items()]
        transaction.set_rollback(True)
    head = (
        "# Permissions\n\n"
        "Asked of the policies (`policy.py` of each app). A cell says on what basis the answer is yes; a dash is no. "
        "An agreement in a case by name is read by its responsible, its helpers and who works on the concern; the forum as "
        "such learns nothing of it. A case planned for a meeting is known to who works on its concern; once it is "
        "opened, those it was told to read it, here the minute taker, a member and a guest, and the absent convener not.\n"
    )
    return "\n".join([head, *tables, family_table()])


def _table(title: str, rows: dict[str, Question], world: World) -> str:
    lines: list[Any] = [f"## {title}", "", "| May … | " + " | ".join(each.title for each in STANDINGS) + " |"]
    lines.append("|---" * (len(STANDINGS) + 1) + "|")
    for label, ask in rows.items():
        answers = [ask(world, user) for user in world.users]
        cells = [answer.basis.replace("_", " ") or "yes" if answer else "–" for answer in answers]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])
