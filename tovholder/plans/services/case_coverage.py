"""Who can be given an agreement in a case by name: what it says is told to them, so the sharing rules must cover them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.bases import LegalBasis
from tovholder.access.levels import Level
from tovholder.access.sharing import Case, CaseFault, ForumFrame, Participant, assess
from tovholder.accounts.models import RoleGrant, User
from tovholder.audit.models import Actor
from tovholder.citizens.models import Child
from tovholder.citizens.queries import sharing_rules
from tovholder.citizens.services.consents import as_the_rules_read_it
from tovholder.concerns.models import Concern
from tovholder.concerns.policy import NEVER, may_work
from tovholder.concerns.queries import triagers
from tovholder.directory.models import Person
from tovholder.directory.parties import as_participant

_BASES = (LegalBasis.RPL115, LegalBasis.EARLY_COOPERATION, LegalBasis.PARTICIPATION)


def uncovered_holders(concern: Concern, people: Iterable[Person], *, by: Actor | None = None) -> list[str]:
    """Return a sentence for each who cannot have an agreement in the case: left, a role that reads none, not covered.

    What consents name is told to `by` only where they read the consents; to others it says that it cannot be, not why.
    Covered is who works on the case, whose kind a basis covers on which the case is spoken of, or whose organisation a
    valid consent of every child of the case names. What could have been a basis, and is recorded nowhere, covers nobody.
    """
    asked = list(people)
    prefetch_related_objects(asked, "organisation__kind", "user")
    never = set(
        RoleGrant.objects.filter(user__person__in=asked, role__in=NEVER).values_list(
            "user__person", flat=True
        )
    )
    faults = []
    for person in asked:
        if person.left_on is not None:
            faults.append(_("%(person)s er fratrådt.") % {"person": person.name})
        elif person.pk in never:
            faults.append(_("%(person)s har en rolle, der ikke ser sager om børn.") % {"person": person.name})
    left = [each for each in asked if each.left_on is None and each.pk not in never]
    bases = _bases_of(concern) if left else set()
    outside = [each for each in left if not _by_basis(bases, as_participant(each))]
    if outside:
        outside = _without_consent(concern, outside)
    if outside:
        says = _("%(person)s må kun få aftalen, hvis et samtykke nævner %(place)s.")
        if not (isinstance(by, User) and may_work(by, concern)):
            says = _("%(person)s kan ikke få aftaler i sagen. Vælg en anden, eller spørg sagens ansvarlige.")
        faults += [
            says % {"person": each.name, "place": each.organisation or _("personens organisation")}
            for each in outside
        ]
    return faults


def _bases_of(concern: Concern) -> set[str]:
    """The bases of those on the case team, and of the meetings that have opened the name."""
    seats = concern.case_team.filter(until_at__isnull=True).values_list("basis").order_by()
    opened = concern.case_items.filter(status__in=("opened", "done")).values_list("basis").order_by()
    return {basis for (basis,) in seats.union(opened)}


def _by_basis(bases: set[str], who: Participant) -> bool:
    rules = sharing_rules()
    return any(rules.covers(basis, who) for basis in _BASES if basis in bases)


def _without_consent(concern: Concern, people: Sequence[Person]) -> list[Person]:
    works = set(concern.case_team.filter(until_at__isnull=True).values_list("person_id", flat=True))
    works.update(triagers(concern.district_id).values_list("pk", flat=True))
    asked = [each for each in people if each.pk not in works]
    links = list(concern.concern_children.select_related("child"))
    covered = [_named_in_consents(link.child, asked) for link in links]
    return [each for each in asked if not covered or not all(each.pk in some for some in covered)]


def _named_in_consents(child: Child, people: Sequence[Person]) -> set[int]:
    facts, consents = as_the_rules_read_it(child)
    case = Case(
        level=Level.NAMED,
        date=timezone.localdate(),
        forum=ForumFrame(highest_level=Level.NAMED),
        participants=tuple(map(as_participant, people)),
        child=facts,
        consents=consents,
    )
    try:
        coverage = assess(case, sharing_rules()).coverage
    except CaseFault:
        return set()
    return {each.pk for each in people if coverage[as_participant(each).id] != "none"}
