"""What may be looked up about a name that is handed over: the municipality's own rules, or questions that say none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tovholder.meetings.models import LookupRule

Phase = LookupRule.Phase
# Where a municipality has written nothing: no rule of ours, only what to ask oneself.
NEUTRAL: tuple[tuple[str, str | Promise], ...] = (
    (Phase.BEFORE, _("Har vi en grund til at slå noget op om et navn, før vi har talt om det? Ellers vent.")),
    (Phase.DURING, _("Er oplysningen nødvendig for at aftale, hvem der handler? Sig ikke mere end det.")),
    (Phase.AFTER, _("Slå kun op i de sager, I har taget. Navne uden handling slås ikke op og slettes igen.")),
)


@dataclass(frozen=True, slots=True)
class Lookups:
    """The sentences by phase; `own` where they are the municipality's."""

    phases: tuple[tuple[str, tuple[str, ...]], ...]
    own: bool


def lookups() -> Lookups:
    """Return what may be looked up before, at and after the meeting, in one read."""
    found = list(LookupRule.objects.filter(retired_at__isnull=True).values_list("phase", "name"))
    return Lookups(_by_phase(found or NEUTRAL), own=bool(found))


def _by_phase(rules: Iterable[tuple[str, str | Promise]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    told = list(rules)
    phases = ((phase, tuple(str(text) for place, text in told if place == phase)) for phase in Phase)
    return tuple((str(phase.label), texts) for phase, texts in phases if texts)
