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
from tovholder.accounts.models import Role, User
from tovholder.citizens.queries import sharing_rules
from tovholder.concerns.models import TRANSITIONS, Concern, Question
from tovholder.concerns.standing import ended_since, own_words_since, triage_of
from tovholder.directory.models import PartyType
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
    if person is None or person.left_on is not None:
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
    if person is not None and concern.case_team.filter(person=person, until_at__isnull=True).exists():
        return yes("case_team")
    if triage_of(user).receives(concern.district_id) and (
        concern.ended_at is None or concern.ended_at >= ended_since()
    ):
        return yes("triager")
    own_words = part == Part.OWN_WORDS and concern.raised_at >= own_words_since()
    if person is not None and concern.raised_by_id == person.pk and (part == Part.STATUS or own_words):
        return yes("raised")
    return no("concern_unknown", str(_UNKNOWN))


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


def may_read_offence(user: User, concern: Concern) -> Decision:
    """May read what is criminal: who reads all of it and is a party of the crime-preventive cooperation (rule 49)."""
    decision = may_read(user, concern, Part.ALL)
    if not decision:
        return decision
    person = person_of(user)
    if person is not None and sharing_rules().covers(LegalBasis.RPL115, as_participant(person)):
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
    """May read and answer a question: the person asked, as long as it stands."""
    person = person_of(user)
    if person is not None and question.to_person_id == person.pk and question.withdrawn_at is None:
        return yes("asked")
    return no("question_unknown", _("Spørgsmålet findes ikke."))
