"""What is chosen of a concern is corrected: how grave it is, what it is about, and where the child belongs."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tovholder.access.decision import no
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.concerns import policy
from tovholder.concerns.lists import calls_for_notification
from tovholder.concerns.models import Category, Concern, Entry, ScaleLevel
from tovholder.concerns.queries import triagers
from tovholder.concerns.services.course import write_entry
from tovholder.concerns.services.telling import tell_of_grave
from tovholder.directory.models import District, Organisation

# Of these it depends whether the concern calls for notification, and what is said of it.
GRAVE = frozenset({"scale_level", "categories"})
_TURNED_GRAVE = gettext_lazy("Oplysningerne er rettet, så sagen nu minder om pligten til at underrette.")


@transaction.atomic
def correct_facts(
    *,
    by: User,
    concern: Concern,
    scale_level: ScaleLevel | None,
    categories: Iterable[Category],
    organisation: Organisation | None,
    district: District | None,
    version: int | None = None,
) -> frozenset[str]:
    """Set what is chosen of a concern to exactly this; return the names of what changed. Raises Refused, ValidationError.

    `version` is what the reader saw: where somebody else has changed it since, nothing is written. Another district opens
    it to other triagers and shuts it to those of the old one (`queries.gains_and_losses`). One that now reminds of the duty
    to notify, or brings that duty to another district, is told to the triagers by mail, as one raised so.
    """
    policy.may_work(by, concern).require()
    concern = Concern.objects.select_for_update().get(pk=concern.pk)
    if version is not None and concern.version != version:
        raise ValidationError(
            _("En anden har ændret sagen imens. Se den, som den er nu, og ret igen."), code="conflict"
        )
    if concern.has_ended:
        no("concern_ended", _("Bekymringen er afsluttet. Genåbn den først.")).require()
    was_grave, district_before = calls_for_notification(concern), concern.district_id
    wanted = {"scale_level": scale_level, "organisation": organisation, "district": district}
    fields = {name for name, value in wanted.items() if getattr(concern, name) != value}
    chosen = {each.pk for each in categories}
    changed = set(fields)
    if chosen != set(concern.categories.values_list("pk", flat=True)):
        concern.categories.set(chosen)
        changed.add("categories")
    if not changed:
        return frozenset()
    for name in fields:
        setattr(concern, name, wanted[name])
    concern.version += 1
    concern.save(update_fields=[*sorted(fields), "version"])
    record(by=by, action="concern.facts_set", obj=concern, details={"changed": sorted(changed)})
    if calls_for_notification(concern):
        if not was_grave:
            write_entry(by=by, concern=concern, kind=Entry.Kind.NOTE, text=str(_TURNED_GRAVE))
            record(by=by, action="concern.turned_grave", obj=concern)
        if not was_grave or "district" in changed:
            had = set(triagers(district_before).values_list("pk", flat=True))
            tell_of_grave(by=by, concern=concern, known_to=had)
    return frozenset(changed)
