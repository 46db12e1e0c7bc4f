"""Who is made convener of a forum gets rights over it: written in the log by name, and told to the log reviewers at once.

It follows the log (settings.AFTER_RECORD), so no way there is – a page, an import, a hand-over, a merger – can forget it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.accounts.queries import log_reviewers
from tovholder.audit.models import Event
from tovholder.audit.services import record
from tovholder.forums.models import Membership
from tovholder.insights.services import mail_of_rights
from tovholder.outbox.models import OutgoingMail

MADE = "membership.made_convener"


@dataclass(frozen=True, slots=True)
class _Acting:
    """Whoever acted in the line that is followed."""

    audit_key: str


def follow(lines: Sequence[tuple[Event, models.Model | None]]) -> None:
    """Look among new lines of the log for seats that convene since now, in the same transaction."""
    places = [place for event, obj in lines for place in _seats(event, obj)]
    if not places:
        return
    wanted = Q(
        pk__in=[place["pk"] for place in places if "pk" in place]
    )  # thousands of them, in a large file
    for place in places:
        if "pk" not in place:
            wanted |= Q(**place)
    seats = list(_convening().filter(wanted))
    if seats:
        _tell(_Acting(lines[0][0].actor), seats, str(lines[0][0].details.get("import", "")))


def _seats(event: Event, obj: models.Model | None) -> Iterator[dict[str, int]]:
    """Yield where the seats are that the line may have given; the line itself knows only of roles by number."""
    details, action = event.details, event.action
    if action == "forum.created" and obj is not None:
        yield {"forum": obj.pk}
    if not isinstance(obj, Membership) or action == MADE:
        return
    if action in {"membership.started", "membership.restored"}:
        yield {"pk": obj.pk}
    elif action in {"membership.changed", "import.row_restored"}:
        fields = details.get("fields", ())
        if "role" in fields or ("valid_until" in fields and obj.valid_until is None):
            yield {"pk": obj.pk}
    elif action == "membership.handed_over" and obj.role.convenes:
        yield {"forum": obj.forum_id, "person": details["to"]}
    elif action == "membership.followed" and obj.role.convenes:
        yield {"forum": details["to"], "person": obj.person_id}


def _convening() -> QuerySet[Membership]:
    still = Q(valid_until__isnull=True) | Q(valid_until__gte=timezone.localdate())
    return Membership.objects.filter(still, role__convenes=True).order_by("pk")


def _tell(by: _Acting, seats: list[Membership], batch: str) -> None:
    for seat in seats:
        details = {"forum": seat.forum_id, "person": seat.person_id}
        record(by=by, action=MADE, obj=seat, details=details)
    about = f"rights:import:{batch}" if batch else "rights"
    if batch and OutgoingMail.objects.filter(about=about).exists():
        return  # a large file comes in handfuls: one mail for all of it
    lines = {"om": "forums.membership"}
    if len(seats) == 1 and not batch:
        lines["nummer"] = str(seats[0].pk)
    sentence = _(
        "Nogen er blevet tovholder for et forum i Tovholder. Se i loggen, hvem der gjorde det, "
        "og om det er i orden:"
    )
    mail_of_rights(sentence, lines, log_reviewers(), about=about)
