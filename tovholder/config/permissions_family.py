"""What a family reads of its own child, asked of the rules in a small invented world: the family's table of the page of permissions.

Nobody of a family is a user (decision 0014), so they have columns of their own: what each is to the child, and its age.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from tovholder.access.bases import LegalBasis
from tovholder.access.levels import Level
from tovholder.citizens.identity import Identity
from tovholder.citizens.keys import keyring
from tovholder.citizens.keys.models import DataKey
from tovholder.citizens.keys.router import KEYS
from tovholder.citizens.models import Adult, Child, ChildToken
from tovholder.citizens.services.kin import token_of
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import Category, Concern, ConcernChild, Subject
from tovholder.directory.models import Person
from tovholder.forums.models import Forum, ForumType
from tovholder.meetings.models import CaseItem, CaseText, Meeting, MeetingStatus
from tovholder.meetings.services import own_child
from tovholder.meetings.services.cases_reading import ALL, FAMILY, YOUNG, only_for
from tovholder.plans.models import CasePlan, PlanRelease

AGES = (14, 16, 18)
CUSTODY, NO_CUSTODY, FOSTER = Adult.Standing.CUSTODY, Adult.Standing.NO_CUSTODY, Adult.Standing.FOSTER
GROWN_UPS = {
    "first": CUSTODY, "second": CUSTODY, "without custody": NO_CUSTODY, "foster parent": FOSTER,
}  # fmt: skip


@dataclass(frozen=True)
class Kin:
    """A column: who shows an identity, and how old the child is."""

    title: str
    is_what: str
    age: int


COLUMNS = (
    Kin("Custody holder, child of 14", "first", 14),
    Kin("The other custody holder", "second", 14),
    Kin("Custody holder, child of 16", "first", 16),
    Kin("Custody holder, child of age", "first", 18),
    Kin("The child itself, 14", "itself", 14),
    Kin("The young person, 16", "itself", 16),
    Kin("The young person, of age", "itself", 18),
    Kin("Parent without custody", "without custody", 14),
    Kin("Foster parent", "foster parent", 14),
    Kin("Another child's custody holder", "another", 14),
)


@dataclass
class Home:
    """A child of some age, its family by what each is, and what there is to be released, by for whom."""

    child: Child
    concern: Concern
    plan: CasePlan
    tokens: dict[str, bytes] = field(default_factory=dict)
    items: dict[str, CaseItem] = field(default_factory=dict)


Homes = dict[int, Home]
# A row: what is read, after what has come to pass.
Row = tuple[str, Callable[[Home], object] | None]


def _suspect(concern: Concern) -> None:
    category = Category.objects.create(
        key=f"reference-{concern.pk}", name="Reference", suspicion=Category.Suspicion.BY_FAMILY
    )
    concern.categories.add(category)


def _other_case(home: Home, *, ended: bool = False) -> None:
    other = _concern(ended=ended)
    ConcernChild.objects.create(concern=other, child=home.child)
    _suspect(other)


def _take_back(home: Home) -> None:
    CaseText.objects.all().delete()
    CaseItem.objects.update(released_at=None)


def _set(model: type[Meeting | CaseItem | Concern], **values: object) -> Callable[[Home], object]:
    manager = getattr(model, "every", model._base_manager)
    return lambda _home: manager.update(**values)


ROWS: dict[str, Row] = {
    "read what the chair released to all of them": (ALL, None),
    "read what was released to the first custody holder alone": ("first", None),
    "read what was released to the young person alone": (YOUNG, None),
    "read the page of who does what, released": ("plan", None),
    "read it after it was taken back": (ALL, _take_back),
    "read it while the meeting is not over": (ALL, _set(Meeting, status=MeetingStatus.RUNNING)),
    "read it when the case was taken off the meeting": (ALL, _set(CaseItem, status=CaseItem.Status.WITHDRAWN)),
    "read it while somebody in the family is suspected in the case": (ALL, lambda home: _suspect(home.concern)),
    "read it while that is so in another open case of the child": (ALL, _other_case),
    "read it when that other case has ended": (ALL, lambda home: _other_case(home, ended=True)),
    "read it when the case is erased": (ALL, _set(Concern, erased_at=timezone.now())),
}  # fmt: skip


def family_table() -> str:
    """Return the table as Markdown. Leaves nothing behind in either database."""
    titles = [each.title for each in COLUMNS]
    lines = [
        "## What a family reads of its own child, behind a real identity",
        "",
        "Asked of `meetings/services/own_child.py`. A family has no login and no role; to whom nothing is released the page "
        "says the same, whether the child is known or not. The ages are set-up (`[sharing]`), here as shipped.",
        "",
        "| May … | " + " | ".join(titles) + " |",
        "|---" * (len(titles) + 1) + "|",
    ]
    with transaction.atomic(), transaction.atomic(using=KEYS):
        homes = {age: _make_home(age) for age in AGES}
        for label, row in ROWS.items():
            cells = [_ask(homes, each, *row) for each in COLUMNS]
            lines.append(f"| {label} | " + " | ".join(cells) + " |")
        transaction.set_rollback(True)
        transaction.set_rollback(True, using=KEYS)
    return "\n".join([*lines, ""])


def _ask(homes: Homes, kin: Kin, what: str, happens: Callable[[Home], object] | None) -> str:
    home = homes[kin.age]
    token = homes[16].tokens["first"] if kin.is_what == "another" else home.tokens[kin.is_what]
    with transaction.atomic():
        if happens is not None:
            happens(home)
        read: object
        if what == "plan":
            read = own_child.read_plan(token, home.child.code, home.plan.pk)
        else:
            read = own_child.read_minutes(token, home.child.code, home.items[what].pk)
        transaction.set_rollback(True)
    return own_child.GROUND.replace("_", " ") if read is not None else "–"


def _concern(*, ended: bool = False) -> Concern:
    now = timezone.now()
    return Concern.objects.create(
        code=f"reference-{Concern.objects.count()}", key=keyring.create(DataKey.Use.CONCERN), level=Level.NAMED,
        subject=Subject.CHILD, raised_by=Person.objects.create(name="Reference"), raised_at=now, status_at=now, named_at=now,
        status="closed" if ended else "new", ended_at=now if ended else None,
    )  # fmt: skip


def _make_home(age: int) -> Home:
    child, concern = _child(age), _concern()
    ConcernChild.objects.create(concern=concern, child=child)
    plan = CasePlan.objects.create(concern=concern, child=child)
    home = Home(child, concern, plan, {"itself": token_of(_cpr(age, 0))})
    audiences = {ALL: ALL, YOUNG: YOUNG}
    for number, (title, standing) in enumerate(GROWN_UPS.items(), start=1):
        token = home.tokens[title] = token_of(_cpr(age, number))
        adult = Adult.objects.create(child=child, standing=standing, identity=token)
        if title == "first":
            audiences["first"] = only_for(adult.pk)
    for title, audience in audiences.items():
        home.items[title] = _released(home, audience)
    release = PlanRelease(plan=plan, at=timezone.now(), plan_version=1)
    Safe.of([concern]).write(release, text=json.dumps({"text": "Reference"}))
    release.save()
    return home


def _cpr(age: int, number: int) -> str:
    return f"{age}{number:08}"


def _child(age: int) -> Child:
    born, name = date(timezone.localdate().year - age, 1, 1), "Reference Reference"
    child = Child(code=f"family-{age}", key=keyring.create(DataKey.Use.CHILD))
    Safe.of([child]).write(child, name=name, birth_date=born.isoformat())
    child.save()
    known = Identity(name, born, cpr=_cpr(age, 0)).tokens(keyring.index_key())
    ChildToken.objects.bulk_create(ChildToken(child=child, token=token) for token in sorted(known))
    return child


def _released(home: Home, audience: str) -> CaseItem:
    """One text from a meeting of its own, so that each is asked for by itself."""
    kind, _made = ForumType.objects.get_or_create(key="reference", defaults={"name": "Reference"})
    forum = Forum.objects.create(key=f"reference-{Forum.objects.count()}", name="Reference", forum_type=kind)
    began, ends = timezone.now() - timedelta(days=2), timezone.now() - timedelta(days=1)
    meeting = Meeting.every.create(
        lead_forum=forum, starts_at=began, ends_at=ends, held_at=ends, status=MeetingStatus.HELD
    )
    item = CaseItem.objects.create(
        meeting=meeting,
        concern=home.concern,
        status=CaseItem.Status.DONE,
        basis=LegalBasis.RPL115,
        opened_at=began,
        released_at=timezone.now(),
    )
    text = CaseText(
        case_item=item, key=f"{FAMILY}{home.child.pk}{audience}", version=1, saved_at=timezone.now()
    )
    Safe.of([home.concern]).write(text, text="Reference")
    text.save()
    return item
