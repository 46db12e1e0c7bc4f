"""Nothing agreed is lost: open agreements stand on the next agenda of their forum until a person closes them.

A planned meeting shows them live. When the meeting starts, what stood on its agenda is written down once
(`CarriedAgreement`), which is what the invariant of issue A section 6 is checked against (rules 29 and 30).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Exists, F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from tovholder.access.levels import Level
from tovholder.audit.models import Actor
from tovholder.audit.services import record
from tovholder.forums.models import Forum
from tovholder.meetings.models import AgreementOrigin, CarriedAgreement, Meeting, MeetingKind, MeetingStatus
from tovholder.plans.models import Agreement, AgreementRules, AgreementStatus
from tovholder.plans.queries import rules, with_carried_count
from tovholder.statements import Given, GivenSet, Statement


def open_agreements(meeting: Meeting) -> QuerySet[Agreement]:
    """Return the agreements of the meeting's agenda, each once, with `carried_count`, earliest due date first.

    Before the start: all open agreements of the meeting's forums. From the start on: what was written down then,
    closed or not. An event carries none.
    """
    return _for_agenda(_on_agenda(meeting))


def _for_agenda(pks: Any) -> QuerySet[Agreement]:
    return (
        with_carried_count(Agreement.objects.filter(pk__in=pks))
        .select_related("responsible", "forum")
        .order_by(F("due_on").asc(nulls_first=True), "pk")
    )


def _on_agenda(meeting: Meeting) -> Any:
    """Return the ids of the agreements on the meeting's agenda."""
    if _carries_none(meeting):
        return CarriedAgreement.objects.none().order_by().values("agreement_id")
    return _live(meeting.forums.all()) if meeting.status == MeetingStatus.PLANNED else _written_down(meeting)


def _carries_none(meeting: Meeting) -> bool:
    return meeting.kind == MeetingKind.EVENT or meeting.status == MeetingStatus.CANCELLED


def _live(forums: QuerySet[Forum]) -> Any:
    return Agreement.objects.filter(forum__in=forums, status=AgreementStatus.OPEN).order_by().values("pk")


def _written_down(meeting: Meeting | Given) -> Any:
    return CarriedAgreement.objects.filter(meeting=meeting).order_by().values("agreement_id")


def with_choice(agreements: QuerySet[Any, Any], meeting: Meeting) -> QuerySet[Any, Any]:
    """Add `choice`: what the meeting chose, "" when it has not yet, None when it does not carry the agreement."""
    carried = CarriedAgreement.objects.filter(meeting=meeting, agreement=OuterRef("pk")).order_by()
    found: QuerySet[Any, Any] = agreements.annotate(choice=Subquery(carried.values("choice")[:1]))
    return found


def agreements_at(meeting: Meeting) -> list[Any]:
    """Return what was agreed at the meeting and what stands on its agenda, with all that minutes say about them.

    Each says `made_under` (the item's id, or None when it was made elsewhere), `on_agenda`, `choice` (`with_choice`)
    and `carried_count`.
    """
    made = AgreementOrigin.objects.filter(item__meeting=meeting)
    on_agenda = _on_agenda(meeting)
    found = with_carried_count(
        Agreement.objects.filter(pk__in=made.order_by().values("agreement_id").union(on_agenda))
    )
    rows = with_choice(found, meeting).annotate(
        made_under=Subquery(made.filter(agreement=OuterRef("pk")).values("item_id")[:1]),
        on_agenda=Exists(Agreement.objects.filter(pk=OuterRef("pk"), pk__in=on_agenda)),
    )
    return list(
        rows.select_related("responsible", "forum", "successor").prefetch_related("helpers").order_by("pk")
    )


def visible_open_agreements(meeting: Meeting, levels: Iterable[str]) -> QuerySet[Agreement]:
    """Return those of `open_agreements` at a level that the reader may see."""
    return open_agreements(meeting).filter(level__in=[str(Level(level)) for level in levels])


def open_agreements_shown(meeting: Meeting, levels: Iterable[str]) -> list[Agreement]:
    """Return `visible_open_agreements` as the agenda shows them."""
    if _carries_none(meeting):
        return []
    asked = _LIVE if meeting.status == MeetingStatus.PLANNED else _WRITTEN_DOWN
    return asked(meeting=meeting.pk, levels=levels)


_MEETING = Given("meeting", BigIntegerField())


def _readable(agreements: QuerySet[Agreement]) -> QuerySet[Agreement]:
    return agreements.filter(level__in=GivenSet("levels", Agreement._meta.get_field("level")))


_LIVE = Statement(lambda: _readable(_for_agenda(_live(Forum.objects.filter(meetings=_MEETING)))))
_WRITTEN_DOWN = Statement(lambda: _readable(_for_agenda(_written_down(_MEETING))))


@transaction.atomic
def snapshot(*, by: Actor, meeting: Meeting) -> int:
    """Write down which open agreements stand on the meeting's agenda; return how many are new.

    Called when the meeting starts, and again when it is started anew: what is already written stays.
    """
    if meeting.kind == MeetingKind.EVENT:
        return 0
    now = timezone.now()
    # Taken up again after it had ended: what was agreed at the meeting itself belongs to the next one.
    found = Agreement.objects.filter(
        forum__in=meeting.forums.all(), status=AgreementStatus.OPEN, created_at__lte=meeting.started_at or now
    ).exclude(pk__in=meeting.carried.values("agreement_id"))
    rows = [CarriedAgreement(meeting=meeting, agreement=each, created_at=now) for each in found]
    CarriedAgreement.objects.bulk_create(rows)
    if rows:
        record(by=by, action="meeting.agreements_carried", obj=meeting, details={"count": len(rows)})
    return len(rows)


@transaction.atomic
def forget_snapshot(*, by: Actor, meeting: Meeting) -> None:
    """Undo `snapshot` when a meeting was started by mistake and goes back to planned."""
    meeting.carried.filter(
        agreement__level=Level.NAMED
    ).delete()  # not to be counted in the meeting's own log
    count, _rows = meeting.carried.all().delete()
    record(by=by, action="meeting.agreements_uncarried", obj=meeting, details={"count": count})


def must_choose(meeting: Meeting, agreements: Iterable[Any] | None = None) -> list[Any]:
    """Return the carried agreements that stood at as many meetings as the rules allow without a choice (rule 30).

    `agreements` are those of the agenda, `with_choice`, where they are read already.
    """
    if agreements is None:
        agreements = with_choice(open_agreements(meeting), meeting)
    limit = carry_limit(meeting)
    return [each for each in agreements if each.is_open and each.choice == "" and each.carried_count >= limit]


def rule_facts() -> dict[str, Subquery]:
    """Return what a page of a meeting needs of the rules of follow-up, to be read with the meeting itself."""
    rule = AgreementRules.objects.filter(retired_at__isnull=True).order_by("pk")
    return {name: Subquery(rule.values(name)[:1]) for name in ("carry_limit", "default_due_days")}


def carry_limit(meeting: Meeting) -> int:
    """Return at how many meetings an agreement may stand without moving; from `rule_facts` where they are read."""
    if not hasattr(meeting, "carry_limit"):
        return rules().carry_limit
    return meeting.carry_limit or AgreementRules().carry_limit


@transaction.atomic
def record_choice(*, by: Actor, meeting: Meeting, agreement: Agreement, choice: str) -> None:
    """Remember what the meeting chose for a carried agreement (done, continue, change or stop).

    The change of the agreement itself is made by `plans.services`. Raises CarriedAgreement.DoesNotExist when the
    agreement was not on the meeting's agenda.
    """
    row = meeting.carried.select_for_update().get(agreement=agreement)
    row.choice = CarriedAgreement.Choice(choice)
    row.save(update_fields=["choice"])
    record(
        by=by,
        action="meeting.agreement_chosen",
        obj=meeting,
        details={"agreement": agreement.pk, "choice": str(row.choice)},
    )
