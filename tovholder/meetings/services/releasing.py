"""What the chair releases of a case to the family of one child: a text of its own, for all of them or for one."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import no
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.citizens.models import Adult, Child
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import Concern
from tovholder.concerns.services import childs_words as own_words
from tovholder.concerns.services.family_texts import childs_words, holds, may_reach_family
from tovholder.meetings import policy
from tovholder.meetings.models import CaseItem, CaseText, MeetingKind, MeetingStatus, MinutesStatus
from tovholder.meetings.services.cases_reading import ALL, FAMILY, YOUNG, only_for
from tovholder.meetings.services.minutes import minutes_of


@transaction.atomic
def release_to_family(
    *,
    by: User,
    case_item: CaseItem,
    child_id: int,
    text: str,
    audience: str = ALL,
) -> CaseText:
    """Write what the family of one child may read of the case. Raises Refused, ValidationError by field.

    The child's own words are not in it unless the child's yes is written beside them, or it is for the young person alone; a suspicion against
    the family is never released. Released once more, it takes the place of what was.
    """
    item = CaseItem.objects.select_for_update().select_related("concern", "meeting").get(pk=case_item.pk)
    policy.may_release(by, item).require()
    if item.meeting.status != MeetingStatus.HELD or item.opened_at is None:
        no("not_held", _("Vent, til mødet er slut.")).require()
    must_be_approved(item)
    child = Child.objects.filter(concern_links__concern=item.concern_id, pk=child_id).first()
    if child is None:
        no("case_unknown", _("Sagen findes ikke.")).require()
        raise AssertionError
    may_reach_family(item.concern).require()
    _check(item, child, text, audience)
    row, _made = CaseText.objects.select_for_update().get_or_create(
        case_item=item, key=f"{FAMILY}{child_id}{audience}"
    )
    row.case_item = item
    now = timezone.now()
    Safe.of([row]).write(row, text=text.strip())
    row.version, row.saved_at, row.saved_by = row.version + 1, now, by.name
    row.save()
    item.released_at = now
    item.save(update_fields=["released_at"])
    details = {"child": child_id, "audience": audience}
    record(by=by, action="case_item.released", obj=item, details=details)
    return row


def must_be_approved(item: CaseItem) -> None:
    """Raise Refused for a network meeting whose minutes can still change."""
    minutes = minutes_of(item.meeting) if item.meeting.kind == MeetingKind.NETWORK else None
    approved = minutes is not None and minutes.status == MinutesStatus.APPROVED
    if item.meeting.kind == MeetingKind.NETWORK and not approved:
        no("not_approved", _("Vent, til referatet er godkendt.")).require()


def _check(item: CaseItem, child: Child, text: str, audience: str) -> None:
    faults = {}
    if not text.strip():
        faults["text"] = _("Skriv, hvad familien må læse.")
    elif audience != YOUNG and any(holds(text, each) for each in childs_words(item.concern, child)):
        faults["text"] = _(
            "Teksten rummer barnets egne ord. Skriv først ved ordene, i forløbet eller ved mødet, at barnet er indforstået."
        )
    if audience not in {ALL, YOUNG, *(only_for(each) for each in _holders(child))}:
        faults["audience"] = _("Vælg en, der har forældremyndighed over barnet.")
    if faults:
        raise ValidationError({field: [fault] for field, fault in faults.items()})


def _holders(child: Child) -> list[int]:
    found = child.adults.filter(standing=Adult.Standing.CUSTODY)
    return list(found.values_list("pk", flat=True))


def childs_words_at_meetings(concern: Concern) -> list[str]:
    """Return what the child has said at meetings about the concern and does not agree to share (`settings.CHILDS_WORDS`)."""
    spoken = CaseItem.objects.filter(concern=concern, child_agrees=False).exclude(child_view=None)
    items = list(spoken.select_related("concern"))
    safe = Safe.of(items[:1])
    return [safe.read(each, "child_view").text for each in items]


@transaction.atomic
def set_child_agrees(*, by: User, case_item: CaseItem, agrees: bool) -> None:
    """Write that the child agrees that parents see its words from this meeting, or no longer does. Raises Refused.

    It is not part of the minutes: it can be written after their approval. Without it the words leave what a family reads,
    also where no yes was written.
    """
    policy.may_write_case(by, case_item).require()
    item = CaseItem.objects.select_for_update().select_related("concern").get(pk=case_item.pk)
    if item.child_agrees != agrees:
        item.child_agrees = agrees
        item.save(update_fields=["child_agrees"])
        record(by=by, action="case_item.child_agreement_set", obj=item, details={"agrees": agrees})
    if not agrees and item.child_view is not None:
        words = Safe.of([item]).read(item, "child_view").text
        own_words.take_words_back(by=by, concern=item.concern, words=words)


def take_words_back(*, by: User, concern: Concern, words: str) -> None:
    """Take back each text about the concern with these words of the child's in it, in the caller's transaction.

    What is for the young person alone stays. The caller has asked whether the user may (`settings.WORDS_TAKEN_BACK`).
    """
    for row, text in _released(concern):
        if holds(text, words):
            _delete(by, row)


def released_texts(concern: Concern) -> list[str]:
    """Return each text about the concern that the family can read (`settings.WORDS_RELEASED`)."""
    return [text for _row, text in _released(concern)]


def _released(concern: Concern) -> list[tuple[CaseText, str]]:
    rows = CaseText.objects.filter(case_item__concern=concern, key__startswith=FAMILY)
    found = [each for each in rows.select_related("case_item__concern") if not each.key.endswith(YOUNG)]
    safe = Safe.of([concern])
    return [(each, safe.read(each, "text").text) for each in found]


def _delete(by: User, row: CaseText) -> None:
    item, details = row.case_item, {"audience": row.key.removeprefix(FAMILY)}
    row.delete()
    if not item.texts.filter(key__startswith=FAMILY).exists():
        CaseItem.objects.filter(pk=item.pk).update(released_at=None)
    record(by=by, action="case_item.taken_back", obj=item, details=details)


@transaction.atomic
def take_back(*, by: User, case_item: CaseItem, text_id: int) -> None:
    """Let a family read a text no longer, from the next request on. Raises Refused."""
    policy.may_release(by, case_item).require()
    row = case_item.texts.filter(pk=text_id, key__startswith=FAMILY).first()
    if row is not None:
        _delete(by, row)
