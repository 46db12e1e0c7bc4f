"""Who may do what with a meeting."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tovholder.access.bases import LegalBasis
from tovholder.access.decision import Decision, no, yes
from tovholder.access.levels import Level, level_rank
from tovholder.access.sharing import SharingRules
from tovholder.access.sharing.sentences import SENTENCES
from tovholder.accounts.models import User
from tovholder.citizens.queries import sharing_rules
from tovholder.concerns import policy as concerns
from tovholder.concerns.models import Concern
from tovholder.concerns.policy import NEVER, Part
from tovholder.concerns.suspicion import is_by_family
from tovholder.directory.parties import as_participant
from tovholder.forums.models import Forum
from tovholder.forums.standing import convened_forum_ids, own_forum_ids, person_of
from tovholder.meetings.models import (
    TRANSITIONS,
    CaseItem,
    Meeting,
    MeetingKind,
    MeetingStatus,
    Minutes,
    MinutesStatus,
)
from tovholder.meetings.standing import SEES_ALL_MEETINGS, SIGNS_UP, sits_at_table, still_reads


def may_read(user: User, meeting: Meeting) -> Decision:
    if meeting.kind == MeetingKind.NETWORK:
        return _may_read_network(user, meeting)
    if user.has_role(*SEES_ALL_MEETINGS):
        return yes("role")
    if own_forum_ids(user).intersection(forum.pk for forum in meeting.forums.all()):
        return yes("member")
    if sits_at_table(user, meeting):
        return yes("participant")
    if meeting.kind == MeetingKind.EVENT and user.has_role(*SIGNS_UP):
        return yes("open_event")
    return no("meeting_unknown", _("Mødet findes ikke."))


def _may_read_network(user: User, meeting: Meeting) -> Decision:
    """A network meeting is known to those who take part and those who work on its concern, whatever their role."""
    if sits_at_table(user, meeting):
        return yes("participant")
    if concerns.may_read(user, meeting.network.concern, Part.ALL):
        return yes("case")
    return no("meeting_unknown", _("Mødet findes ikke."))


def may_read_case(user: User, case_item: CaseItem) -> Decision:
    """May read a case by name at a meeting: who works on the concern, and those it was opened for, while it lasts.

    Pinned to `queries.cases_visible_to` by a test. Whether the room allows it at this moment is asked when it is shown.
    """
    if user.has_role(*NEVER):
        return no("case_unknown", _("Sagen findes ikke."))
    withdrawn = case_item.status == CaseItem.Status.WITHDRAWN
    works = concerns.may_read(user, case_item.concern, Part.ALL)
    if works and not withdrawn:
        return works
    person = person_of(user)
    opened = case_item.status in {CaseItem.Status.OPENED, CaseItem.Status.DONE}
    if person is not None and opened and (ground := _told_on(case_item, person.pk)):
        return yes(ground)
    return no("case_unknown", _("Sagen findes ikke."))


def _told_on(case_item: CaseItem, person_id: int) -> str:
    """On what ground the person was told of the case and still reads it; a page may have asked with the case."""
    known: dict[int, str] = case_item.__dict__.get("told_on", {})
    if person_id not in known:
        rows = case_item.disclosures.filter(still_reads(), person=person_id).exclude(ground="none")
        return rows.order_by("pk").values_list("ground", flat=True).first() or ""
    return known[person_id]


def may_write_case(user: User, case_item: CaseItem) -> Decision:
    """May write what was said of a case: who works on it, and of those it was opened for the meeting's writers."""
    decision = may_read_case(user, case_item)
    if not decision:
        return decision
    if concerns.may_work(user, case_item.concern) or may_write_minutes(user, case_item.meeting):
        return decision
    return no(
        "not_case_writer", _("Kun mødeleder, referent og dem, der arbejder med sagen, kan skrive i den.")
    )


def may_release(user: User, case_item: CaseItem) -> Decision:
    """May say what the family gets to read: the chair, or the convener where nobody was chosen, who reads the case."""
    decision = may_read_case(user, case_item)
    if not decision:
        return decision
    person, meeting = person_of(user), case_item.meeting
    if person is not None and person.pk == meeting.chair_id:
        return yes("chair")
    if meeting.chair_id is None and may_convene(user, meeting):
        return yes("convener")
    return no("not_chair", _("Kun mødelederen kan frigive noget til familien."))


def may_hand_over(user: User, meeting: Meeting, rules: SharingRules | None = None) -> Decision:
    """May bring names to a case meeting: who sits in it and is a party of the crime-preventive cooperation.

    `rules` are the municipality's, where a page has read them.
    """
    forum = meeting.lead_forum
    if meeting.kind != MeetingKind.ORDINARY or not sits_at_table(user, meeting):
        return no("meeting_unknown", _("Mødet findes ikke."))
    if forum.highest_level != Level.NAMED or LegalBasis.RPL115 not in forum.bases:
        return no("meeting_unknown", _("Mødet findes ikke."))
    person = person_of(user)
    if person is None or not (rules or sharing_rules()).covers(LegalBasis.RPL115, as_participant(person)):
        return no("meeting_unknown", _("Mødet findes ikke."))
    return concerns.may_raise(user)


def may_convene(user: User, meeting: Meeting) -> Decision:
    """May plan, invite, edit the agenda and approve: a convener of one of the meeting's forums.

    A network meeting is its initiator's, not the convener's of the forum.
    """
    if meeting.kind == MeetingKind.NETWORK:
        person = person_of(user)
        if person is not None and person.pk == meeting.network.initiator_id:
            return yes("initiator")
        return no("not_convener", _("Kun den, der har indkaldt til mødet, kan gøre det."))
    forum_ids = {forum.pk for forum in meeting.forums.all()} | {meeting.lead_forum_id}
    if forum_ids & convened_forum_ids(user):
        return yes("convener")
    return no("not_convener", _("Kun mødets tovholder kan gøre det."))


def may_write_minutes(user: User, meeting: Meeting) -> Decision:
    """May run the meeting and write: conveners, and the chosen chair or minute taker."""
    person = person_of(user)
    if person is not None and person.pk in {meeting.chair_id, meeting.minute_taker_id}:
        return yes("chair_or_minute_taker")
    decision = may_convene(user, meeting)
    if decision:
        return decision
    return no("not_minute_taker", _("Kun tovholder, mødeleder og referent kan skrive under mødet."))


def may_take_part(user: User, meeting: Meeting) -> Decision:
    """May answer, propose, comment: whoever sits at the table."""
    if sits_at_table(user, meeting):
        return yes("participant")
    return no("not_participant", _("Kun mødets deltagere kan gøre det."))


def may_follow(user: User, forum: Forum | None = None) -> Decision:
    """May have a calendar address: for one's own meetings (no forum), or for those of a forum one sits in or oversees.

    Asked when the address is made, and again each time it is fetched.
    """
    person = person_of(user)
    if person is None and getattr(user, "person", None) is not None:
        return no("person_left", _("Du er fratrådt."))
    if forum is None:
        if person is None:
            return no("no_person", _("Dit login er ikke knyttet til en person, så det har ingen møder."))
        return yes("own_meetings")
    if forum.retired_at is not None:
        return no("forum_retired", _("Forummet findes ikke længere."))
    if user.has_role(*SEES_ALL_MEETINGS):
        return yes("role")
    if forum.pk in own_forum_ids(user):
        return yes("member")
    return no("not_member", _("Du er ikke med i dette forum."))


def may_become(meeting: Meeting, status: str) -> Decision:
    """The state question, apart from the person question."""
    if status in TRANSITIONS[meeting.status]:
        return yes("transition")
    if meeting.status == MeetingStatus.CANCELLED:
        return no("meeting_cancelled", _("Mødet er aflyst."))
    if meeting.status == MeetingStatus.HELD:
        return no("meeting_held", _("Mødet er afholdt."))
    return no("meeting_state", _("Det kan mødet ikke lige nu."))


def may_change_agenda(meeting: Meeting, minutes: Minutes | None) -> Decision:
    """The agenda is open until the minutes are approved."""
    if meeting.status == MeetingStatus.CANCELLED:
        return no("meeting_cancelled", _("Mødet er aflyst."))
    if minutes is not None and minutes.status == MinutesStatus.APPROVED:
        return no(
            "minutes_approved", _("Referatet er godkendt og kan ikke ændres. Skriv en tilføjelse i stedet.")
        )
    return yes("open")


def may_use_level(forum: Forum, level: str) -> Decision:
    """A forum takes items up to its highest level; named items wait for the sharing rules."""
    if level_rank(level) > level_rank(forum.highest_level):
        return no(
            "level_above_forum",
            _("%(forum)s behandler ikke punkter på det niveau.") % {"forum": forum.name},
        )
    if level == Level.NAMED:
        return no("named_not_ready", _("Navngivne punkter kan endnu ikke tages op i Tovholder."))
    return yes("level")


def may_write_now(user: User, meeting: Meeting, minutes: Minutes | None) -> Decision:
    """May write minutes, take attendance and catch outcomes: from the start until the minutes are approved."""
    decision = may_write_minutes(user, meeting)
    if not decision:
        return decision
    if minutes is not None and minutes.status == MinutesStatus.APPROVED:
        return no(
            "minutes_approved", _("Referatet er godkendt og kan ikke ændres. Skriv en tilføjelse i stedet.")
        )
    if meeting.status == MeetingStatus.CANCELLED:
        return no("meeting_cancelled", _("Mødet er aflyst."))
    if meeting.status == MeetingStatus.PLANNED:
        return no("meeting_not_started", _("Mødet er ikke begyndt endnu."))
    return decision


def may_read_minutes(user: User, meeting: Meeting, minutes: Minutes | None) -> Decision:
    """Writers always; who sits at the table from the call for comments on; others when they are approved.

    Which items they then read is decided by `queries.items_visible_to`.
    """
    if may_write_minutes(user, meeting):
        return yes("writer")
    status = minutes.status if minutes is not None else MinutesStatus.DRAFT
    if status == MinutesStatus.APPROVED:
        return yes("approved")
    if status == MinutesStatus.COMMENTING and sits_at_table(user, meeting):
        return yes("commenting")
    return no("minutes_not_ready", _("Referatet er ikke sendt ud endnu."))


def may_meet_family(concern: Concern) -> Decision:
    """The family may be met, asked or sent anything. Not when somebody in it is suspected of violence (rule 22)."""
    if is_by_family(concern):
        return no("family_under_suspicion", SENTENCES["family_under_suspicion"].text)
    return yes("family")


def may_call_network(user: User, concern: Concern) -> Decision:
    """May begin to call a network meeting: who works on a named concern that has not ended."""
    decision = concerns.may_work(user, concern)
    if not decision:
        return decision
    if person_of(user) is None:
        return no("no_person", _("Dit login er ikke knyttet til en person."))
    if concern.level != Level.NAMED:
        return no("not_named", _("Et netværksmøde handler om et barn, der er nævnt ved navn."))
    if concern.has_ended:
        return no("concern_ended", _("Bekymringen er afsluttet. Genåbn den først."))
    family = may_meet_family(concern)
    return decision if family else family


def may_prepare_network(user: User, meeting: Meeting) -> Decision:
    """May take the steps of the calling: the initiator, still working on the concern, while the meeting is planned."""
    decision = concerns.may_work(user, meeting.network.concern)
    if not decision:
        return no("not_convener", _("Kun den, der indkalder til mødet, kan gøre det."))
    if meeting.status != MeetingStatus.PLANNED:
        return no("meeting_not_planned", _("Mødet kan kun ændres, mens det er planlagt."))
    return may_convene(user, meeting)


def may_take_over_network(user: User, meeting: Meeting) -> Decision:
    """May give the initiator's duties to another: the initiator, and who triages the concern."""
    decision = may_convene(user, meeting)
    return decision if decision else concerns.may_triage(user, meeting.network.concern)
