"""When a person leaves: everything open is given to somebody else in one step, and nothing is left ownerless.

Each thing has a key ("agreement:9", "chair:4"). `to` is one receiver for everything, or says for each key who gets
it; a key mapped to None ends there, which only a seat that nobody depends on can do.
Agreements in cases by name and network meetings are no such things: whoever lets a person leave does not learn of them
(`pass_on`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import models, transaction
from django.db.models import Exists, FilteredRelation, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tovholder.access.decision import no, yes
from tovholder.access.levels import levels_up_to
from tovholder.accounts.models import Role, User
from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.directory.models import Person, Post
from tovholder.directory.services import hand_over_posts
from tovholder.forums.models import Membership
from tovholder.forums.policy import may_hand_over_person
from tovholder.forums.services.members import close, take_over
from tovholder.forums.standing import convened_forum_ids, own_forum_ids, person_of
from tovholder.meetings.models import (
    AgendaItem,
    Meeting,
    MeetingStatus,
    Minutes,
    MinutesStatus,
    Participation,
    Relay,
    Topic,
    TopicStatus,
)
from tovholder.meetings.services.invitations import invite_one, sync_members, take_off
from tovholder.meetings.services.network_passing import pass_on as pass_on_network_meetings
from tovholder.meetings.standing import is_open_participant
from tovholder.plans.models import Agreement, AgreementStatus
from tovholder.plans.queries import visible_to as agreements_visible_to
from tovholder.plans.services import hand_over as hand_over_agreements
from tovholder.plans.services.case_passing import pass_on

Receivers = Mapping[str, Person | None]


@dataclass(frozen=True)
class Thing:
    """One open thing that points to the person."""

    key: str
    obj: models.Model
    what: str
    where: str
    may_end: bool = False
    # Whether its own words stand in `what`, and not only that there is something.
    is_told: bool = False


def belongings(person: Person, reader: User | None = None) -> list[Thing]:
    """Return everything open that points to the person; the words of an agreement only to who may read it."""
    return [
        *_posts(person),
        *_seats(person),
        *_agreements(person, reader),
        *_meetings(person),
        *_items(person),
        *_topics_and_relays(person, reader),
    ]


def _posts(person: Person) -> Iterator[Thing]:
    today = timezone.localdate()
    open_ones = Post.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=today), person=person)
    for post in open_ones.select_related("kind", "school"):
        yield Thing(f"post:{post.pk}", post, post.kind.name, post.school.name)


def _seats(person: Person) -> Iterator[Thing]:
    today = timezone.localdate()
    rows = Membership.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=today), person=person)
    for seat in rows.select_related("role", "forum"):
        yield Thing(
            f"membership:{seat.pk}", seat, seat.role.name, seat.forum.name, may_end=not seat.role.convenes
        )


def _agreements(person: Person, reader: User | None) -> Iterator[Thing]:
    rows = Agreement.objects.filter(Q(responsible=person) | Q(helpers=person), status=AgreementStatus.OPEN)
    shown = agreements_visible_to(reader) if reader is not None else Agreement.objects.none()
    rows = rows.annotate(is_readable=Exists(shown.filter(pk=OuterRef("pk"))))
    for agreement in rows.select_related("forum").distinct().order_by("due_on", "pk"):
        words = agreement.what if agreement.is_readable else _("Aftale, du ikke kan læse")
        if agreement.responsible_id == person.pk:
            yield Thing(
                f"agreement:{agreement.pk}",
                agreement,
                words,
                agreement.forum.name,
                is_told=agreement.is_readable,
            )
        else:
            yield Thing(
                f"helper:{agreement.pk}",
                agreement,
                _("Hjælper: ") + words,
                agreement.forum.name,
                may_end=True,
            )


def _unfinished() -> Q:
    """Meetings that still need their chair and minute taker: until the minutes are approved.

    A coming meeting that is off can be put on again.
    """
    approved = Minutes.objects.filter(status=MinutesStatus.APPROVED).values("meeting_id")
    return (~Q(status=MeetingStatus.CANCELLED) | Q(ends_at__gte=timezone.now())) & ~Q(pk__in=approved)


def _meetings(person: Person) -> Iterator[Thing]:
    """Chairs and minute takers, and seats at planned meetings that do not follow from a membership."""
    own = Q(participations__person=person, participations__removed_at__isnull=True)
    rows = (
        Meeting.objects.annotate(
            seat=FilteredRelation(
                "participations", condition=own & ~Q(participations__part=Participation.Part.MEMBER)
            )
        )
        .filter(
            Q(_unfinished(), Q(chair=person) | Q(minute_taker=person))
            | Q(seat__isnull=False, status=MeetingStatus.PLANNED)
        )
        .select_related("lead_forum", "seat")  # type: ignore[misc]
    )
    guests = []
    for meeting in rows:
        if meeting.chair_id == person.pk:
            yield Thing(f"chair:{meeting.pk}", meeting, _("Mødeleder"), _named(meeting))
        if meeting.minute_taker_id == person.pk:
            yield Thing(f"minute_taker:{meeting.pk}", meeting, _("Referent"), _named(meeting))
        seat = getattr(meeting, "seat", None)
        if seat is not None and meeting.status == MeetingStatus.PLANNED:
            seat.meeting = meeting
            words = str(seat.get_part_display())
            guests.append(Thing(f"guest:{seat.pk}", seat, words, _named(meeting), may_end=True))
    yield from guests


def _items(person: Person) -> Iterator[Thing]:
    ahead = Q(meeting__status__in=[MeetingStatus.PLANNED, MeetingStatus.RUNNING])
    ahead |= Q(meeting__status=MeetingStatus.CANCELLED, meeting__ends_at__gte=timezone.now())
    # A postponed item takes its presenter along to the next agenda.
    waiting = Q(is_deferred=True, deferred_to__isnull=True)
    for item in AgendaItem.objects.filter(ahead | waiting, presenter=person).select_related(
        "meeting__lead_forum"
    ):
        yield Thing(f"presenter:{item.pk}", item, _("Oplæg til et punkt"), _named(item.meeting))


def _topics_and_relays(person: Person, reader: User | None) -> Iterator[Thing]:
    own = own_forum_ids(reader) if reader is not None else frozenset()
    levels = levels_up_to("general" if reader is None or is_open_participant(reader) else "anonymous")
    live = [TopicStatus.PROPOSED, TopicStatus.BANKED, TopicStatus.SCHEDULED]
    for topic in Topic.objects.filter(proposed_by=person, status__in=live).select_related("forum"):
        told = topic.forum_id in own and topic.level in levels
        words = _("Emne: %(heading)s") % {"heading": topic.heading} if told else _("Foreslået emne")
        yield Thing(f"topic:{topic.pk}", topic, words, topic.forum.name, is_told=told)
    for relay in Relay.objects.filter(to_person=person, status=Relay.Status.SENT).select_related(
        "from_forum"
    ):
        yield Thing(f"relay:{relay.pk}", relay, _("Spørgsmål, der venter på svar"), relay.from_forum.name)


def _named(meeting: Meeting) -> str:
    return f"{meeting}, {date_format(timezone.localtime(meeting.starts_at), 'j. F Y')}"


@transaction.atomic
def hand_over_person(
    *, by: User, person: Person, to: Person | Receivers, left_on: date | None = None
) -> list[Thing]:
    """Let a person leave, and return what changed hands.

    Raises Refused when something would be left ownerless, and then names it; nothing has changed in that case.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    may_hand_over_person(by, person).require()
    day = left_on or timezone.localdate()
    if day > timezone.localdate():
        no("leaves_later", _("Gør det den dag, personen fratræder.")).require()
    _somebody_administers(person)
    things = belongings(person)
    chosen = _receivers(person, things, to)
    _takes_nothing_unknown(by, things, chosen)
    for thing in things:
        _give(by, thing, chosen[thing.key], person, day)
    pass_on(by=by, person=person)
    pass_on_network_meetings(by=by, person=person)
    meetings = _leave_planned_meetings(person)
    _close_login(by, person)
    person.left_on = day
    person.link_version += 1
    person.save(update_fields=["left_on", "link_version"])
    for meeting in meetings:
        sync_members(by=by, meeting=meeting)
    record(by=by, action="person.left", obj=person, details={"things": sorted(chosen)})
    return things


def _receivers(person: Person, things: list[Thing], to: Person | Receivers) -> Receivers:
    """Return who gets each thing; refuse, naming them, those that would be left without."""
    chosen = {thing.key: to for thing in things} if isinstance(to, Person) else dict(to)
    lacking = [
        thing
        for thing in things
        if thing.key not in chosen or (chosen[thing.key] is None and not thing.may_end)
    ]
    if lacking:
        names = "; ".join(f"{thing.what} ({thing.where})" for thing in lacking[:10])
        no("ownerless", _("Vælg en modtager til alt: %(names)s.") % {"names": names}).require()
    for receiver in {each for each in chosen.values() if each is not None}:
        if receiver.pk == person.pk:
            no("own_receiver", _("Personen kan ikke være sin egen modtager.")).require()
        if receiver.left_on is not None:
            no("receiver_left", _("%(name)s er selv fratrådt.") % {"name": receiver.name}).require()
    return {thing.key: chosen[thing.key] for thing in things}


def _takes_nothing_unknown(by: User, things: list[Thing], chosen: Receivers) -> None:
    """Who lets somebody leave gets nothing of it in a forum where they do not sit, and leads none that they did not lead."""
    me = person_of(by)
    if me is None or by.has_role(Role.ADMINISTRATOR):
        return
    for thing in things:
        receiver = chosen[thing.key]
        if receiver is None or receiver.pk != me.pk:
            continue
        forums = _forums_of(thing.obj)
        leads = isinstance(thing.obj, Membership) and thing.obj.role.convenes
        if forums and forums.isdisjoint(convened_forum_ids(by) if leads else own_forum_ids(by)):
            text = _("Du er ikke selv med i %(where)s. Giv det til en, der er, eller bed en administrator.")
            no("not_yours_to_take", text % {"where": thing.where}).require()


def _forums_of(obj: models.Model) -> frozenset[int]:
    """The forums whose matters a thing opens, to sit in one of them is enough; none for what opens nothing."""
    if isinstance(obj, Membership | Agreement | Topic):
        return frozenset({obj.forum_id})
    if isinstance(obj, Relay):
        return frozenset({obj.from_forum_id})
    meeting = obj.meeting if isinstance(obj, Participation | AgendaItem) else obj
    if not isinstance(meeting, Meeting):
        return frozenset()
    return frozenset({meeting.lead_forum_id, *meeting.forums.values_list("pk", flat=True)})


def _give(by: User, thing: Thing, to: Person | None, person: Person, day: date) -> None:
    sort = thing.key.split(":")[0]
    if to is None:
        _end(by, thing, person, day)
        return
    GIVE[sort](by, thing.obj, to, person, day)


def _end(by: User, thing: Thing, person: Person, day: date) -> None:
    if isinstance(thing.obj, Membership):
        close(thing.obj, day)
        record(by=by, action="membership.ended", obj=thing.obj, details={"person": person.pk})
    elif isinstance(thing.obj, Agreement):
        thing.obj.helpers.remove(person)
        record(by=by, action="agreement.helper_removed", obj=thing.obj, details={"person": person.pk})
    elif isinstance(thing.obj, Participation):
        take_off(thing.obj)
        record(
            by=by, action="meeting.participant_removed", obj=thing.obj.meeting, details={"person": person.pk}
        )


def _give_post(by: User, obj: models.Model, to: Person, person: Person, day: date) -> None:
    assert isinstance(obj, Post)  # noqa: S101 - the key says so
    hand_over_posts(by=by, posts=[obj], to=to, on=day)


def _give_seat(by: User, obj: models.Model, to: Person, person: Person, day: date) -> None:
    assert isinstance(obj, Membership)  # noqa: S101 - the key says so
    take_over(by=by, membership=obj, to=to, on=day)


def _give_agreement(by: User, obj: models.Model, to: Person, person: Person, day: date) -> None:
    assert isinstance(obj, Agreement)  # noqa: S101 - the key says so
    hand_over_agreements(by=by, person=person, to=to, agreements=[obj], allowed=yes("hand_over"))


def _give_guest_seat(by: User, obj: models.Model, to: Person, person: Person, day: date) -> None:
    assert isinstance(obj, Participation)  # noqa: S101 - the key says so
    take_off(obj)
    row, made = Participation.objects.get_or_create(
        meeting=obj.meeting, person=to, defaults={"part": _part(obj), "only_item": obj.only_item}
    )
    if not made and row.removed_at is not None:
        row.removed_at, row.part, row.answer, row.answered_at = None, _part(obj), "none", None
        row.only_item = obj.only_item
        row.save(update_fields=["removed_at", "part", "answer", "answered_at", "only_item"])
    record(
        by=by,
        action="meeting.participant_replaced",
        obj=obj.meeting,
        details={"from": person.pk, "to": to.pk},
    )
    invite_one(meeting=obj.meeting, participation=row)


def _part(row: Participation) -> str:
    """A substitute is confirmed in person; who takes over that seat comes as a guest."""
    return Participation.Part.GUEST if row.part == Participation.Part.SUBSTITUTE else row.part


def _set(field: str, action: str) -> Callable[[Actor, models.Model, Person, Person, date], None]:
    """Return the function that gives a thing to another person by one of its fields."""

    def give(by: Actor, obj: models.Model, to: Person, person: Person, day: date) -> None:
        type(obj)._default_manager.filter(pk=obj.pk).update(**{field: to})
        record(by=by, action=action, obj=obj, details={"field": field, "from": person.pk, "to": to.pk})

    return give


GIVE: dict[str, Callable[[User, models.Model, Person, Person, date], None]] = {
    "post": _give_post,
    "membership": _give_seat,
    "agreement": _give_agreement,
    "helper": _give_agreement,
    "chair": _set("chair", "meeting.chair_handed_over"),
    "minute_taker": _set("minute_taker", "meeting.minute_taker_handed_over"),
    "presenter": _set("presenter", "item.presenter_handed_over"),
    "topic": _set("proposed_by", "topic.handed_over"),
    "relay": _set("to_person", "relay.handed_over"),
    "guest": _give_guest_seat,
}


def _leave_planned_meetings(person: Person) -> list[Meeting]:
    """Take the person off every planned meeting; return the meetings, whose members then follow anew."""
    rows = Participation.objects.filter(
        person=person, removed_at__isnull=True, meeting__status=MeetingStatus.PLANNED
    ).select_related("meeting__lead_forum", "person")
    found = list(rows)
    for row in found:
        take_off(row)
    return [row.meeting for row in found]


def _somebody_administers(person: Person) -> None:
    user = person.user
    if user is None or not user.has_role(Role.ADMINISTRATOR):
        return
    others = User.objects.filter(role_grants__role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk)
    if not others.exists():
        no(
            "last_administrator",
            _("Personen er den eneste administrator. Gør først en anden til administrator."),
        ).require()


def _close_login(by: User, person: Person) -> None:
    user = person.user
    if user is not None and user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
        record(by=by, action="login.closed", obj=user)
