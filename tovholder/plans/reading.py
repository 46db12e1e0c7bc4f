"""To be shown an agreement that is not general is an event too: who saw which, and where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.audit.services import record_reading
from tovholder.plans.models import Agreement

# Who may read it: the responsible, helpers, the forum's members (policy.may_read).
PART_OR_MEMBER = "part_or_member"


def note_reading(
    *, by: User, agreements: Iterable[Any], purpose: str, about: models.Model | None = None
) -> Event | None:
    """Write one log line when the agreements, as shown to the reader, hold anonymous ones; none otherwise.

    Call it once for each page view or file with what is shown. The line is about the agreement when there is one
    only, else about the row that the list belongs to, as a forum; all are named in it.
    """
    seen = {each.pk: each for each in agreements if each.level != Level.GENERAL}
    if not seen:
        return None
    only: Agreement | None = next(iter(seen.values())) if len(seen) == 1 else None
    return record_reading(
        by=by,
        action="agreement.anonymous_read",
        obj=only or about,
        purpose=purpose,
        ground=PART_OR_MEMBER,
        details={"agreements": sorted(seen)},
    )
