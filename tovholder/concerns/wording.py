"""Words for a concern that more than one page uses."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from django.db.models import CharField
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tovholder.concerns.models import Concern, ConcernStatus, Factor
from tovholder.statements import GivenSet, Statement


def public_status(concern: Concern) -> str:
    """What who raised it learns: received, being handled, concluded."""
    if concern.has_ended:
        return _("Afsluttet")
    return _("Modtaget") if concern.status == ConcernStatus.NEW else _("Behandles")


def age_of(at: datetime) -> str:
    """Write how long ago it is: "3 dage", "2 timer", "lige nu"."""
    gone = timezone.now() - at
    if gone.days:
        return ngettext("%(n)d dag", "%(n)d dage", gone.days) % {"n": gone.days}
    hours = gone.seconds // 3600
    return ngettext("%(n)d time", "%(n)d timer", hours) % {"n": hours} if hours else _("lige nu")


def factor_words(factors: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the words of both sides: those of the set-up by name, own words as they stand."""
    wanted: Iterable[str] = [each for side in factors.values() for each in side]
    names = dict(_NAMES(keys=set(wanted))) if wanted else {}
    return {side: [names.get(each, each) for each in words] for side, words in factors.items()}


_NAMES = Statement(
    lambda: Factor.objects.filter(key__in=GivenSet("keys", CharField())).order_by().values_list("key", "name")
)


def factors_json(risk: list[str], protective: list[str]) -> str:
    """Return both sides as they are sealed."""
    return json.dumps({"risk": risk, "protective": protective}, ensure_ascii=False)
