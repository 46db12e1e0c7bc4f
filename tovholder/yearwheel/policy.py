"""Who may do what with the year wheel."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.accounts.models import Role, User
from tovholder.directory.models import Person
from tovholder.forums.standing import person_of
from tovholder.meetings.models import Meeting, MeetingStatus

# These watch over the system and take no part in meetings.
WATCHERS = frozenset({Role.LOG_REVIEWER, Role.DATA_PROTECTION_OFFICER})


def may_look(user: User) -> Decision:
    """May see the wheel, with the meetings that the user may know of: all who have to do with meetings."""
    if user.roles - WATCHERS:
        return yes("role")
    return no("watcher", _("Årshjulet er for dem, der har med møderne at gøre."))


def may_plan(user: User) -> Decision:
    """May plan the year of all forums, and publish it: the SSP consultant, who coordinates for the municipality."""
    if user.has_role(Role.CONSULTANT):
        return yes("year_plan")
    return no("not_coordinator", _("Kun SSP-konsulenten planlægger året for alle fora."))


def may_see_plan(user: User) -> Decision:
    """May see what is planned and not published yet: who plans, and the management."""
    if user.has_role(Role.CONSULTANT, Role.MANAGEMENT):
        return yes("role")
    return no("not_published", _("Planen er ikke offentliggjort endnu."))


def may_change_busy(user: User, person: Person) -> Decision:
    """May see and write when a person is busy: the person, and who plans the year."""
    own = person_of(user)
    if own is not None and own.pk == person.pk:
        return yes("own")
    if may_plan(user):
        return yes("year_plan")
    return no("not_yours", _("Kun du selv og SSP-konsulenten kan se, hvornår du er optaget."))


def may_read_feed(user: User, person: Person) -> Decision:
    """May see and change the address of a person's own calendar: nobody else."""
    own = person_of(user)
    if own is not None and own.pk == person.pk:
        return yes("own")
    return no("not_yours", _("Adressen på en kalender ser kun den, der ejer den."))


def may_see_hours(user: User) -> Decision:
    """May see how many hours go to meetings, by forum and person: who plans, and the management."""
    return may_see_plan(user)


def may_change_meeting(meeting: Meeting | None) -> Decision:
    """The state question: a meeting that is under way, held or called off is left as it is."""
    if meeting is None or meeting.status == MeetingStatus.PLANNED:
        return yes("planned")
    if meeting.status == MeetingStatus.CANCELLED:
        return no("meeting_cancelled", _("Mødet er aflyst."))
    if meeting.status == MeetingStatus.HELD:
        return no("meeting_held", _("Mødet er holdt."))
    return no("meeting_running", _("Mødet er i gang."))
