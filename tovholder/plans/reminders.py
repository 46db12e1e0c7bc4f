"""The digest of deadlines: at most one mail a person a day, with counts and links and nothing of the content."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.levels import Level
from tovholder.accounts.models import RoleGrant, User
from tovholder.audit.models import SYSTEM
from tovholder.audit.services import record
from tovholder.concerns.policy import NEVER
from tovholder.directory.models import Person
from tovholder.outbox.services import queue_mail
from tovholder.plans import links
from tovholder.plans.models import Agreement, AgreementRules, AgreementStatus, ReminderSent
from tovholder.plans.queries import rules

SEND_FROM = time(7, 0)
# When the worker was down on the day, the reminder is still sent within a week.
LOOK_BACK = timedelta(days=7)
AFTERWARDS_EVERY = 7


def send_due(now: datetime | None = None) -> int:
    """Queue the digests that are due today and return how many; run each minute by the worker."""
    local = timezone.localtime(now)
    if local.time() < SEND_FROM:
        return 0
    today, rule = local.date(), rules()
    return sum(
        _send(person, agreements, today, rule) for person, agreements in _due_by_person(today, rule).items()
    )


def days_of_reminder(agreement: Agreement, rule: AgreementRules, until: date) -> Iterable[date]:
    """Yield the days on which the agreement gives cause for a reminder, up to `until`.

    Some days before the deadline, some days after it, then every week. Never on the day it was made.
    """
    if agreement.due_on is None:
        return
    made = timezone.localtime(agreement.created_at).date()
    days = [agreement.due_on - timedelta(days=rule.remind_days_before)]
    after = agreement.due_on + timedelta(days=max(1, rule.remind_days_after))
    while after <= until:
        days.append(after)
        after += timedelta(days=AFTERWARDS_EVERY)
    yield from (day for day in days if made < day <= until)


def switch(*, by: User | Person, person: Person, wanted: bool) -> None:
    """Turn a person's reminders on or off."""
    with transaction.atomic():
        person.wants_reminders = wanted
        person.save(update_fields=["wants_reminders"])
        action = "reminders.switched_on" if wanted else "reminders.switched_off"
        record(by=by, action=action, obj=person)


def switched_sentence(person: Person) -> str:
    if person.wants_reminders:
        return _("Du får nu påmindelser om frister på mail.")
    return _("Du får ikke længere påmindelser om frister på mail.")


def _due_by_person(today: date, rule: AgreementRules) -> dict[Person, list[Agreement]]:
    """Return who is to have a digest today, with all their agreements that are over or soon due."""
    soon = today + timedelta(days=rule.remind_days_before)
    never = RoleGrant.objects.filter(user=OuterRef("responsible__user"), role__in=NEVER)
    found = (
        Agreement.every.filter(
            status=AgreementStatus.OPEN,
            due_on__lte=soon,
            responsible__wants_reminders=True,
            responsible__left_on__isnull=True,
        )
        .exclude(responsible__email="")
        .exclude(Exists(never), level=Level.NAMED)
        .exclude(responsible__in=ReminderSent.objects.filter(on=today).values("person"))
        .select_related("responsible__user")
        .order_by("due_on", "pk")
    )
    by_person: dict[Person, list[Agreement]] = defaultdict(list)
    for agreement in found:
        if agreement.responsible is not None:
            by_person[agreement.responsible].append(agreement)
    last = _last_digests(by_person)
    return {
        person: agreements
        for person, agreements in by_person.items()
        if _has_cause(agreements, rule, today, after=last.get(person.pk))
    }


def _last_digests(people: Iterable[Person]) -> dict[int, date]:
    rows = ReminderSent.objects.filter(person__in=list(people)).values_list("person").annotate(last=Max("on"))
    return dict(rows)


def _has_cause(agreements: list[Agreement], rule: AgreementRules, today: date, *, after: date | None) -> bool:
    since = max(after or date.min, today - LOOK_BACK)
    return any(day > since for each in agreements for day in days_of_reminder(each, rule, today))


def _send(person: Person, agreements: list[Agreement], today: date, rule: AgreementRules) -> int:
    try:
        with transaction.atomic():
            ReminderSent.objects.create(person=person, on=today)
            queue_mail(
                to=person.email,
                subject=_("Påmindelse om frister i Tovholder"),
                body=digest_text(person, agreements, today),
                about=f"reminder:{person.pk}",
            )
            record(by=SYSTEM, action="reminders.sent", obj=person, details={"count": len(agreements)})
    except IntegrityError:  # another worker was first
        return 0
    return 1


def digest_text(person: Person, agreements: list[Agreement], today: date) -> str:
    """Write the mail: how many, where to see them, how to be free of it. No names, nothing of what was agreed.

    One in a case by name is called by the case code, which says nothing about the child.
    """
    over = sum(each.due_on is not None and each.due_on < today for each in agreements)
    lines = [_("Hej"), "", _counts(soon=len(agreements) - over, over=over), ""]
    if person.user is not None and person.user.is_active:
        lines += [_("Se dem her:"), f"{settings.PUBLIC_URL}{reverse('plans:mine')}"]
    else:
        lines.append(_("Skriv her, hvordan det går. Linkene er dine egne, så send dem ikke videre."))
        for number, agreement in enumerate(agreements, start=1):
            named = agreement.level == Level.NAMED
            called = f"{agreement.what}:" if named else _("Aftale %(n)s:") % {"n": number}
            lines += [called, links.answer_url(agreement, person)]
    lines += [
        "",
        _("Vil du ikke have påmindelser? Slå dem fra her:"),
        links.reminders_url(person),
        "",
        "Tovholder",
    ]
    return "\n".join(lines)


def _counts(*, soon: int, over: int) -> str:
    aftale = _("aftale") if soon == 1 else _("aftaler")
    if soon and over:
        return _("Du har %(soon)s %(word)s med frist snart og %(over)s over fristen.") % {
            "soon": soon, "word": aftale, "over": over,
        }  # fmt: skip
    if soon:
        return _("Du har %(soon)s %(word)s med frist snart.") % {"soon": soon, "word": aftale}
    return _("Du har %(over)s %(word)s over fristen.") % {
        "over": over, "word": _("aftale") if over == 1 else _("aftaler"),
    }  # fmt: skip
