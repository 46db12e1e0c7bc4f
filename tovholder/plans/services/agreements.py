"""Changes to agreements. Each locks the row, acts on its fresh state, leaves a note and an audit line.

`allowed` is the right as the layer above has decided it (the minute taker of a running meeting, say); it replaces the
question of person asked here, never the question of state.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.directory.models import Person
from tovholder.forums.models import Forum
from tovholder.plans import policy
from tovholder.plans.models import Agreement, AgreementNote, AgreementStatus

Kind = AgreementNote.Kind


@transaction.atomic
def create_agreement(
    *,
    by: User | Person,
    forum: Forum,
    what: str,
    responsible: Person | None = None,
    helpers: Iterable[Person] = (),
    due_on: date | None = None,
    level: str = "general",
    allowed: Decision | None = None,
) -> Agreement:
    """Make an open agreement in a forum. Raises Refused when the actor, the forum or the level may not."""
    (allowed or policy.may_create(by, forum.pk)).require()
    agreement = _open(by, forum, what, responsible, helpers, due_on, level, predecessor=None)
    record(by=by, action="agreement.created", obj=agreement, details={"forum": forum.pk, "level": level})
    return agreement


@transaction.atomic
def mark_done(
    *, by: User | Person, agreement: Agreement, note: str = "", allowed: Decision | None = None
) -> None:
    """Close it as done."""
    _lock(agreement)
    (allowed or policy.may_report(by, agreement)).require()
    _close(by, agreement, AgreementStatus.DONE, text=note)
    record(by=by, action="agreement.done", obj=agreement)


@transaction.atomic
def stop(*, by: User | Person, agreement: Agreement, reason: str, allowed: Decision | None = None) -> None:
    """Close it as stopped, with the reason."""
    _lock(agreement)
    (allowed or policy.may_decide(by, agreement)).require()
    _close(by, agreement, AgreementStatus.STOPPED, text=reason, reason=reason)
    record(by=by, action="agreement.stopped", obj=agreement)


@transaction.atomic
def change(
    *,
    by: User | Person,
    agreement: Agreement,
    reason: str,
    what: str,
    responsible: Person | None,
    due_on: date | None,
    helpers: Iterable[Person] | None = None,
    allowed: Decision | None = None,
) -> Agreement:
    """Close it as changed with the reason and return the agreement that takes its place in the same forum."""
    _lock(agreement)
    (allowed or policy.may_decide(by, agreement)).require()
    kept = list(agreement.helpers.filter(left_on__isnull=True)) if helpers is None else helpers
    _close(by, agreement, AgreementStatus.CHANGED, text=reason, reason=reason)
    successor = _open(
        by, agreement.forum, what, responsible, kept, due_on, agreement.level, predecessor=agreement
    )
    record(by=by, action="agreement.changed", obj=agreement, details={"successor": successor.pk})
    return successor


@transaction.atomic
def continue_agreement(
    *,
    by: User | Person,
    agreement: Agreement,
    note: str = "",
    due_on: date | None = None,
    allowed: Decision | None = None,
) -> None:
    """Choose that it goes on, perhaps with a new date."""
    _lock(agreement)
    (allowed or policy.may_decide(by, agreement)).require()
    policy.must_be_open(agreement).require()
    fields = ["due_on"] if due_on is not None and due_on != agreement.due_on else []
    if fields:
        agreement.due_on = due_on
    _move(by, agreement, Kind.CONTINUED, text=note, fields=fields)
    record(by=by, action="agreement.continued", obj=agreement, details={"fields": fields})


@transaction.atomic
def add_status(
    *, by: User | Person, agreement: Agreement, text: str, allowed: Decision | None = None
) -> None:
    """Write in words how it goes."""
    _lock(agreement)
    (allowed or policy.may_report(by, agreement)).require()
    policy.must_be_open(agreement).require()
    if not text.strip():
        no("text_missing", _("Skriv, hvordan det går med aftalen.")).require()
    _move(by, agreement, Kind.STATUS, text=text)
    record(by=by, action="agreement.status_added", obj=agreement)


@transaction.atomic
def edit_agreement(
    *,
    by: User | Person,
    agreement: Agreement,
    what: str | None = None,
    responsible: Person | None = None,
    due_on: date | None = None,
    helpers: Iterable[Person] | None = None,
    allowed: Decision | None = None,
) -> None:
    """Correct it before the minutes are approved; None leaves a value as it is. A new person or date moves it."""
    _lock(agreement)
    (allowed or policy.may_decide(by, agreement)).require()
    policy.must_be_open(agreement).require()
    policy.may_be_given_to(responsible).require()
    moved, fields = [], []
    if responsible is not None and responsible.pk != agreement.responsible_id:
        agreement.responsible = responsible
        moved.append("responsible")
    if due_on is not None and due_on != agreement.due_on:
        agreement.due_on = due_on
        moved.append("due_on")
    if what is not None and what.strip() != agreement.what:
        agreement.what = _checked_what(what)
        fields.append("what")
    if helpers is not None or "responsible" in moved:
        chosen = agreement.helpers.all() if helpers is None else helpers
        if _set_helpers(agreement, chosen):
            fields.append("helpers")
    if not moved and not fields:
        return
    if moved:
        _move(by, agreement, Kind.RESCHEDULED, fields=[*moved, *(f for f in fields if f != "helpers")])
    elif "what" in fields:
        agreement.save(update_fields=["what"])
    record(by=by, action="agreement.edited", obj=agreement, details={"fields": [*moved, *fields]})


@transaction.atomic
def reopen(*, by: User | Person, agreement: Agreement, allowed: Decision | None = None) -> None:
    """Undo that it was done or stopped. If its forum has closed since, it opens in the one that took over."""
    _lock(agreement)
    right = policy.may_report if agreement.status == AgreementStatus.DONE else policy.may_decide
    (allowed or right(by, agreement)).require()
    policy.may_become(agreement, AgreementStatus.OPEN).require()
    agreement.forum = _living_forum(agreement.forum)
    policy.may_live_in(agreement.forum).require()
    agreement.status, agreement.reason = AgreementStatus.OPEN, ""
    agreement.closed_at, agreement.closed_by = None, ""
    _move(by, agreement, Kind.REOPENED, fields=["forum", "status", "reason", "closed_at", "closed_by"])
    record(by=by, action="agreement.reopened", obj=agreement, details={"forum": agreement.forum_id})


@transaction.atomic
def hand_over(
    *,
    by: User | Person,
    person: Person,
    to: Person,
    agreements: Iterable[Agreement] | None = None,
    allowed: Decision | None = None,
) -> int:
    """Give a person's open agreements (all of them when not named) to another, and return how many changed hands.

    Where the person only helps, the other one helps instead.
    """
    policy.may_be_given_to(to).require()
    if person.pk == to.pk:
        return 0
    chosen = None if agreements is None else [each.pk for each in agreements]
    open_ones = Agreement.objects.filter(status=AgreementStatus.OPEN)
    if chosen is not None:
        open_ones = open_ones.filter(pk__in=chosen)
    helped = list(open_ones.filter(helpers=person).exclude(responsible=person).order_by("pk"))
    owned = list(open_ones.filter(responsible=person).select_for_update().order_by("pk"))
    for agreement in [*owned, *helped]:
        (allowed or policy.may_hand_over(by, agreement)).require()
    for agreement in owned:
        agreement.responsible = to
        _set_helpers(agreement, agreement.helpers.exclude(pk=person.pk))
        _move(by, agreement, Kind.RESCHEDULED, fields=["responsible"])
        record(by=by, action="agreement.handed_over", obj=agreement, details={"from": person.pk, "to": to.pk})
    for agreement in helped:
        _set_helpers(agreement, [*agreement.helpers.exclude(pk=person.pk), to])
        record(
            by=by, action="agreement.helper_replaced", obj=agreement, details={"from": person.pk, "to": to.pk}
        )
    return len(owned) + len(helped)


@transaction.atomic
def move_to_forum(
    *, by: User | Person, agreements: Iterable[Agreement], forum: Forum, allowed: Decision | None = None
) -> None:
    """Let agreements follow into the forum that takes over. Refuses one whose level that forum may not take."""
    policy.may_live_in(forum).require()
    for agreement in sorted(agreements, key=lambda each: each.pk):
        _lock(agreement)
        (allowed or policy.may_move(by, agreement)).require()
        policy.may_use_level(forum, agreement.level).require()
        before = agreement.forum_id
        if before == forum.pk:
            continue
        agreement.forum = forum
        agreement.save(update_fields=["forum"])
        record(
            by=by, action="agreement.moved_to_forum", obj=agreement, details={"from": before, "to": forum.pk}
        )


def _lock(agreement: Agreement) -> None:
    """Lock the row and read it again, so that what follows acts on what is, not on what a page showed.

    One in a case by name has its own services, which keep its words sealed.
    """
    policy.must_be_ordinary(agreement).require()
    agreement.refresh_from_db(from_queryset=Agreement.objects.select_for_update())


def _living_forum(forum: Forum) -> Forum:
    seen = {forum.pk}
    while not forum.is_open and forum.successor is not None and forum.successor_id not in seen:
        forum = forum.successor
        seen.add(forum.pk)
    return forum


def _checked_what(what: str) -> str:
    text = " ".join(what.split())
    if not text:
        no("what_missing", _("Skriv, hvad aftalen er.")).require()
    limit = Agreement._meta.get_field("what").max_length or 0
    if len(text) > limit:
        no("what_too_long", _("Skriv aftalen med højst %(n)s tegn.") % {"n": limit}).require()
    return text


def _set_helpers(agreement: Agreement, helpers: Iterable[Person]) -> bool:
    """Set the helpers, without the responsible and those who have left. Return whether anything changed."""
    wanted = {each.pk for each in helpers if each.left_on is None and each.pk != agreement.responsible_id}
    present = set(agreement.helpers.values_list("pk", flat=True))
    if wanted != present:
        agreement.helpers.set(wanted)
    return wanted != present


def _open(
    by: User | Person,
    forum: Forum,
    what: str,
    responsible: Person | None,
    helpers: Iterable[Person],
    due_on: date | None,
    level: str,
    *,
    predecessor: Agreement | None,
) -> Agreement:
    forum = _living_forum(forum) if predecessor is not None else forum
    policy.may_live_in(forum).require()
    policy.may_use_level(forum, level).require()
    policy.may_be_given_to(responsible).require()
    now = timezone.now()
    agreement = Agreement.objects.create(
        forum=forum,
        what=_checked_what(what),
        responsible=responsible,
        due_on=due_on,
        level=level,
        predecessor=predecessor,
        created_at=now,
        created_by=by.audit_key,
        moved_at=now,
    )
    _set_helpers(agreement, helpers)
    return agreement


def _close(
    by: User | Person, agreement: Agreement, status: AgreementStatus, *, text: str, reason: str = ""
) -> None:
    policy.may_become(agreement, status).require()
    if status != AgreementStatus.DONE and not reason.strip():
        no("reason_missing", _("Skriv en begrundelse.")).require()
    agreement.status, agreement.reason = status, reason.strip()
    agreement.closed_by = by.audit_key
    agreement.closed_at = timezone.now()
    _move(by, agreement, Kind.CLOSED, text=text, fields=["status", "reason", "closed_at", "closed_by"])


def _move(
    by: User | Person,
    agreement: Agreement,
    kind: AgreementNote.Kind,
    *,
    text: str = "",
    fields: Iterable[str] = (),
) -> None:
    """Save the fields, note the step, and set the time from which meetings without movement are counted."""
    now: datetime = timezone.now()
    agreement.moved_at = now
    agreement.save(update_fields=[*fields, "moved_at"])
    AgreementNote.objects.create(
        agreement=agreement, kind=kind, text=text.strip(), at=now, by=by.audit_key, by_name=by.name
    )
