"""What is written of a case while its name is open, and afterwards until the minutes are approved; all of it sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import no, yes
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.citizens.services.safe import Safe
from tovholder.concerns import policy as concerns
from tovholder.concerns.models import ConcernStatus
from tovholder.concerns.services.course import set_status
from tovholder.directory.models import Person
from tovholder.meetings import policy
from tovholder.meetings.models import CaseItem, CaseOrigin, CaseText, MinutesStatus
from tovholder.meetings.services.cases import assess_room
from tovholder.meetings.services.cases_reading import ADDED, MINUTES
from tovholder.meetings.services.cases_room import is_closed
from tovholder.meetings.services.guarding import lock_meeting, lock_minutes
from tovholder.meetings.services.releasing import set_child_agrees
from tovholder.plans.models import Agreement
from tovholder.plans.services.case_agreements import make_case_agreement

LONGEST = 20_000


class CaseTextConflictError(Exception):
    """Somebody else has written since: both texts are shown."""

    def __init__(self, row: CaseText, text: str) -> None:
        super().__init__(str(row))
        self.row, self.text = row, text


@dataclass(frozen=True, slots=True)
class Saved:
    version: int
    at: datetime


def _locked(by: User, case_item: CaseItem) -> CaseItem:
    """Return the case, locked, for who may write in it now: open to the room, and the minutes not approved."""
    meeting = lock_meeting(case_item.meeting)
    minutes = lock_minutes(meeting)
    item = CaseItem.objects.select_for_update().select_related("concern").get(pk=case_item.pk)
    item.meeting = meeting
    policy.may_write_case(by, item).require()
    if minutes.status == MinutesStatus.APPROVED:
        no(
            "minutes_approved", _("Referatet er godkendt og kan ikke ændres. Skriv en tilføjelse i stedet.")
        ).require()
    if is_closed(item, assess_room(item)):
        no("case_closed", _("Sagen er lukket lige nu, så der kan ikke skrives i den.")).require()
    return item


@transaction.atomic
def save_case_text(
    *, by: User, case_item: CaseItem, text: str, base_version: int, key: str = MINUTES
) -> Saved:
    """Save a text of the case. Raises CaseTextConflictError when it was written since `base_version`, Refused."""
    item = _locked(by, case_item)
    if len(text) > LONGEST:
        raise ValidationError(_("Teksten er for lang. Skriv det vigtigste."))
    row, _made = CaseText.objects.select_for_update().get_or_create(case_item=item, key=key)
    row.case_item = item
    safe = Safe.of([row])
    if row.version != base_version:
        stands = safe.read(row, "text").text
        if stands != text:
            raise CaseTextConflictError(row, stands)
    now = timezone.now()
    if safe.write(row, text=text):
        row.version += 1
        row.saved_at, row.saved_by = now, by.name
        row.save()
        record(by=by, action="case_item.text_saved", obj=item, details={"version": row.version})
    return Saved(row.version, row.saved_at or now)


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What is noted beside the minutes: the child's view, and whether it is shared, or why there is none (rule 40)."""

    child_view: str = ""
    no_child_view: str = ""
    child_agrees: bool = False
    agreed_before: bool | None = None  # what the writer was shown; none for what is stored


@dataclass(frozen=True, slots=True)
class Information:
    """The duty to inform of what the name was opened for (rule 44): until when, when it was done, or why it is not."""

    information_due_on: date | None = None
    information_given_on: date | None = None
    no_information: str = ""


@transaction.atomic
def note_facts(*, by: User, case_item: CaseItem, facts: CaseFacts) -> CaseItem:
    """Write the child's view, and whether the child agrees that parents see it. Raises Refused, ValidationError by field.

    Only a choice made anew counts: what the writer was shown may be old, and a yes is to the words as they stood.
    """
    item = _locked(by, case_item)
    if facts.child_view.strip() and facts.no_child_view.strip():
        raise ValidationError(
            {"no_child_view": [_("Skriv enten barnets mening, eller hvorfor den mangler.")]}
        )
    if facts.child_agrees and not facts.child_view.strip():
        raise ValidationError({"child_agrees": [_("Skriv først, hvad barnet har sagt.")]})
    safe = Safe.of([item])
    agrees, shown = item.child_agrees, facts.agreed_before
    if facts.child_agrees != (agrees if shown is None else shown):
        agrees = facts.child_agrees
    elif safe.read(item, "child_view").text != facts.child_view.strip():
        agrees = False
    set_child_agrees(by=by, case_item=item, agrees=agrees)
    texts = ("child_view", "no_child_view")
    changed = safe.write(item, **{name: getattr(facts, name).strip() for name in texts})
    item.save(update_fields=changed)
    item.refresh_from_db(fields=["child_agrees", "released_at"])
    record(by=by, action="case_item.facts_noted", obj=item)
    return item


@transaction.atomic
def note_information(*, by: User, case_item: CaseItem, information: Information) -> CaseItem:
    """Write that the family was told, or why not. It is no part of the minutes: mostly it happens after their approval.

    The day it is due stays where none is given: a duty goes by its answer only. Raises Refused, ValidationError by field.
    """
    item = CaseItem.objects.select_for_update().select_related("concern", "meeting").get(pk=case_item.pk)
    policy.may_write_case(by, item).require()
    given, exception = information.information_given_on, information.no_information.strip()
    if given is not None and given > timezone.localdate():
        raise ValidationError({"information_given_on": [_("Datoen ligger i fremtiden.")]})
    if given is not None and exception:
        raise ValidationError(
            {"no_information": [_("Skriv enten, hvornår familien fik besked, eller hvorfor ikke.")]}
        )
    item.information_due_on = information.information_due_on or item.information_due_on
    item.information_given_on = given
    changed = Safe.of([item]).write(item, no_information=exception)
    item.save(update_fields=[*changed, "information_due_on", "information_given_on"])
    details = {"given": given is not None, "exception": bool(exception)}
    record(by=by, action="case_item.information_noted", obj=item, details=details)
    return item


@transaction.atomic
def agree(
    *, by: User, case_item: CaseItem, words: str, responsible: Person | None, due_on: date | None
) -> Agreement:
    """Make an agreement in the case: its words sealed, the agreement itself carries the code.

    Raises Refused, ValidationError by field: who does it must be one whom the rules let know of the case.
    """
    item = _locked(by, case_item)
    if item.concern.has_ended:
        raise ValidationError(
            _("Beslutningen har afsluttet sagen. Vælg en anden beslutning, hvis I også laver en aftale.")
        )
    made = make_case_agreement(
        by=by,
        concern=item.concern,
        forum=item.meeting.lead_forum,
        words=words,
        responsible=responsible,
        due_on=due_on,
        allowed=yes("decided_at_the_meeting"),
    )
    CaseOrigin.objects.create(agreement=made.agreement, case_item=item)
    record(by=by, action="case_item.agreed", obj=item, details={"agreement": made.agreement_id})
    return made.agreement


_STATUS = {
    CaseItem.Decision.TAKE_ON: ConcernStatus.CLARIFYING,
    CaseItem.Decision.WATCH: ConcernStatus.CLARIFYING,
    CaseItem.Decision.REFER: ConcernStatus.HANDED_OVER,
    CaseItem.Decision.CLOSE: ConcernStatus.NO_ACTION,
}


@transaction.atomic
def decide(*, by: User, case_item: CaseItem, decision: str) -> CaseItem:
    """Decide what becomes of a case; the concern follows. Decided again, the later word stands. Raises Refused.

    Without action the concern ends, and the name is erased when its days are over.
    """
    item = _locked(by, case_item)
    concerns.may_work(by, item.concern).require()
    wanted = _STATUS[CaseItem.Decision(decision)]
    if item.decision == decision:
        return item
    concern = item.concern
    word = str(CaseItem.Decision(decision).label)
    if concern.has_ended and concern.status != wanted:
        concern = set_status(
            by=by, concern=concern, status=ConcernStatus.REOPENED, reason=_("Beslutningen er ændret.")
        )
    if concern.status != wanted:
        reason = _("Besluttet på mødet: %(word)s.") % {"word": word}
        set_status(by=by, concern=concern, status=wanted, reason=reason)
    item.decision = CaseItem.Decision(decision)
    item.save(update_fields=["decision"])
    record(by=by, action="case_item.decided", obj=item, details={"decision": decision})
    return item


@transaction.atomic
def finish_case(*, by: User, case_item: CaseItem) -> CaseItem:
    """Close the name again when the case is through; what was said stays with those it was told to.

    Raises Refused, ValidationError while neither the child's view is written nor why it was not asked (rule 40).
    """
    item = _locked(by, case_item)
    if item.lacks_childs_view:
        raise ValidationError(_("Skriv barnets egen mening, eller hvorfor barnet ikke er hørt."))
    item.status, item.done_at = CaseItem.Status.DONE, timezone.now()
    item.save(update_fields=["status", "done_at"])
    record(by=by, action="case_item.done", obj=item)
    return item


@transaction.atomic
def take_off(*, by: User, case_item: CaseItem) -> CaseItem:
    """Take a planned case off the meeting: nobody was told. Raises Refused."""
    concerns.may_work(by, case_item.concern).require()
    item = CaseItem.objects.select_for_update().get(pk=case_item.pk)
    if item.status != CaseItem.Status.PLANNED:
        no("case_opened", _("Navnet er sagt på mødet, så sagen kan ikke tages af.")).require()
    item.status = CaseItem.Status.WITHDRAWN
    item.save(update_fields=["status"])
    record(by=by, action="case_item.withdrawn", obj=item)
    return item


@transaction.atomic
def add_note(*, by: User, case_item: CaseItem, text: str) -> CaseText:
    """Add a correction to the approved minutes of a case; what was approved stays (rule 46). Raises Refused."""
    item = CaseItem.objects.select_for_update().select_related("concern", "meeting").get(pk=case_item.pk)
    policy.may_write_case(by, item).require()
    if lock_minutes(item.meeting).status != MinutesStatus.APPROVED:
        no("not_approved", _("Referatet er ikke godkendt endnu. Ret direkte i det.")).require()
    if not text.strip():
        raise ValidationError({"text": [_("Skriv, hvad der skal tilføjes.")]})
    number = item.texts.filter(key__startswith=ADDED).count() + 1
    row = CaseText(case_item=item, key=f"{ADDED}{number}", version=1)
    row.saved_at, row.saved_by = timezone.now(), by.name
    Safe.of([row]).write(row, text=text.strip())
    row.save()
    record(by=by, action="case_item.note_added", obj=item, details={"number": number})
    return row
