"""Where a user sits: the facts that policies and queries of meetings both stand on."""

from __future__ import annotations

from django.db.models import Exists, Expression, OuterRef, Q
from django.utils import timezone

from tovholder.access.levels import Level
from tovholder.accounts.models import Role, User
from tovholder.concerns import queries as concerns
from tovholder.concerns.policy import Part
from tovholder.directory.models import PartyType
from tovholder.forums.standing import own_forum_ids, person_of
from tovholder.meetings.models import Meeting, MeetingKind, NetworkMeeting, Participation

# These see that all meetings take place and their general items; anonymous items only where they sit at the table.
SEES_ALL_MEETINGS = (Role.CONSULTANT, Role.MANAGEMENT)


def at_the_table(user: User) -> Q:
    """Meetings of the user's own forums, and those the user is invited to (not only to one item)."""
    is_network = Q(kind=MeetingKind.NETWORK)
    condition = ~is_network & Q(
        Exists(
            Meeting.forums.through.objects.filter(meeting_id=OuterRef("pk"), forum_id__in=own_forum_ids(user))
        )
    )
    person = person_of(user)
    if person is not None:
        taking_part = Participation.objects.filter(
            # A substitute waits for the convener's yes.
            ~Q(part=Participation.Part.SUBSTITUTE) | Q(substitute_confirmed=True),
            meeting_id=OuterRef("pk"),
            person=person,
            removed_at__isnull=True,
        )
        # A network meeting is known to those who take part from when they are called. Two questions, since one that looks
        # at the meeting's kind from within would read all meetings there are.
        called = taking_part.filter(invited_at__isnull=False)
        condition |= (~is_network & Q(Exists(taking_part))) | (is_network & Q(Exists(called)))
    return condition


# Events with sign-up are known to all who have a working role, not to log reviewers and data protection officers.
SIGNS_UP = (Role.MEMBER, Role.OPEN_PARTICIPANT, Role.ADMINISTRATOR)


def open_events(user: User) -> Q:
    """Return the condition for events that the user may know of and sign up for."""
    if user.has_role(*SIGNS_UP):
        return Q(kind=MeetingKind.EVENT)
    return Q(pk__in=())


def sits_at_table(user: User, meeting: Meeting) -> bool:
    """Tell whether the user is a member of one of the meeting's forums or takes part in the meeting.

    A network meeting is about one child: sitting in its forum is not enough.
    """
    if meeting.kind != MeetingKind.NETWORK and own_forum_ids(user).intersection(
        forum.pk for forum in meeting.forums.all()
    ):
        return True  # most readers; no question to the database where the forums are read already
    asked: dict[int, bool] = meeting.__dict__.setdefault("_sits", {})  # a page asks several times
    if user.pk not in asked:
        asked[user.pk] = Meeting.every.filter(at_the_table(user), pk=meeting.pk).exists()
    return asked[user.pk]


def about_own_cases(user: User) -> Q:
    """Return the condition for network meetings about a concern that the user works on."""
    networks = NetworkMeeting.objects.filter(
        meeting=OuterRef("pk"), concern__in=concerns.visible_to(user, Part.ALL)
    )
    return Q(Exists(networks), kind=MeetingKind.NETWORK)


def still_reads(now: Expression | None = None) -> Q:
    """Return the condition for disclosures that still let the person read the case."""
    return Q(reads_until__isnull=True) | Q(reads_until__gt=now or timezone.now())


def is_open_participant(user: User) -> bool:
    """Tell whether the user comes from outside the cooperation and so sees general items only."""
    if user.has_role(Role.OPEN_PARTICIPANT):
        return True
    person = person_of(user)
    organisation = person.organisation if person else None
    return organisation is not None and organisation.kind.party_type == PartyType.OUTSIDE


def only_item_of(user: User, meeting: Meeting) -> int | None:
    """Return the one item that the user is a guest for, or None for who is there for all of them, or not at all."""
    person = person_of(user)
    if person is None or own_forum_ids(user).intersection(forum.pk for forum in meeting.forums.all()):
        return None
    asked: dict[int, int | None] = meeting.__dict__.setdefault("_only_items", {})  # a page asks several times
    if user.pk not in asked:
        rows = Participation.objects.filter(
            meeting=meeting, person=person, only_item__isnull=False, removed_at__isnull=True
        )
        asked[user.pk] = rows.values_list("only_item_id", flat=True).first()
    return asked[user.pk]


def readable_levels(user: User, meeting: Meeting) -> tuple[str, ...]:
    """Return the levels of items and agreements that the user may read at this meeting; named comes with issue C.

    A guest for one item reads that item too, whatever its level, but nothing else above the general.
    """
    if (
        is_open_participant(user)
        or not sits_at_table(user, meeting)
        or only_item_of(user, meeting) is not None
    ):
        return (Level.GENERAL,)
    return (Level.GENERAL, Level.ANONYMOUS)
