"""A concern is raised, in a minute."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.levels import Level
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.citizens.identity import Identity
from tovholder.citizens.keys import keyring
from tovholder.citizens.keys.models import DataKey
from tovholder.citizens.services.children import create_child
from tovholder.citizens.services.safe import Safe
from tovholder.concerns import policy
from tovholder.concerns.lists import calls_for_notification
from tovholder.concerns.models import Category, Concern, Entry, ScaleLevel, Subject
from tovholder.concerns.services.naming import lay_child_on
from tovholder.concerns.services.telling import tell_of_grave
from tovholder.directory.models import District, Organisation
from tovholder.forums.standing import person_of

_TRIES = 5


@dataclass(frozen=True, slots=True)
class ConcernTexts:
    """What is written of a concern, in clear; lives only as long as it takes to seal it."""

    seen: str
    since: str = ""
    tried: str = ""
    works: str = ""
    factors: str = ""
    offence: str = ""

    def sealed(self) -> dict[str, str]:
        return {name: getattr(self, name).strip() for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class ConcernFacts:
    """What is chosen of a concern."""

    level: str
    subject: str
    district: District | None = None
    organisation: Organisation | None = None
    scale_level: ScaleLevel | None = None
    categories: Iterable[Category] = ()
    source: str = Concern.Source.STAFF


@transaction.atomic
def raise_concern(*, by: User, facts: ConcernFacts, texts: ConcernTexts) -> Concern:
    """Raise a concern under a key of its own. A named one gets its child from `naming.lay_child_on`.

    Raises Refused, ValidationError by field. The district is that of the organisation where none is chosen.
    One that reminds of the duty to notify is told to the triagers by mail.
    """
    policy.may_raise(by).require()
    _check(facts, texts)
    now = timezone.now()
    district = district_of(facts.district, facts.organisation)
    person = person_of(by)
    assert person is not None  # noqa: S101 - may_raise has asked
    concern = Concern(
        key=keyring.create(DataKey.Use.CONCERN),
        level=facts.level,
        subject=facts.subject,
        district=district,
        organisation=facts.organisation,
        scale_level=facts.scale_level,
        source=facts.source,
        raised_by=person,
        raised_at=now,
        status_at=now,
        named_at=now if facts.level == Level.NAMED else None,
    )
    Safe.of([concern]).write(concern, **texts.sealed())
    _save_with_code(concern)
    concern.categories.set(facts.categories)
    entry = Entry(concern=concern, kind=Entry.Kind.RAISED, status=concern.status, at=now)
    entry.by, entry.by_name = by.audit_key, person.name
    entry.save()
    record(by=by, action="concern.raised", obj=concern, details={"level": concern.level})
    if calls_for_notification(concern):
        tell_of_grave(by=by, concern=concern)
    return concern


def district_of(district: District | None, organisation: Organisation | None) -> District | None:
    """Return whose concern it becomes: the chosen district's, else that of the school or place."""
    return district or (organisation.district if organisation is not None else None)


@transaction.atomic
def raise_named(
    *, by: User, facts: ConcernFacts, texts: ConcernTexts, children: Sequence[Identity]
) -> Concern:
    """Raise a concern by name: each child gets a new record, whether one is known or not, and nobody is told which.

    All or nothing. Raises Refused, ValidationError by field. That two records may be one child is for triagers to see.
    """
    decision = policy.may_raise(by).require()
    if not children:
        raise ValidationError({"child_name_1": [_("Skriv barnets navn, eller vælg »uden navn«.")]})
    concern = raise_concern(by=by, facts=facts, texts=texts)
    for identity in children:
        child = create_child(by=by, decision=decision, identity=identity)
        lay_child_on(by=by, concern=concern, child=child, decision=decision)
    return concern


def _check(facts: ConcernFacts, texts: ConcernTexts) -> None:
    faults: dict[str, str] = {}
    if not texts.seen.strip():
        faults["seen"] = _("Skriv kort, hvad du har set eller hørt.")
    if facts.level == Level.NAMED and facts.subject not in {Subject.CHILD, Subject.GROUP}:
        faults["subject"] = _("Kun et barn eller en gruppe kan nævnes ved navn.")
    if facts.level == Level.GENERAL and facts.subject == Subject.CHILD:
        faults["level"] = _("Et barn er enten anonymt eller nævnt ved navn.")
    if faults:
        raise ValidationError({field: [text] for field, text in faults.items()})


def _save_with_code(concern: Concern) -> None:
    """Save under the next code of the year. Two at once: the second takes the number after."""
    for _attempt in range(_TRIES):
        concern.code = next_code()
        try:
            with transaction.atomic():
                concern.save()
                return
        except IntegrityError:
            if not Concern.objects.filter(code=concern.code).exists():
                raise
    raise IntegrityError("no free case code")


def next_code() -> str:
    """Return the next free code of the year; two who ask at once get the same, and one of them asks again."""
    year = f"{timezone.localdate():%y}-"
    last = (
        Concern.objects.filter(code__startswith=year).order_by("-pk").values_list("code", flat=True).first()
    )
    return f"{year}{int(last[3:]) + 1 if last else 1:03d}"
