"""The rows of a random world of children: concerns, consents, meetings, agreements, plans, the family."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from tests.security.case_family import citizens, home_of, laid_together, release_plan
from tests.security.case_links import links
from tests.security.case_meetings import at_meetings, make_meetings, network_meetings, tell
from tests.security.case_world import (
    PARTS,
    Case,
    CaseWorld,
    ago,
    birth_dates,
    factors,
    looks_of,
    people,
)
from tovholder.audit.services import record_reading
from tovholder.citizens.identity import Identity
from tovholder.citizens.keys import keyring
from tovholder.citizens.models import Child, ChildToken, Consent, ConsentScan
from tovholder.concerns.models import (
    AbsenceReading,
    CaseTeamMember,
    Concern,
    ConcernChild,
    Entry,
    InformationDuty,
    Notification,
    Question,
)
from tovholder.oversight.models import Review, ReviewLine
from tovholder.plans.models import Agreement, CaseAgreement, CaseAgreementNote, CasePlan, Scaling
from tovholder.search import services as search

ENDED = ("handed_over", "no_action", "closed")
OPEN = ("new", "clarifying", "advised", "on_agenda", "network_meeting", "plan", "reopened")


def build(seed: str, concerns: int) -> CaseWorld:
    """Make the world of this seed in an empty database."""
    world = CaseWorld(random.Random(f"children {seed}"))
    people(world)
    citizens(world)
    make_meetings(world)
    born = birth_dates(world.chance)
    for number in range(concerns):
        case = _concern(world, number)
        _children(world, case, born)
        _course(world, case)
        _team(world, case, number)
        if case.level == "named":
            at_meetings(world, case)
            network_meetings(world, case)
            _agreements(world, case)
            _plans(world, case)
    _in_another_matter(world)
    _rooms(world)
    laid_together(world)
    world.links = links(world)
    _watched(world)
    search.rebuild()
    return world


def _concern(world: CaseWorld, number: int) -> Case:
    chance = world.chance
    # The first ones are what most is written about; erased ones are seldom.
    level = "named" if number < 2 or chance.random() < 0.7 else chance.choice(("anonymous", "general"))
    raised, ended = chance.choice((1, 29, 31, 200)), chance.choice((None, None, 0, 29, 31))
    raiser = chance.choice(("erik", "sanne", "karl", "pia"))
    district = chance.choice(("vest", "oest", "")) if number else "vest"
    row = Concern(
        code=f"26-{chance.randrange(10**6, 10**7)}",
        key=world.key("concern"),
        level=level,
        subject="child" if level != "general" else "place",
        status=chance.choice(OPEN if ended is None else ENDED),
        district=world.districts.get(district),
        organisation=world.person(raiser).organisation if chance.random() < 0.5 else None,
        source="police" if raiser == "karl" else "staff",
        raised_by=world.person(raiser),
        raised_at=ago(raised),
        status_at=ago(ended or 0),
        ended_at=ago(ended) if ended is not None else None,
        named_at=ago(raised) if level == "named" else None,
        erased_at=ago(1) if number > 2 and chance.random() < 0.1 else None,
    )
    case = Case(row, level, raiser, raised, district, ended, row.erased_at is not None)
    world.write(row, factors=factors(world, case))
    world.seal(row, [case], but=["factors"])
    world.look("concern.code", [case], row.code, is_code=True)
    case.suspected = number > 0 and chance.random() < 0.25
    row.categories.add(world.categories["vold" if case.suspected else "mistrivsel"])
    world.cases.append(case)
    return case


# Of the first children: who each is, and how old. Then of any age.
FIRST = (("ung", 15, 17), ("barn", 11, 14), ("myndig", 18, 19))
ANY = ("", 11, 19)


def _children(world: CaseWorld, case: Case, born: Callable[[int, int], date]) -> None:
    if case.level != "named":
        return
    for _n in range(world.chance.choice((1, 1, 2))):
        who, *ages = FIRST[len(world.homes)] if len(world.homes) < len(FIRST) else ANY
        child = _child(world, case, who, born(*ages))
        case.children.append(child)
        link = ConcernChild.objects.create(concern=case.row, child=child)
        answered = world.chance.random() < 0.5
        duty = InformationDuty(concern_child=link, due_on=timezone.localdate())
        if answered:
            duty.answered_at, duty.answered_by = timezone.now(), "system"
            world.seal(duty, [case])
        else:
            duty.save()
        _consent(world, case, child)


def _child(world: CaseWorld, case: Case, who: str, born: date) -> Child:
    child = Child(key=world.key("child"))
    name = world.fact("child.name", [case])
    cpr = f"{born:%d%m%y}{world.chance.randrange(1000, 9999)}"
    world.look("child.cpr", [case], f"{cpr[:6]}-{cpr[6:]}", cpr)
    world.look("child.birth_date", [case], looks_of(born)[0], *looks_of(born))
    hidden = json.dumps({"protected_address": world.chance.random() < 0.4, "in_foster_care": False})
    # Written twice, so that a page with the first name or the last alone is heard too.
    world.write(child, name=f"{name} {name}", cpr=cpr, birth_date=born.isoformat(), circumstances=hidden)
    world.seal(child, [case], but=["name", "cpr", "birth_date", "circumstances"])
    world.look("child.code", [case], child.code, is_code=True)
    world.stands_in(child, name, child.code)
    tokens = Identity(f"{name} {name}", born, cpr=cpr).tokens(keyring.index_key())
    ChildToken.objects.bulk_create(ChildToken(child=child, token=token) for token in sorted(tokens))
    home_of(world, case, child, born, who, cpr)
    for quarter in (date(2026, 4, 1), date(2026, 7, 1)):
        reading = AbsenceReading(child=child, quarter=quarter, by="system", at=timezone.now())
        percent = world.number("absencereading.percent", [case])
        world.write(reading, percent=percent)
        reading.save()
        world.stands_in(reading, percent)
        world.together(child, reading)
    return child


def _consent(world: CaseWorld, case: Case, child: Child) -> None:
    for _n in range(world.chance.choice((0, 1, 2))):
        withdrawn = timezone.localdate() if world.chance.random() < 0.3 else None
        consent = Consent(
            child=child, giver=None if world.homes[child.pk].is_of_age else child.adults.first(), form="written", withdrawn=withdrawn,
            given=timezone.localdate() - timedelta(days=world.chance.choice((1, 400))),
        )  # fmt: skip
        case.keep(f"consent {child.pk}", world.seal(consent, [case]))
        if withdrawn is None:
            world.consented.add(child.pk)
        consent.organisations.add(world.person("viggo").organisation)
        scan = ConsentScan(consent=consent, extension="pdf", size=9, added_by="system")
        file = b"%PDF-1.4 " + world.fact("consentscan.content", [case]).encode()
        world.write(scan, content=base64.b64encode(file).decode())
        scan.save()


def _course(world: CaseWorld, case: Case) -> None:
    for kind in Entry.Kind.values:
        child = case.children[0] if case.children and kind == Entry.Kind.CHILD_VIEW else None
        line = Entry(concern=case.row, child=child, kind=kind, at=ago(1), by="system")
        case.keep(f"line-{kind}", world.seal(line, [case], note=kind))
    for _n in range(world.chance.choice((0, 1, 2))):
        asked = world.chance.choice(PARTS)
        gone = timezone.now() if world.chance.random() < 0.3 else None
        question = Question(
            concern=case.row, to_person=world.person(asked), asked_by="system", asked_at=ago(1),
            answered_at=timezone.now(), withdrawn_at=gone,
        )  # fmt: skip
        who = set() if gone else {asked}
        case.asked |= who
        case.keep("question", world.seal(question, [case], who=who))
    who = world.chance.choice(PARTS)
    case.notified.add(who)
    told = Notification(concern=case.row, sent_by=world.person(who), sent_on=timezone.localdate())
    case.keep("notification", world.seal(told, [case], who={who}))


def _team(world: CaseWorld, case: Case, number: int) -> None:
    if case.level != "named":
        return
    # With Dina on it there is a network meeting.
    dina = 1 if number < 2 else 0.6
    case.team = world.some(("erik", "karl", "sanne", "pia"), 0.25) | world.some(("dina",), dina)
    case.former = world.some(("dina", "erik", "sanne", "viggo"), 0.25) - case.team
    for name in sorted(case.team | case.former):
        until = ago(0.1) if name in case.former else None
        seat = CaseTeamMember(
            concern=case.row, person=world.person(name), basis="rpl115", purpose_code="wellbeing",
            from_at=ago(2), until_at=until, added_by="system",
        )  # fmt: skip
        case.keep("seat", world.seal(seat, [case], note="former" if name in case.former else ""))


def _agreements(world: CaseWorld, case: Case) -> None:
    for number in range(world.chance.choice((1, 2))):
        _agreement(world, case, None, number)


def _agreement(world: CaseWorld, case: Case, plan: CasePlan | None, number: int) -> CaseAgreement:
    holder, helpers = world.chance.choice(PARTS), world.some(PARTS, 0.1)
    agreement = Agreement.every.create(
        forum=world.forum, what=str(case.row), responsible=world.person(holder), level="named",
        due_on=timezone.localdate() + timedelta(days=14), created_at=ago(1), moved_at=ago(1), created_by="system",
    )  # fmt: skip
    agreement.helpers.set([world.person(name) for name in helpers])
    who = {holder, *helpers}
    case.holders |= who
    made = CaseAgreement(agreement=agreement, concern=case.row, plan=plan, priority=number + 1)
    world.seal(made, [case], but=["reason"], who=who, note="open")
    note = CaseAgreementNote(case_agreement=made, kind="status", at=ago(1), by="system")
    world.seal(note, [case], who=who)
    case.keep("agreement", agreement)
    world.by_link.append((agreement, case, holder))
    return made


def _plans(world: CaseWorld, case: Case) -> None:
    for child in case.children:
        closed = world.chance.random() < 0.3
        plan = CasePlan(
            concern=case.row, child=child, review_on=timezone.localdate(), created_by="system",
            status="closed" if closed else "open", closed_at=ago(1) if closed else None,
        )  # fmt: skip
        case.keep("plan", world.seal(plan, [case], but=[] if closed else ["outcome"], note=plan.status))
        # On two days, so that they are drawn too.
        rows = [_scaling(world, case, plan, days) for days in (30, 0)]
        case.keep("scaling", rows[0])
        world.together(plan, child, _agreement(world, case, plan, 0), *rows)
        release_plan(world, case, plan, child)


def _scaling(world: CaseWorld, case: Case, plan: CasePlan, days: int) -> Scaling:
    on = timezone.localdate() - timedelta(days=days)
    scaling = Scaling(plan=plan, by_whom="family", on=on, written_by="system")
    value = world.number("scaling.value", [case])
    world.write(scaling, value=value)
    world.seal(scaling, [case], but=["value"])
    world.stands_in(scaling, value)
    return scaling


def _rooms(world: CaseWorld) -> None:
    """Where Viggo has come the name is closed, unless a consent for each child names his association."""
    for case in world.cases:
        for item in case.items:
            if item.meeting == "closed" and all(each.pk in world.consented for each in case.children):
                tell(world, case, item, "viggo", ground="consent")
                item.room_closed = False


def _watched(world: CaseWorld) -> None:
    """Each case has been read, and each reading was drawn for the month's review."""
    month, anna = timezone.localdate().replace(day=1), world.users["anna"]
    review = Review.objects.create(
        month=month, made_at=timezone.now(), seed="1", readings=len(world.cases), first_event=1, last_event=9
    )
    for number, case in enumerate(world.cases, start=1):
        read = record_reading(
            by=anna, action="concern.read", obj=case.row, purpose="concern", ground="triager"
        )
        ReviewLine.objects.create(
            review=review, position=number, reason="chance", event_id=read.pk, actor=anna.audit_key, day=month
        )


def _in_another_matter(world: CaseWorld) -> None:
    """One child stands in two concerns: who works on either reads the child, and only their own concern's texts."""
    named = [each for each in world.cases if each.level == "named" and not each.erased]
    if len(named) < 2:
        return
    first, second = named[:2]
    child = first.children[0]
    ConcernChild.objects.create(concern=second.row, child=child)
    second.children.append(child)
    world.homes[child.pk].cases.append(second)
    kinds = {"child", "adult", "consent", "consentscan", "absencereading"}
    mine = _texts_of(world, child) | {child.code}
    for fact in world.facts.values():
        if fact.kind.split(".")[0] in kinds and fact.token in mine:
            fact.cases.append(second)
    for name in list(first.pks):
        if name == f"consent {child.pk}":
            second.pks[name] = first.pks[name]


def _texts_of(world: CaseWorld, child: Child) -> set[str]:
    """Every token that is sealed under the child's key."""
    from tovholder.citizens.services.safe import Safe  # only here

    safe, found = Safe(world.keys), set()
    rows: list[Any] = [child, *child.adults.all(), *child.consents.all(), *child.absences.all()]
    rows += [each.scan for each in child.consents.select_related("scan")]
    for row in rows:
        for name in (
            "name",
            "cpr",
            "birth_date",
            "address",
            "contact",
            "kinds",
            "purpose",
            "note",
            "content",
            "percent",
        ):
            if hasattr(row, name):
                text = safe.read(row, name).text
                text = base64.b64decode(text).decode() if name == "content" else text
                found |= {fact.token for fact in world.facts.values() if _is_in(fact, text)}
    return found


def _is_in(fact: Any, text: str) -> bool:
    return any(look in text for look in (fact.looks or (fact.token,)))
