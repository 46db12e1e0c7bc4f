"""Who may do what with an agreement."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.access.levels import Level, level_rank
from tovholder.accounts.models import Role, User
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.forums.standing import convened_forum_ids, current_memberships, own_forum_ids, person_of
from tovholder.plans.models import TRANSITIONS, Agreement, AgreementStatus
from tovholder.plans.standing import comes_from_outside


def may_read(user: User, agreement: Agreement) -> Decision:
    """The responsible, helpers, and the forum's members; who comes from outside sees general ones only."""
    person = person_of(user)
    if person is not None and person.pk == agreement.responsible_id:
        return yes("responsible")
    if person is not None and person in agreement.helpers.all():
        return yes("helper")
    if agreement.forum_id in own_forum_ids(user) and (
        agreement.level == Level.GENERAL or not comes_from_outside(user)
    ):
        return yes("member")
    return no("agreement_unknown", _("Aftalen findes ikke."))


def _person(by: User | Person) -> Person | None:
    person: Person | None = by if isinstance(by, Person) else getattr(by, "person", None)
    return person if person is not None and person.left_on is None else None


def _convenes(by: User | Person, forum_id: int) -> bool:
    if isinstance(by, User):
        return forum_id in convened_forum_ids(by)
    return current_memberships().filter(person=by, forum_id=forum_id, role__convenes=True).exists()


def may_report(by: User | Person, agreement: Agreement) -> Decision:
    """May write a status or say that it is done: responsible, helpers, and the forum's convener."""
    person = _person(by)
    if person is not None and person.pk == agreement.responsible_id:
        return yes("responsible")
    if _convenes(by, agreement.forum_id):
        return yes("convener")
    if person is not None and person in agreement.helpers.all():
        return yes("helper")
    return no("not_responsible", _("Kun den ansvarlige, hjælpere og tovholderen kan svare på aftalen."))


def may_decide(by: User | Person, agreement: Agreement) -> Decision:
    """May change or stop it, let it go on, or give it a new date or person: the responsible and the convener."""
    person = _person(by)
    if _convenes(by, agreement.forum_id):
        return yes("convener")
    if person is not None and person.pk == agreement.responsible_id:
        return yes("responsible")
    return no("not_decider", _("Kun den ansvarlige og tovholderen kan ændre eller stoppe aftalen."))


def may_hand_over(by: User | Person, agreement: Agreement) -> Decision:
    """May give it to another person, as when somebody leaves: those who decide, and an administrator."""
    if isinstance(by, User) and by.has_role(Role.ADMINISTRATOR):
        return yes("administrator")
    return may_decide(by, agreement)


def may_move(by: User | Person, agreement: Agreement) -> Decision:
    """May move it to another forum, as when forums are merged: the forum's convener and an administrator."""
    if isinstance(by, User) and by.has_role(Role.ADMINISTRATOR):
        return yes("administrator")
    if _convenes(by, agreement.forum_id):
        return yes("convener")
    return no("not_convener", _("Kun forummets tovholder eller en administrator kan gøre det."))


def may_create(by: User | Person, forum_id: int) -> Decision:
    """May make an agreement in a forum: its members."""
    if isinstance(by, User):
        member = forum_id in own_forum_ids(by)
    else:
        member = current_memberships().filter(person=by, forum_id=forum_id).exists()
    if member:
        return yes("member")
    return no("not_member", _("Kun forummets medlemmer kan lave aftaler i det."))


def may_use_level(forum: Forum, level: str) -> Decision:
    """An agreement's level is at most the forum's; named agreements wait for the sharing rules."""
    if level == Level.NAMED:
        return no("named_not_ready", _("Navngivne aftaler kan endnu ikke laves i Tovholder."))
    if level_rank(level) > level_rank(forum.highest_level):
        return no(
            "level_above_forum", _("%(forum)s behandler ikke aftaler på det niveau.") % {"forum": forum.name}
        )
    return yes("level")


def may_live_in(forum: Forum) -> Decision:
    """Only a forum that still meets can hold an open agreement: no other has a next agenda."""
    if forum.is_open:
        return yes("open")
    return no("forum_closed", _("Forummet er lukket. Brug det forum, der har afløst det."))


def may_be_given_to(person: Person | None) -> Decision:
    if person is None or person.left_on is None:
        return yes("current")
    return no("person_left", _("%(person)s er fratrådt og kan ikke få aftaler.") % {"person": person.name})


def may_become(agreement: Agreement, status: str) -> Decision:
    """The state question, apart from the person question."""
    if status in TRANSITIONS[agreement.status]:
        return yes("transition")
    if agreement.status == AgreementStatus.OPEN:
        return no("agreement_open", _("Aftalen er åben."))
    if agreement.status == AgreementStatus.CHANGED:
        return no("agreement_changed", _("Aftalen er ændret. Brug den nye aftale, der har afløst den."))
    return no("agreement_closed", _("Aftalen er allerede afsluttet. Åbn den igen, hvis det var en fejl."))


def must_be_open(agreement: Agreement) -> Decision:
    if agreement.is_open:
        return yes("open")
    return may_become(agreement, AgreementStatus.DONE)
