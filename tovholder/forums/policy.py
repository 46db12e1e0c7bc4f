"""Who may do what with a forum."""

from __future__ import annotations

from django.db.models import Exists
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.accounts.models import Role, RoleGrant, User
from tovholder.directory.models import PartyType, Person
from tovholder.forums.models import Charter, Forum
from tovholder.forums.standing import (
    SEES_ALL_FORUMS,
    convened_forum_ids,
    current_memberships,
    joint_partners,
    own_forum_ids,
    person_of,
)


def may_read(user: User, forum: Forum) -> Decision:
    if forum.retired_at is not None:
        return no("forum_retired", _("Forummet findes ikke længere."))
    if user.has_role(*SEES_ALL_FORUMS):
        return yes("role")
    if forum.pk in own_forum_ids(user):
        return yes("member")
    return no("not_member", _("Du er ikke med i dette forum."))


def convenes(user: User, forum: Forum) -> bool:
    """Tell whether the user is convener of the forum today."""
    return forum.pk in convened_forum_ids(user)


def may_convene(user: User, forum: Forum) -> Decision:
    """May plan meetings, invite, run them, keep the topic bank, review participants."""
    if not forum.is_open:
        return no("forum_closed", _("Forummet er lukket. Brug det forum, der har afløst det."))
    if convenes(user, forum):
        return yes("convener")
    return no("not_convener", _("Kun forummets tovholder kan gøre det."))


def may_meet_with(user: User, forum: Forum, other: Forum) -> Decision:
    """May plan a meeting of the forum together with another: who sits in that one too, and who plans everybody's year.

    A joint meeting takes up what is open in each of its forums, anonymous too. Where the municipality's own rule lets the
    two meet, the convener of either may plan it.
    """
    if joint_partners(user, forum).filter(pk=other.pk).exists():
        return yes("meets_with")
    return no(
        "not_in_forum",
        _("Du er ikke med i %(forum)s. Bed dets tovholder om at planlægge mødet.") % {"forum": other.name},
    )


def may_manage(user: User, forum: Forum) -> Decision:
    """May change members, charter and closing: the convener or an administrator."""
    if not forum.is_open:
        return no("forum_closed", _("Forummet er lukket. Brug det forum, der har afløst det."))
    if convenes(user, forum):
        return yes("convener")
    if user.has_role(Role.ADMINISTRATOR):
        return yes("administrator")
    return no("not_convener", _("Kun forummets tovholder eller en administrator kan gøre det."))


def may_review_participants(user: User, forum: Forum) -> Decision:
    """Participant reviews are the convener's own notes: nobody else sees them."""
    if convenes(user, forum):
        return yes("convener")
    return no("not_convener", _("Kun tovholderen ser vurderingen af deltagere."))


def may_edit_charter(charter: Charter) -> Decision:
    """The state question: an approved version does not change."""
    if charter.approved_on is None:
        return yes("draft")
    return no("charter_approved", _("Kommissoriet er godkendt og kan ikke ændres. Lav en ny version."))


def may_take_over(user: User, forum: Forum, successor: Forum) -> Decision:
    """May close a forum into another: who manages both."""
    for each in (forum, successor):
        decision = may_manage(user, each)
        if not decision:
            return decision
    if forum.pk == successor.pk:
        return no("own_successor", _("Et forum kan ikke afløse sig selv."))
    return yes("manages_both")


def _between(user: User, person: Person) -> tuple[bool, bool]:
    """Whether the person's login holds more than a seat, and whether the person sits where the user convenes."""
    more = (*SEES_ALL_FORUMS, Role.LOG_REVIEWER, Role.DATA_PROTECTION_OFFICER)
    grants = RoleGrant.objects.filter(user=person.user_id, role__in=more)
    seats = current_memberships().filter(person=person, forum__in=convened_forum_ids(user))
    found = Person.objects.filter(pk=person.pk).values_list(Exists(grants), Exists(seats)).first()
    return found or (False, False)


def may_hand_over_person(user: User, person: Person) -> Decision:
    """May let a person leave and give the work to others: an administrator, and who convenes a forum with the person.

    Only an administrator closes the login of one who holds more than a seat at the table.
    """
    if person.left_on is not None:
        return no("person_left", _("%(person)s er allerede fratrådt.") % {"person": person.name})
    if user.has_role(Role.ADMINISTRATOR):
        return yes("administrator")
    watches, sits_together = _between(user, person)
    if watches:
        return no("not_administrator", _("Kun en administrator kan gøre det for den rolle."))
    if sits_together:
        return yes("convener")
    return no("not_convener", _("Kun tovholderen for personens forum eller en administrator kan gøre det."))


def may_read_older_minutes(user: User, forum: Forum) -> Decision:
    """Members from within the cooperation: nobody has sorted what was written before by level."""
    person = person_of(user)
    if forum.pk not in own_forum_ids(user) or person is None or user.has_role(Role.OPEN_PARTICIPANT):
        return no("not_member", _("Ældre referater er for forummets egne medlemmer."))
    place = person.organisation
    if place is not None and place.kind.party_type == PartyType.OUTSIDE:
        return no("from_outside", _("Ældre referater er for medlemmer fra samarbejdet selv."))
    return yes("member")


def may_keep_older_minutes(user: User, forum: Forum) -> Decision:
    """May lay older minutes in and take them out: the convener of an open forum."""
    return may_convene(user, forum)
