"""What leaves the log: a file of it, which is itself written down, and a word to those who review it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.audit.services import record
from tovholder.insights import policy
from tovholder.insights.queries import log
from tovholder.outbox.services import queue_mail


@transaction.atomic
def export_log(*, by: User, wanted: log.LogFilter) -> Iterator[list[str]]:
    """Return the rows of the file, headings first. The taking of it is logged, by names of fields only."""
    policy.may_read_log(by).require()
    cases = bool(policy.may_see_cases_in_log(by))
    found = log.events(wanted, cases=cases)
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    count = found.count()
    record(
        by=by, action="log.exported", kind=Event.Kind.READ, details={"rows": count, "filters": wanted.used}
    )
    return _rows(log.all_lines(found.filter(pk__lte=newest), cases=cases))


def _rows(lines: Iterator[log.LogLine]) -> Iterator[list[str]]:
    yield [
        _("Tidspunkt"),
        _("Hvem"),
        _("Hvad"),
        _("Slags"),
        _("Om"),
        _("Nummer"),
        _("Navn"),
        _("Grundlag"),
        _("Handling"),
    ]
    for line in lines:
        event = line.event
        yield [
            timezone.localtime(event.at).strftime("%Y-%m-%d %H:%M:%S"),
            line.who,
            line.what,
            event.get_kind_display(),
            line.thing,
            line.number,
            line.about,
            line.ground,
            event.action,
        ]


def tell_log_reviewers(*, user: User, reviewers: list[User]) -> None:
    """Mail those who review the log that a login has got rights: a link to its lines, and no name."""
    sentence = _(
        "Et login i Tovholder har fået eller mistet rettigheder. Se i loggen, hvem der gjorde det, "
        "og om det er i orden:"
    )
    mail_of_rights(sentence, {"om": "accounts.user", "nummer": user.pk}, reviewers, about="rights")


def mail_of_rights(sentence: str, lines: dict[str, Any], reviewers: Iterable[User], *, about: str) -> None:
    """Mail a sentence without names, and the address of the lines of the log that it is about."""
    link = f"{settings.PUBLIC_URL}{reverse('insights:log')}?{urlencode(lines)}"
    for reviewer in reviewers:
        queue_mail(
            to=reviewer.email,
            subject=_("Nye rettigheder i Tovholder"),
            body=_("Hej\n\n%(sentence)s\n\n%(link)s") % {"sentence": sentence, "link": link},
            about=about,
        )
