"""Who reads what of a concern, and who may do what with it (issue C, section 3). First "no" wins.

A concern is read in parts, since somebody can be entitled to one and not to another. What a meeting opens to its
participants is known to `meetings`, and the words of an agreement to `plans`.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.access.bases import LegalBasis
from tovholder.access.decision import Decision, no, yes
from tovholder.access.levels import Level
from tovholder.access.sharing import SharingRules
from tovholder.accounts.models import Role, User
from tovholder.citizens.queries import sharing_rules
from tovholder.concerns.models import TRANSITIONS, Concern, Notification, Question
from tovholder.concerns.standing import own_words_since, rules_for, team_ids_of, triage_of
from tovholder.directory.models import PartyType, Person
from tovholder.directory.parties import as_participant
from tovholder.forums.standing import person_of


class Part(models.TextChoices):
    """What of a concern is read."""

    STATUS = "status", gettext_lazy("at den er modtaget, behandles eller er afsluttet")
    OWN_WORDS = "own_words", gettext_lazy("egne ord")
    ALL = "all", gettext_lazy("alt")


# Roles that never read a concern, whatever team they are put in: they run the system or watch over it.
NEVER = (Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER, Role.LOG_REVIEWER, Role.MANAGEMENT)
_UNKNOWN = gettext_lazy("Bekymringen findes ikke.")


def may_raise(user: User) -> Decision:
    """May raise a concern: who works in the cooperation. An open participant talks to the SSP team."""
    person = person_of(user)
    if person is None:
        return no(
            "no_person", _("Dit login er ikke knyttet til en person, så det kan ikke rejse bekymringer.")
        )
    if user.has_role(Role.OPEN_PARTICIPANT, Role.LOG_REVIEWER, Role.DATA_PROTECTION_OFFICER):
        return no("not_in_cooperation", _("Tal med SSP-konsulenten om din bekymring."))
    place = person.organisation
    if place is not None and place.kind.party_type == PartyType.OUTSIDE:
        return no("from_outside", _("Tal med SSP-konsulenten om din bekymring."))
    return yes("cooperation")


def may_read(user: User, concern: Concern, part: str = Part.STATUS) -> Decision:
    """May read this part of the concern. Pinned to `queries.visible_to` by a test."""
    if user.has_role(*NEVER) or concern.erased_at is not None:
        return no("concern_unknown", str(_UNKNOWN))
    person = person_of(user)
    if person is not None and _is_in_case_team(person.pk, concern):
        return yes("case_team")
    triage = triage_of(user)
    if triage.receives(concern.district_id) and (
        concern.ended_at is None or concern.ended_at >= triage.ended_since
    ):
        return yes("triager")
    own_words = part == Part.OWN_WORDS and concern.raised_at >= own_words_since(rules_for(user))
    if person is not None and concern.raised_by_id == person.pk and (part == Part.STATUS or own_words):
        return yes("raised")
    return no("concern_unknown", str(_UNKNOWN))


def _is_in_case_team(person_id: int, concern: Concern) -> bool:
    """Whether the person is on the case team now; asks nothing where the team has been read with the concern."""
    known: dict[int, bool] = concern.__dict__.get(
        "on_case_team", {}
    )  # a page may have asked with the concern
    if person_id in known:
        return known[person_id]
    if "case_team" in getattr(concern, "_prefetched_objects_cache", {}):
        return any(each.person_id == person_id and each.until_at is None for each in concern.case_team.all())
    return concern.case_team.filter(person_id=person_id, until_at__isnull=True).exists()


def may_work(user: User, concern: Concern) -> Decision:
    """May write in it, ask, change its status, put it on an agenda: triagers of its district and the case team."""
    return may_read(user, concern, Part.ALL)


def may_triage(user: User, concern: Concern | None = None) -> Decision:
    """May see whether two records are one child, add to the case team, end and reopen: triagers."""
    if user.has_role(*NEVER):
        return no("concern_unknown", str(_UNKNOWN))
    triage = triage_of(user)
    if triage if concern is None else triage.receives(concern.district_id):
        return yes("triager")
    return no("not_triager", _("Kun SSP-teamet kan gøre det."))


def may_read_offence(user: User, concern: Concern, rules: SharingRules | None = None) -> Decision:
    """May read what is criminal: who reads all of it and is a party of the crime-preventive cooperation (rule 49).

    `rules` are the municipality's, where a page has read them.
    """
    decision = may_read(user, concern, Part.ALL)
    if not decision:
        return decision
    person = person_of(user)
    if person is not None and (rules or sharing_rules()).covers(LegalBasis.RPL115, as_participant(person)):
        return yes("rpl115")
    return no(
        "not_party_rpl115",
        _("Strafbare forhold ses kun af parterne i det kriminalitetsforebyggende samarbejde."),
    )


def may_become(concern: Concern, status: str) -> Decision:
    """The state question, apart from the person question."""
    if status in TRANSITIONS[concern.status]:
        return yes("transition")
    if concern.has_ended:
        return no("concern_ended", _("Bekymringen er afsluttet. Genåbn den først."))
    return no("concern_state", _("Det kan bekymringen ikke lige nu."))


def may_name(user: User, concern: Concern) -> Decision:
    """May make it named, on the ground that a child's record is then laid on it: who works on it."""
    decision = may_work(user, concern)
    if not decision:
        return decision
    if concern.level == Level.GENERAL:
        return no("general_concern", _("En generel bekymring handler ikke om et barn. Rejs en ny om barnet."))
    if concern.has_ended:
        return no("concern_ended", _("Bekymringen er afsluttet. Genåbn den først."))
    return decision


def may_manage_teams(user: User) -> Decision:
    """May say who sits in a team: administrators. Who gives rights tells the log reviewers at once."""
    if user.has_role(Role.ADMINISTRATOR):
        return yes("administrator")
    return no("not_administrator", _("Kun en administrator kan gøre det."))


def may_answer(user: User, question: Question) -> Decision:
    """May read and answer a question: the person asked, as long as it stands and no role of theirs forbids it."""
    person = None if user.has_role(*NEVER) else person_of(user)
    if person is not None and question.to_person_id == person.pk and question.withdrawn_at is None:
        return yes("asked")
    return no("question_unknown", _("Spørgsmålet findes ikke."))


def may_read_advice(user: User, concern: Concern) -> Decision:
    """May read the advice that was given: who reads all of it, and who raised it as long as nobody is named in it."""
    decision = may_read(user, concern, Part.ALL)
    if decision or concern.level == Level.NAMED:
        return decision
    return may_read(user, concern, Part.OWN_WORDS)


def may_note_notification(user: User, concern: Concern) -> Decision:
    """May write that they have notified the authority themselves: whoever knows of the concern. The duty is personal."""
    return may_read(user, concern, Part.STATUS)


def may_note_receipt(user: User, notification: Notification) -> Decision:
    """May write that the receipt came: who notified."""
    person = person_of(user)
    if person is not None and notification.sent_by_id == person.pk and not user.has_role(*NEVER):
        return yes("notified")
    return no("notification_unknown", _("Underretningen findes ikke."))


def may_be_asked(person: Person) -> Decision:
    """The person question of who can be asked: somebody in the cooperation who has a login and is still here."""
    place = person.organisation
    if person.left_on is not None or person.user is None or not person.user.is_active:
        return no("cannot_answer", _("Personen har ikke et login i Tovholder."))
    if person.user.has_role(*NEVER, Role.OPEN_PARTICIPANT) or place is None:
        return no("not_in_cooperation", _("Personen er ikke med i samarbejdet."))
    if place.kind.party_type == PartyType.OUTSIDE or not place.in_cooperation:
        return no("not_in_cooperation", _("Personen er ikke med i samarbejdet."))
    return yes("cooperation")


def may_be_seated(person: Person) -> Decision:
    """The person question of who can be on a case team: a seat must open to them what it promises."""
    if person.left_on is not None:
        return no("person_left", _("Personen er fratrådt."))
    if person.user is None or not person.user.is_active:
        return no(
            "no_login", _("Personen har ikke et login i Tovholder, så en plads i teamet giver ikke adgang.")
        )
    if person.user.has_role(*NEVER):
        return no("role_never_reads", _("Personens rolle må ikke læse bekymringer."))
    return yes("seat")


def may_see_teams(user: User) -> Decision:
    """May see which teams there are and who sits in them: triagers, members of a team, and who seats them."""
    if may_manage_teams(user) or may_triage(user):
        return yes("teams")
    if not user.has_role(*NEVER) and team_ids_of(user):
        return yes("team_member")
    return no("teams_unknown", _("Siden findes ikke."))
