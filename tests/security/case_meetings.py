"""Cases at meetings in every state: planned, opened to a room, closed by who came, done, approved; and the family."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.factories import AgendaItemFactory, MeetingFactory, ParticipationFactory
from tests.security.case_family import release
from tests.security.case_world import IN_FORUM, Case, CaseWorld, Item, ago
from tovholder.meetings.models import (
    CaseItem,
    CaseText,
    Disclosure,
    FamilyMember,
    FamilyVoice,
    Meeting,
    Minutes,
    NetworkMeeting,
)

# Who sat in the room of the ordinary meetings; Viggo comes from a club, and closes what is named.
ROOM = ("anna", "karl", "dina", "pia")
STATES: dict[str, dict[str, Any]] = {
    "planned": {},
    "running": {"status": "running"},
    "closed": {"status": "running"},
    "draft": {"status": "held"},
    "approved": {"status": "held"},
}
# The sharing rules on these bases, as issue C, section 2 has them; what else comes is not covered.
COVERED = {
    "rpl115": {"anna", "berit", "dina", "erik", "karl", "sanne", "pia", "bo", "mona"},
    "participation": {"anna", "berit", "dina", "erik", "sanne", "pia", "bo", "mona"},
}


def make_meetings(world: CaseWorld) -> None:
    for name, facts in STATES.items():
        start = ago(0.01) if facts.get("status") == "running" else ago(3)
        times: dict[str, Any] = {
            "starts_at": start,
            "ends_at": start + timedelta(hours=2),
            "started_at": start,
        }
        if facts.get("status") == "held":
            times["held_at"] = start + timedelta(hours=1)
        if name == "planned":
            times = {"invited_at": timezone.now()}
        meeting = MeetingFactory(
            lead_forum=world.forum,
            chair=world.person("bo"),
            minute_taker=world.person("mona"),
            place=_general(world, "meeting.place"),
            **facts,
            **times,
        )
        AgendaItemFactory(meeting=meeting, position=1, heading=_general(world, "agendaitem.heading"))
        here = {*ROOM, *({"viggo"} if name == "closed" else ())}
        for each in sorted({*IN_FORUM, *ROOM, "viggo", "sanne"}):
            ParticipationFactory(
                meeting=meeting, person=world.person(each), answer="yes", invited_sequence=0,
                attended=None if name == "planned" else each in here,
            )  # fmt: skip
        if name in {"draft", "approved"}:
            _minutes(world, meeting, name)
        world.meetings[name] = meeting


def _general(world: CaseWorld, kind: str) -> str:
    """What is no secret: those who sit there must find it, so that it is known that finding works."""
    token = world.fact(kind, [], who=set(IN_FORUM))
    world.general.append(token)
    return token


def _minutes(world: CaseWorld, meeting: Meeting, name: str) -> None:
    minutes = Minutes(meeting=meeting)
    if name == "draft":
        minutes.status, minutes.comments_until = "commenting", timezone.localdate() + timedelta(days=7)
    if name == "approved":
        minutes.status, minutes.approved_at, minutes.approved_by = (
            "approved",
            timezone.now(),
            world.users["bo"],
        )
        minutes.frozen = {}
        from tovholder.meetings.services import minute_record  # after the tables

        minutes.frozen = minute_record.build(meeting)
    minutes.save()


def at_meetings(world: CaseWorld, case: Case) -> None:
    for name in sorted(world.some(STATES, 0.5) or {"draft"}):
        _item(world, case, name)


def _item(world: CaseWorld, case: Case, name: str) -> None:
    chance = world.chance
    status = {
        "planned": "planned",
        "running": chance.choice(("planned", "opened")),
        "closed": "opened",
        "draft": chance.choice(("opened", "planned", "withdrawn")),
        "approved": "done",
    }[name]
    meeting = world.meetings[name]
    item = Item(name, status, "rpl115", room_closed=name == "closed", meeting_pk=meeting.pk)
    opened = status in {"opened", "done"}
    row = CaseItem(
        meeting=meeting, concern=case.row, status=status, basis="rpl115", purpose_code="crime_prevention",
        opened_at=ago(1) if opened else None, done_at=ago(1) if status == "done" else None, created_by="system",
    )  # fmt: skip
    world.seal(row, [case], but=_unwritten(world, status, network=False), item=item, note=status)
    item.pk = row.pk
    case.items.append(item)
    world.together(row, *case.children)
    if name not in {"planned", "running"} or opened:
        release(world, case, item, row)
    if not opened:
        return
    # What was approved stands frozen beside the text it was made from, and is what is shown; then it can be added to.
    minutes = "tilfoejelse-1" if name == "approved" else "referat"
    _texts(world, case, item, row, (minutes,))
    told = {*ROOM, *({"erik"} if chance.random() < 0.5 else ())}
    if name in {"running", "closed"}:
        told = set(ROOM)
    for who in sorted(told):
        alive = name != "approved" or chance.random() < 0.6
        tell(world, case, item, who, alive=alive)


def _unwritten(world: CaseWorld, status: str, *, network: bool) -> set[str]:
    """What nobody can have written in a case of that state: it has a child's view or says why not, and never both."""
    never = {"special_reason"}  # asked for on another basis
    if network:
        return never | {"child_view", "no_child_view", "no_information", "anonymous_wording"}
    if status not in {"opened", "done"}:
        return never | {"child_view", "no_child_view", "no_information"}
    return never | {world.chance.choice(("child_view", "no_child_view"))}


def tell(world: CaseWorld, case: Case, item: Item, who: str, *, alive: bool = True, ground: str = "") -> None:
    until = None
    if not alive:
        until = ago(0.5)
    elif item.status == "done":
        until = timezone.now() + timedelta(days=20)
    ground = ground or (item.basis if who in COVERED[item.basis] else "none")
    item.told[who] = alive and ground != "none"
    for child in case.children:
        Disclosure.objects.create(
            case_item_id=item.pk, child=child, person=world.person(who), at=ago(1), reads_until=until,
            organisation=world.person(who).organisation, ground=ground,
        )  # fmt: skip


def _texts(world: CaseWorld, case: Case, item: Item, row: CaseItem, keys: tuple[str, ...]) -> None:
    for key in keys:
        text = CaseText(case_item=row, key=key, version=1, saved_at=timezone.now(), saved_by="Bo")
        # What the network's minutes were made from stands behind what was frozen.
        note = "behind" if item.meeting == "network approved" else key
        world.together(row, world.seal(text, [case], item=item, note=note))
    if item.meeting == "approved":
        minutes = _frozen(world, case, item)
        view, no_view = (
            world.written_in(row, f"caseitem.{name}") for name in ("child_view", "no_child_view")
        )
        whole: dict[str, Any] = {"minutes": minutes, "child_view": view, "no_child_view": no_view}
        _freeze(world, row, "godkendt", {**whole, "decision": "", "agreements": []}, minutes)
    if item.meeting == "network approved":
        texts = [_frozen(world, case, item) for _n in range(5)]
        lines = [_line(*texts[:2], ""), _line(texts[2], "", texts[3])]
        whole = {
            "fields": [
                {"key": "indsatser", "label": "Indsatser", "kind": "agreements", "text": ""},
                {"key": "aftalt", "label": "Aftalt", "kind": "long_text", "text": texts[4]},
            ],
            "new": lines[:1], "old": lines[1:], "family": ["Forælder"], "absent": [],
            "present": [{"name": "Dina", "organisation": "Sted Dina"}],
        }  # fmt: skip
        _freeze(world, row, "frosset", whole, *texts)


def _frozen(world: CaseWorld, case: Case, item: Item) -> str:
    return world.fact("casetext.text", [case], item=item, note="frozen")


def _line(words: str, sign: str, reason: str) -> dict[str, str]:
    return {
        "priority": "1", "words": words, "sign": sign, "who": "Dina", "due": "1. december 2026", "status": "Fortsat",
        "reason": reason,
    }  # fmt: skip


def _freeze(world: CaseWorld, row: CaseItem, key: str, whole: dict[str, Any], *tokens: str) -> None:
    text = CaseText(case_item=row, key=key, version=1, saved_at=timezone.now())
    world.write(text, text=json.dumps(whole))
    text.save()
    world.stands_in(text, *tokens)
    world.together(row, text)


def _network_state(world: CaseWorld, case: Case) -> str:
    """With the family there, a running one is closed to everybody where somebody in it is suspected (rule 22)."""
    name = world.network_state()
    return "draft" if name == "running" and case.suspected else name


def network_meetings(world: CaseWorld, case: Case) -> None:
    """A network meeting for some: Dina initiates it, Sanne is asked and comes, Pia is asked and stays away.

    Viggo is there on a consent alone: he reads on while one holds, and no longer once it is withdrawn.
    """
    called = {"dina", "sanne", "pia", "erik", "viggo"}
    if "dina" not in case.team:
        return
    name = _network_state(world, case)
    held = name in {"draft", "approved"}
    start = ago(3) if held else timezone.now() + timedelta(days=3 if name == "planned" else 0)
    place = world.fact("meeting.place", [case], who=called)
    meeting = MeetingFactory(
        lead_forum=world.network_forum, kind="network", chair=world.person("dina"), starts_at=start,
        ends_at=start + timedelta(hours=1), minute_taker=world.person("sanne"), invited_at=ago(5),
        started_at=None if name == "planned" else start, held_at=start if held else None,
        title=f"Netværksmøde, {case.row}", place=place, **STATES[name],
    )  # fmt: skip
    if held:
        _minutes_of_network(world, meeting, name)
    consented = all(each.pk in world.consented for each in case.children)
    # Under the meeting he would close it to all.
    there = {"dina", "sanne", "erik", *({"viggo"} if held or consented else ())}
    for each in sorted(called):
        ParticipationFactory(
            meeting=meeting, person=world.person(each), part="guest", invited_at=ago(5), invited_sequence=0,
            answer="yes", attended=None if name == "planned" else each in there,
        )  # fmt: skip
    network = NetworkMeeting(
        meeting=meeting, concern=case.row, initiator=world.person("dina"), time_chosen=True,
        known_case=True, initiator_leads=True, adviser_talked_on=timezone.localdate(),
    )  # fmt: skip
    status = {"planned": "planned", "approved": "done"}.get(name, "opened")
    item = Item(f"network {name}", status, "participation", meeting_pk=meeting.pk, called=called)
    world.seal(network, [case], item=item)
    row = CaseItem(
        meeting=meeting, concern=case.row, status=status, basis="participation", purpose_code="wellbeing",
        family_told_on=timezone.localdate(), opened_at=None if status == "planned" else ago(1),
        done_at=ago(1) if status == "done" else None, created_by="system",
    )  # fmt: skip
    world.seal(row, [case], but=_unwritten(world, status, network=True), item=item, note=status)
    item.pk = row.pk
    case.items.append(item)
    world.together(row, *case.children)
    _family(world, case, item, meeting, attended=None if name == "planned" else True)
    if status != "planned":
        _texts(world, case, item, row, ("skema-barnets-stemme", "skema-familiens-oplevelse"))
        if name == "approved":
            release(world, case, item, row)
        _told_at_network(world, case, item, there, approved=name == "approved")


def _told_at_network(world: CaseWorld, case: Case, item: Item, there: set[str], *, approved: bool) -> None:
    for who in sorted(there):
        alive = not approved or world.chance.random() < 0.6
        tell(world, case, item, who, alive=alive, ground="consent" if who == "viggo" else "")
    if "viggo" in there and not all(each.pk in world.consented for each in case.children):
        item.told["viggo"] = False


def _minutes_of_network(world: CaseWorld, meeting: Meeting, name: str) -> None:
    minutes = Minutes(meeting=meeting)
    if name == "approved":
        minutes.status, minutes.approved_at, minutes.approved_by = "approved", ago(1), world.users["dina"]
    minutes.save()


def _family(world: CaseWorld, case: Case, item: Item, meeting: Meeting, *, attended: bool | None) -> None:
    # Each child of the case by a parent of their own, or by itself when it is of age: the rules ask it of each of them.
    for child in case.children:
        adult = None if world.homes[child.pk].is_of_age else child.adults.first()
        member = FamilyMember.objects.create(
            meeting=meeting, child=child, adult=adult, part="adult" if adult else "young_person",
            told_on=timezone.localdate(), attended=attended,
        )  # fmt: skip
        world.family.append((member, case, item))
        if not case.suspected:
            voice = FamilyVoice(family_member=member, kind="question", at=ago(1))
            world.seal(voice, [case], item=item)
    support = FamilyMember(
        meeting=meeting, child=case.children[0], part="support_person", age=30,
        told_on=timezone.localdate(), attended=attended,
    )  # fmt: skip
    world.seal(support, [case], item=item)
    world.family.append((support, case, item))
