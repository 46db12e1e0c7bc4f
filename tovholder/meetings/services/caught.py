"""What has been caught under an item, of every kind, read in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import CharField, DateField, F, TextField, Value
from django.db.models.functions import Cast, Coalesce

from tovholder.meetings.models import AgendaItem, Outcome, Topic, TopicStatus
from tovholder.plans.models import Agreement, AgreementStatus

AGREEMENT, TOPIC = "agreement", "topic"


@dataclass(frozen=True, slots=True)
class Caught:
    """One line: an agreement, an outcome of its kind, or a topic. `who` is who does it, or whom it is for."""

    kind: str
    pk: int
    text: str
    who: str
    more: str
    due_on: date | None
    status: str

    @property
    def is_open(self) -> bool:
        return self.status in {"", AgreementStatus.OPEN}

    @property
    def status_word(self) -> str:
        return str(AgreementStatus(self.status).label) if self.status else ""


def caught_under(item: AgendaItem) -> list[Caught]:
    """Return what the item has led to so far: agreements, then outcomes, then topics, each in the order of writing.

    `more` is an agreement's forum or why a topic should be taken up.
    """
    nothing, never = Value("", output_field=TextField()), Cast(Value(None), DateField())
    agreements = Agreement.objects.filter(origin__item=item).values_list(
        Value(1),
        Value(AGREEMENT, output_field=CharField()),
        "pk",
        Cast("what", TextField()),
        Coalesce(F("responsible__name"), nothing, output_field=TextField()),
        Cast("forum__name", TextField()),
        "due_on",
        "status",
    )
    outcomes = Outcome.objects.filter(item=item).values_list(
        Value(2),
        "kind",
        "pk",
        "text",
        Coalesce(F("to_forum__name"), F("to_person__name"), nothing, output_field=TextField()),
        nothing,
        never,
        nothing,
    )
    topics = (
        Topic.objects.filter(from_item=item)
        .exclude(status=TopicStatus.ARCHIVED)
        .values_list(Value(3), Value(TOPIC), "pk", "heading", nothing, "why", never, nothing)
    )
    parts = (agreements.order_by(), outcomes.order_by(), topics.order_by())
    rows = parts[0].union(*parts[1:], all=True)
    return [Caught(*row[1:]) for row in sorted(rows, key=lambda row: (row[0], row[2]))]
