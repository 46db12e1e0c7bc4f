"""Agreements in a case by name are opened for reading: their words in clear for one page, and a line in the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from tovholder.access.decision import Decision
from tovholder.accounts.models import User
from tovholder.audit.services import record_reading
from tovholder.citizens.services.safe import Opened, Safe
from tovholder.concerns import policy as concerns
from tovholder.concerns.queries import Reader, readers_of_all
from tovholder.plans import policy
from tovholder.plans.models import Agreement, CaseAgreement
from tovholder.plans.wording import lacking


@dataclass(frozen=True, slots=True)
class CaseNoteView:
    kind: str
    text: Opened
    at: datetime
    by_name: str


@dataclass(frozen=True, slots=True)
class CaseAgreementView:
    """An agreement in clear, for one reader. Each text may be damaged or erased by itself."""

    case: CaseAgreement
    ground: str
    words: Opened
    sign_of_progress: Opened
    reason: Opened
    notes: tuple[CaseNoteView, ...]

    @property
    def agreement(self) -> Agreement:
        return self.case.agreement

    @property
    def lacks(self) -> str:
        """What an open one still lacks, in words; nothing where it has ended."""
        found = self.agreement
        return lacking(found.responsible, found.due_on) if found.is_open else ""


def seen_by(view: CaseAgreementView, *, works: bool) -> list[Reader]:
    """Return who reads this agreement, with the reason: who works on the case, and who has a part in the agreement.

    Who only has a part in it does not learn by name who works on the case (`queries.cases.people_for_case`).
    """
    agreement = view.agreement
    found = {each.person_id: each for each in readers_of_all(view.case.concern)} if works else {}
    parts = [(each, _("Hjælper med aftalen")) for each in agreement.helpers.all()]
    if agreement.responsible is not None:
        parts.insert(0, (agreement.responsible, _("Har aftalen")))
    for person, why in parts:
        reader = Reader(person.name, str(person.organisation or ""), _("Aftalen"), why, person.pk)
        found.setdefault(person.pk, reader)
    return list(found.values())


def show_case_agreements(
    *, by: User, cases: Iterable[CaseAgreement], purpose: str, allowed: Decision | None = None
) -> list[CaseAgreementView]:
    """Open these agreements for display, and write one line for each concern. Raises Refused for the first unreadable.

    `allowed` is the right as the layer above has decided it, for somebody before whom the case is open at a meeting.
    The number of queries does not grow with how many they are.
    """
    shown = list(cases)
    prefetch_related_objects(
        shown,
        "concern",
        "agreement__helpers__organisation",
        "agreement__responsible__organisation",
        "agreement__forum",
        "notes",
    )
    grounds = _grounds(by, shown, allowed)
    by_concern = defaultdict(list)
    for case in shown:
        by_concern[case.concern].append(case)
    with transaction.atomic(savepoint=False):
        for concern, some in by_concern.items():
            record_reading(
                by=by,
                action="case_agreement.read",
                obj=concern,
                purpose=purpose,
                ground=grounds[some[0].pk],
                details={"agreements": [each.agreement_id for each in some]},
            )
    return opened(shown, grounds, with_notes=True)


def opened(
    cases: list[CaseAgreement], grounds: dict[int, str], *, with_notes: bool
) -> list[CaseAgreementView]:
    """Open them for a caller that has asked and writes the line in the log itself."""
    safe = Safe.of(cases)
    return [_view(safe, case, grounds[case.pk], with_notes) for case in cases]


def _grounds(by: User, cases: list[CaseAgreement], allowed: Decision | None) -> dict[int, str]:
    """Return on what each is read. Who works on a concern is asked once for all that is agreed in it."""
    if allowed is not None:
        return {case.pk: allowed.require().basis for case in cases}
    works: dict[int, Decision] = {}
    grounds = {}
    for case in cases:
        if case.concern_id not in works:
            works[case.concern_id] = concerns.may_work(by, case.concern)
        decision = works[case.concern_id] or policy.may_read(by, case.agreement)
        grounds[case.pk] = decision.require().basis
    return grounds


def _view(safe: Safe, case: CaseAgreement, ground: str, with_notes: bool) -> CaseAgreementView:
    return CaseAgreementView(
        case=case,
        ground=ground,
        words=safe.read(case, "words"),
        sign_of_progress=safe.read(case, "sign_of_progress"),
        reason=safe.read(case, "reason"),
        notes=tuple(
            CaseNoteView(note.get_kind_display(), safe.read(note, "text"), note.at, note.by_name)
            for note in (case.notes.all() if with_notes else ())
        ),
    )
