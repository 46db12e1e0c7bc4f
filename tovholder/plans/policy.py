"""Who may do what with an agreement, with one in a case by name, and with a plan around a child."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.access.levels import Level, level_rank
from tovholder.accounts.models import Role, User
from tovholder.concerns import policy as concerns
from tovholder.concerns.models import Concern
from tovholder.concerns.policy import NEVER
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.forums.standing import convened_forum_ids, current_memberships, own_forum_ids, person_of
from tovholder.plans.models import TRANSITIONS, Agreement, AgreementStatus
from tovholder.plans.standing import comes_from_outside


def may_read(user: User, agreement: Agreement) -> Decision:
    """The responsible, helpers, and the forum's members; who comes from outside sees general ones only.

    One in a case by name: the responsible and helpers, and who works on the concern; the forum as such, never.
    """
    if agreement.level == Level.NAMED:
        return _may_read_named(user, agreement)
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


def _may_read_named(user: User, agreement: Agreement) -> Decision:
    if user.has_role(*NEVER):
        return no("agreement_unknown", _("Aftalen findes ikke."))
    part = _part_in(person_of(user), agreement)
    if part:
        return yes(part)
    decision = concerns.may_read(user, agreement.case.concern, concerns.Part.ALL)
    return decision if decision else no("agreement_unknown", _("Aftalen findes ikke."))


def _part_in(person: Person | None, agreement: Agreement) -> str:
    if person is None or person.left_on is not None:
        return ""
    if person.pk == agreement.responsible_id:
        return "responsible"
    return "helper" if person in agreement.helpers.all() else ""


def _works_on(by: User | Person, agreement: Agreement) -> bool:
    """Asked once for a row that a page shows; a service reads the row anew, and asks anew."""
    if not isinstance(by, User):
        return False
    known: dict[int, bool] = agreement.__dict__.setdefault("_worked_on_by", {})
    if by.pk not in known:
        known[by.pk] = bool(concerns.may_work(by, agreement.case.concern))
    return known[by.pk]


def _person(by: User | Person) -> Person | None:
    person: Person | None = by if isinstance(by, Person) else getattr(by, "person", None)
    return person if person is not None and person.left_on is None else None


def _convenes(by: User | Person, forum_id: int) -> bool:
    if isinstance(by, User):
        return forum_id in convened_forum_ids(by)
    return current_memberships().filter(person=by, forum_id=forum_id, role__convenes=True).exists()


def may_report(by: User | Person, agreement: Agreement) -> Decision:
    """May write a status or say that it is done: responsible, helpers, and the forum's convener.

    In a case by name who works on the concern stands in the convener's place.
    """
    person = _person(by)
    if agreement.level == Level.NAMED:
        return _may_report_named(by, person, agreement)
    if person is not None and person.pk == agreement.responsible_id:
        return yes("responsible")
    if _convenes(by, agreement.forum_id):
        return yes("convener")
    if person is not None and person in agreement.helpers.all():
        return yes("helper")
    return no("not_responsible", _("Kun den ansvarlige, hjælpere og tovholderen kan svare på aftalen."))


def may_decide(by: User | Person, agreement: Agreement) -> Decision:
    """May change or stop it, let it go on, or give it a new date or person: the responsible and the convener.

    In a case by name who works on the concern stands in the convener's place.
    """
    person = _person(by)
    if agreement.level == Level.NAMED:
        return _may_decide_named(by, person, agreement)
    if _convenes(by, agreement.forum_id):
        return yes("convener")
    if person is not None and person.pk == agreement.responsible_id:
        return yes("responsible")
    return no("not_decider", _("Kun den ansvarlige og tovholderen kan ændre eller stoppe aftalen."))


def _may_report_named(by: User | Person, person: Person | None, agreement: Agreement) -> Decision:
    if isinstance(by, User) and by.has_role(*NEVER):
        return no("agreement_unknown", _("Aftalen findes ikke."))
    part = _part_in(person, agreement)
    if part or _works_on(by, agreement):
        return yes(part or "works_on_concern")
    return no(
        "not_responsible",
        _("Kun den ansvarlige, hjælpere og dem, der arbejder med sagen, kan svare på aftalen."),
    )


def _may_decide_named(by: User | Person, person: Person | None, agreement: Agreement) -> Decision:
    decision = _may_report_named(by, person, agreement)
    if decision.basis == "helper" and not _works_on(by, agreement):
        return no(
            "not_decider",
            _("Kun den ansvarlige og dem, der arbejder med sagen, kan ændre eller stoppe aftalen."),
        )
    return decision


def may_hand_over(by: User | Person, agreement: Agreement) -> Decision:
    """May give it to another person, as when somebody leaves: those who decide, and an administrator.

    An administrator never one in a case by name: it passes on by itself (`case_passing.pass_on`).
    """
    if agreement.level == Level.NAMED:
        return may_decide(by, agreement)
    if isinstance(by, User) and by.has_role(Role.ADMINISTRATOR):
        return yes("administrator")
    return may_decide(by, agreement)


def may_move(by: User | Person, agreement: Agreement) -> Decision:
    """May move it to another forum, as when forums are merged: the forum's convener and an administrator."""
    if agreement.level == Level.NAMED:
        return must_be_ordinary(agreement)
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
    """An agreement's level is at most the forum's. One in a case by name is made on the case, never here."""
    if level == Level.NAMED:
        return no("agreement_named", _("En aftale om et barn laves på barnets sag, så teksten er beskyttet."))
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


def may_make_case_agreement(by: User, concern: Concern) -> Decision:
    """May agree something in a case by name: who works on the concern. A meeting asks for those in its room."""
    return concerns.may_work(by, concern)


def may_have_agreements(concern: Concern) -> Decision:
    """The state question: a concern by name, which somebody still works on."""
    if concern.level != Level.NAMED:
        return no("concern_not_named", _("Aftaler i en sag kan først laves, når barnet er nævnt ved navn."))
    if concern.has_ended:
        return no("concern_ended", _("Bekymringen er afsluttet. Genåbn den først."))
    return yes("open")


def may_take_named(forum: Forum) -> Decision:
    """A forum whose members may speak of children by name, and which still meets."""
    if forum.highest_level != Level.NAMED:
        return no("level_above_forum", _("%(forum)s taler ikke om børn ved navn.") % {"forum": forum.name})
    return may_live_in(forum)


def must_be_ordinary(agreement: Agreement) -> Decision:
    """The ordinary services write in clear: one in a case by name has its own."""
    if agreement.level == Level.NAMED:
        return no("agreement_named", _("Aftalen hører til en sag. Brug sagens egen side."))
    return yes("ordinary")
