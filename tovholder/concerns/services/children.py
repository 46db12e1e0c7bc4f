"""The children of a concern: laid on, looked up, seen, corrected, laid together. `citizens` opens what is sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no
from tovholder.access.sharing import SharingRules
from tovholder.accounts.models import User
from tovholder.audit.services import record, record_page
from tovholder.citizens.identity import Identity
from tovholder.citizens.models import Adult, Child
from tovholder.citizens.queries import possible_doubles
from tovholder.citizens.services import children as records
from tovholder.citizens.services import consents
from tovholder.citizens.services.children import ChildView
from tovholder.citizens.services.consents import ConsentView
from tovholder.citizens.services.kin import identify_adult
from tovholder.citizens.services.merging import AdultAnswers, merge_children
from tovholder.citizens.services.moving import would_be_lost
from tovholder.citizens.services.safe import Opened, Safe
from tovholder.citizens.services.unmerging import latest_undo, part_children
from tovholder.concerns import policy
from tovholder.concerns.models import Concern, ConcernChild, InformationDuty
from tovholder.concerns.policy import Part
from tovholder.concerns.queries import Reader, living_children, readers_of_all, visible_to
from tovholder.concerns.services.naming import lay_child_on
from tovholder.concerns.standing import rules


@dataclass(frozen=True, slots=True)
class ChildOnConcern:
    """A child of a concern in clear, for one page. `doubles` are the codes of what may be the same child."""

    link: ConcernChild
    view: ChildView
    duty: InformationDuty | None
    no_information: Opened
    doubles: tuple[Child, ...] = ()


def show_children_of(
    *, by: User, concern: Concern, purpose: str, only: ConcernChild | None = None
) -> list[ChildOnConcern]:
    """Open the children of a concern, or only one of them, each with its row in the log. Raises Refused.

    What may be the same child is told to triagers only.
    """
    decision = policy.may_read(by, concern, Part.ALL).require()
    links = list(living_children(concern)) if only is None else [only]
    children = [link.child for link in links]
    decisions = {child.pk: decision for child in children}
    views = records.show_children(by=by, decisions=decisions, children=children, purpose=purpose)
    return _on_concern(by, concern, links, views)


def show_whole_child(
    *, by: User, link: ConcernChild, rules: SharingRules
) -> tuple[ChildOnConcern, list[ConsentView]]:
    """Open a child of a concern and its consents for one page, with a row in the log for each. Raises Refused."""
    decision = policy.may_work(by, link.concern).require()
    told = [("child.read", link.child, "case"), ("consent.read", link.child, "consent")]
    record_page(by=by, readings=[(*each, decision.basis) for each in told])
    shown = _on_concern(by, link.concern, [link], records.in_clear([link.child]))[0]
    return shown, consents.in_clear(link.child, rules)


def _on_concern(
    by: User, concern: Concern, links: list[ConcernChild], views: list[ChildView]
) -> list[ChildOnConcern]:
    doubles = possible_doubles([link.child for link in links]) if _is_told(by, concern, links) else {}
    safe = Safe.of([concern])
    found = []
    for link, view in zip(links, views, strict=True):
        duty = getattr(link, "information", None)
        reason = Opened()
        if duty is not None:
            link.concern = concern
            duty.concern_child = link
            reason = safe.read(duty, "exception")
        found.append(ChildOnConcern(link, view, duty, reason, tuple(doubles.get(link.child_id, ()))))
    return found


def _is_told(by: User, concern: Concern, links: list[ConcernChild]) -> bool:
    return bool(links) and bool(policy.may_triage(by, concern))


@transaction.atomic
def register_child(
    *,
    by: User,
    concern: Concern,
    identity: Identity,
    part: str = ConcernChild.Part.SUBJECT,
    decision: Decision | None = None,
) -> ConcernChild:
    """Make a child's record and lay it on the concern. Raises Refused, ValidationError by field.

    Whether the child is known already is neither asked nor told here: who writes must not learn that a record exists.
    `decision` is for who raises a named concern (see `lay_child_on`).
    """
    allowed = (decision or policy.may_name(by, concern)).require()
    child = records.create_child(by=by, decision=allowed, identity=identity)
    return lay_child_on(by=by, concern=concern, child=child, part=part, decision=decision)


# For so long a record that was looked up can be laid on the concern it was looked up for.
FOUND_FOR = timedelta(hours=1)
_FOUND_SALT = "concerns.child_found"


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that may be the child that is looked for, as a triager sees it; `proof` that it was found, and by whom."""

    code: str
    name: Opened
    birth_date: Opened
    proof: str


@transaction.atomic
def look_up(*, by: User, concern: Concern, identity: Identity) -> list[Hit]:
    """Return records that may be this child, opened to a triager and logged. Raises Refused for everybody else."""
    decision = policy.may_triage(by, concern).require()
    found = records.find_children(by=by, decision=decision, identity=identity, purpose="triage")
    safe = Safe.of(found)
    return [
        Hit(
            each.code,
            safe.read(each, "name"),
            safe.read(each, "birth_date"),
            signing.dumps(_found(by, concern, each), salt=_FOUND_SALT),
        )
        for each in found
    ]


def _found(by: User, concern: Concern, child: Child) -> list[int]:
    return [by.pk, concern.pk, child.pk]


def known_child(*, by: User, concern: Concern, code: str, proof: str = "") -> Child | None:
    """Return the record that may be laid on the concern: one that was found for it, or of a case of theirs, or a double.

    None for any other, though it is there: a code opens nothing. The caller has asked `may_triage`.
    """
    living = Child.objects.filter(code=code, erased_at__isnull=True, merged_into__isnull=True)
    child = living.first()
    return child if child is not None and _may_be_laid_on(by, concern, child, proof) else None


def _may_be_laid_on(by: User, concern: Concern, child: Child, proof: str) -> bool:
    try:
        if signing.loads(proof, salt=_FOUND_SALT, max_age=FOUND_FOR) == _found(by, concern, child):
            return True
    except signing.BadSignature:
        pass
    if visible_to(by, Part.ALL).filter(concern_children__child=child).exists():
        return True
    doubles = possible_doubles([link.child for link in living_children(concern)])
    return any(child in each for each in doubles.values())


@transaction.atomic
def lay_known_child_on(
    *, by: User, concern: Concern, child: Child, part: str, proof: str = ""
) -> ConcernChild:
    """Lay a record that a triager has found (`known_child`) on the concern. Raises Refused, ValidationError."""
    policy.may_triage(by, concern).require()
    if not _may_be_laid_on(by, concern, child, proof):
        no("child_unknown", _("Slå barnet op igen.")).require()
    return lay_child_on(by=by, concern=concern, child=child, part=part)


@transaction.atomic
def change_child_of(*, by: User, concern: Concern, child: Child, identity: Identity) -> None:
    """Correct a child's record. Raises Refused, ValidationError by field, Erased."""
    decision = policy.may_work(by, concern).require()
    records.change_child(by=by, decision=decision, child=child, identity=identity)


@transaction.atomic
def set_part(*, by: User, link: ConcernChild, part: str) -> None:
    """Say what the child is in the concern: who it is about, suspected, victim, witness. Raises Refused."""
    policy.may_work(by, link.concern).require()
    if link.part != part:
        link.part = ConcernChild.Part(part)
        link.save(update_fields=["part"])
        details = {"child": link.child_id, "part": part}
        record(by=by, action="concern.child_part_set", obj=link.concern, details=details)


@transaction.atomic
def write_adult(
    *,
    by: User,
    concern: Concern,
    child: Child,
    adult: Adult | None,
    standing: str,
    name: str,
    contact: str,
    cpr: str = "",
    forget_cpr: bool = False,
) -> Adult:
    """Write down or correct a grown-up around the child. Raises Refused, ValidationError by field, Erased.

    Of `cpr` only a blind index is kept, by which the family is known when it logs in; empty leaves what is there.
    """
    decision = policy.may_work(by, concern).require()
    told = {"by": by, "decision": decision, "standing": standing, "name": name, "contact": contact}
    if adult is None:
        written = records.add_adult(child=child, **told)  # type: ignore[arg-type]
    else:
        written = records.change_adult(adult=adult, **told)  # type: ignore[arg-type]
    if cpr.strip() or forget_cpr:
        identify_adult(by=by, decision=decision, adult=written, cpr="" if forget_cpr else cpr)
    return written


@transaction.atomic
def twin_of(*, by: User, child: Child, code: str) -> Child | None:
    """Return the other record that may be laid together with a child: one that may be the same, or of a case of theirs.

    None for any other, though it is there: who was at a meeting about it knows its code. The caller has asked `may_triage`.
    """
    living = Child.objects.filter(code=code, erased_at__isnull=True, merged_into__isnull=True)
    twin = living.exclude(pk=child.pk).first()
    return twin if twin is not None and _may_be_seen_beside(by, child, twin) else None


def _may_be_seen_beside(by: User, child: Child, other: Child) -> bool:
    if visible_to(by, Part.ALL).filter(concern_children__child=other).exists():
        return True
    return other in possible_doubles([child])[child.pk]


def show_both(*, by: User, concern: Concern, one: Child, other: Child) -> list[ChildView]:
    """Open two records that may be one child, side by side, to a triager. Raises Refused."""
    decision = policy.may_triage(by, concern).require()
    decisions = {one.pk: decision, other.pk: decision}
    return records.show_children(by=by, decisions=decisions, children=[one, other], purpose="triage")


def seen_after_merge(*, by: User, kept: Child, gone: Child) -> tuple[list[Reader], list[Concern], bool]:
    """Return who sees the child once the two are one, from the cases that `by` reads whole, and those cases.

    The last tells whether there are cases that `by` does not read: who works on them sees the child, too.
    """
    about = Concern.objects.filter(concern_children__child__in=[kept, gone], erased_at__isnull=True)
    mine = list(visible_to(by, Part.ALL).filter(pk__in=about.values("pk")).order_by("pk"))
    found: dict[object, Reader] = {}
    for concern in mine:
        for each in readers_of_all(concern):
            found.setdefault(each.person_id or each.name, each)
    others = about.exclude(pk__in=[each.pk for each in mine]).exists()
    return list(found.values()), mine, others


@transaction.atomic
def merge(*, by: User, concern: Concern, kept: Child, gone: Child, answers: AdultAnswers) -> None:
    """Lay two records of one child together. Raises Refused, ValidationError."""
    decision = policy.may_triage(by, concern).require()
    if not concern.concern_children.filter(child__in=[kept, gone]).exists():
        raise ValidationError(_("Barnet er ikke på sagen. Hent siden igen."))
    if not (_may_be_seen_beside(by, kept, gone) and _may_be_seen_beside(by, gone, kept)):
        raise ValidationError(_("Det andet barn findes ikke. Hent siden igen."))
    days = rules().merge_undo_days
    merge_children(by=by, decision=decision, kept=kept, gone=gone, answers=answers, undo_days=days)


def can_be_undone(kept: Child, gone: Child) -> int:
    """Return for how many days the two could be parted again, were they laid together now; 0 where they could not."""
    days = rules().merge_undo_days
    return 0 if days and would_be_lost(kept, gone) else days


@transaction.atomic
def part(*, by: User, concern: Concern, child: Child) -> Child:
    """Part the child from the record that was laid together with it last. Raises Refused."""
    decision = policy.may_triage(by, concern).require()
    undo = latest_undo(child)
    if undo is None:
        no("undo_over", _("Der er ikke noget, der kan skilles igen.")).require()
        raise AssertionError
    return part_children(by=by, decision=decision, undo=undo)


@transaction.atomic
def answer_information(
    *, by: User, link: ConcernChild, given_on: date | None, exception: str
) -> InformationDuty:
    """Write down when the family was told that their child's record is here, or why not (rule 44).

    Raises Refused, ValidationError by field.
    """
    policy.may_work(by, link.concern).require()
    if (given_on is None) == (not exception.strip()):
        raise ValidationError(
            {"given_on": [_("Skriv enten datoen eller grunden til, at I ikke fortæller det.")]}
        )
    if given_on is not None and given_on > timezone.localdate():
        raise ValidationError({"given_on": [_("Datoen ligger i fremtiden.")]})
    duty, _made = InformationDuty.objects.get_or_create(
        concern_child=link, defaults={"due_on": timezone.localdate()}
    )
    duty.given_on, duty.answered_at, duty.answered_by = given_on, timezone.now(), by.audit_key
    Safe.of([duty]).write(duty, exception=exception.strip())
    duty.save()
    details = {"child": link.child_id, "given": given_on is not None}
    record(by=by, action="concern.information_answered", obj=link.concern, details=details)
    return duty
