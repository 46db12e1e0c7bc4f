"""Twenty-six concerns of the last year, in every status and level. Children, names and words are invented."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from tovholder.access.bases import LegalBasis
from tovholder.accounts.models import User
from tovholder.citizens.identity import Identity
from tovholder.citizens.models import Child
from tovholder.concerns.models import (
    ENDED,
    Category,
    Concern,
    ConcernStatus,
    Entry,
    Notification,
    ScaleLevel,
    Team,
    TeamMember,
)
from tovholder.concerns.services import ages, asking, course, naming, teams
from tovholder.concerns.services.raising import ConcernFacts, ConcernTexts, raise_concern, raise_named
from tovholder.demo.concern_texts import CASES, Case
from tovholder.directory.models import Organisation, Person
from tovholder.outbox.models import OutgoingMail

OWN_LISTS = {
    "fravaersteamet": ("fravaer",),
    "saerligt-udsatte": ("kriminalitet", "vold"),
    "uden-for-uddannelse": (),
}


@dataclass
class Scene:
    """What the cases are laid into: rows of the set-up, and the people who play."""

    now: datetime
    scale: dict[str, ScaleLevel]
    categories: dict[str, Category]
    schools: list[Organisation]
    raisers: list[User]
    anna: User
    numbers: dict[str, int]
    children: dict[str, Child]


def make_concerns(people: dict[str, Person], now: datetime) -> int:
    """Seat the SSP team and raise the cases; returns how many. None where the set-up has no team that triages."""
    team = Team.objects.filter(triages=True, retired_at__isnull=True).order_by("position", "pk").first()
    if team is None or people["Anna"].user is None:
        return 0
    _seat(people, timezone.localdate(now))
    raisers = [people[name].user for name in ("Erik", "Bo", "Dina", "Carla")]
    scene = Scene(
        now=now,
        scale={each.key: each for each in ScaleLevel.objects.filter(retired_at__isnull=True)},
        categories={each.key: each for each in Category.objects.filter(retired_at__isnull=True)},
        schools=list(
            Organisation.objects.filter(school__isnull=False, retired_at__isnull=True).order_by("position")
        ),
        raisers=[User.objects.get(pk=each.pk) for each in raisers if each is not None],
        anna=User.objects.get(pk=people["Anna"].user.pk),
        numbers={},
        children={},
    )
    for case in sorted(CASES, key=lambda each: -each.days):
        _lay_in(scene, case, people)
    ages.note_ages()
    OutgoingMail.objects.filter(
        about__regex=r"^(concern|question)-"
    ).delete()  # nobody is to be mailed of the past
    return len(CASES)


def _seat(people: dict[str, Person], today: date) -> None:
    """Anna and her colleagues sit in the SSP team; a colleague of each special team's field in those."""
    anna = people["Anna"]
    colleagues = [each for each in people.values() if each.organisation_id == anna.organisation_id]
    for team in Team.objects.filter(retired_at__isnull=True):
        seated = colleagues if team.triages else [*colleagues[:1], people["Dina"]]
        TeamMember.objects.bulk_create(
            TeamMember(team=team, person=each, valid_from=today - timedelta(days=400)) for each in seated
        )


def _lay_in(scene: Scene, case: Case, people: dict[str, Person]) -> None:
    by = scene.raisers[case.by % len(scene.raisers)]
    place = _place(scene, case, by)
    facts = ConcernFacts(
        level=case.level,
        subject=case.subject,
        organisation=place,
        scale_level=scene.scale.get(case.scale),
        categories=[scene.categories[key] for key in case.categories if key in scene.categories],
        source=case.source,
    )
    factors = json.dumps({"risk": case.risk, "protective": case.protective}, ensure_ascii=False)
    texts = ConcernTexts(
        seen=case.seen, since=case.since, tried=case.tried, works=case.works,
        factors=factors if case.risk or case.protective else "", offence=case.offence,
    )  # fmt: skip
    unknown = [each for each in case.children if each[0] not in scene.children]
    if unknown:
        born = [Identity(name, _birthday(scene, age)) for name, age in unknown]
        concern = raise_named(by=by, facts=facts, texts=texts, children=born)
        links = concern.concern_children.select_related("child")
        scene.children |= {name: each.child for (name, _age), each in zip(unknown, links, strict=True)}
    else:
        concern = raise_concern(by=by, facts=facts, texts=texts)
        for name, _age in case.children:  # as after a triager has laid two records together
            naming.lay_child_on(by=scene.anna, concern=concern, child=scene.children[name])
    _work_on(scene, case, concern, people)
    _date_back(scene, case, concern)


def _place(scene: Scene, case: Case, by: User) -> Organisation | None:
    """A teacher's own school; for others some school, so that the cases are spread over the districts."""
    own = by.person.organisation_id  # type: ignore[attr-defined]
    known = next((each for each in scene.schools if each.pk == own), None)
    return known or (scene.schools[case.days % len(scene.schools)] if scene.schools else None)


def _birthday(scene: Scene, age: float) -> date:
    return (scene.now - timedelta(days=int(age * 365.25))).date()


def _work_on(scene: Scene, case: Case, concern: Concern, people: dict[str, Person]) -> None:
    anna = scene.anna
    if case.status != ConcernStatus.NEW:
        course.take_on(by=anna, concern=concern)
    for note in case.notes:
        course.write_note(by=anna, concern=concern, text=note)
    if case.advice:
        course.give_advice(by=anna, concern=concern, text=case.advice)
    if case.question and people["Bo"].user is not None:
        asking.ask(by=anna, concern=concern, to_person=people["Bo"], text=case.question)
    if case.team:
        dina = people["Dina"]
        naming.add_to_case_team(
            by=anna, concern=concern, person=dina, basis=LegalBasis.RPL115, necessity=case.team
        )
    keys = [key for key, wanted in OWN_LISTS.items() if set(wanted) & set(case.categories)]
    if keys and case.level == "named":
        teams.set_lists(by=anna, concern=concern, teams=Team.objects.filter(key__in=keys))
    if case.status == ConcernStatus.REOPENED:
        course.set_status(by=anna, concern=concern, status=ConcernStatus.CLOSED, reason="Der var ro igen.")
    concern.refresh_from_db()
    if concern.status != case.status:
        course.set_status(by=anna, concern=concern, status=case.status, reason=case.reason)


def _date_back(scene: Scene, case: Case, concern: Concern) -> None:
    """Let it have happened when it did: raised so many days ago, its lines spread over the days since."""
    raised = scene.now - timedelta(days=case.days, hours=case.by + 1)
    year = f"{raised:%y}"
    scene.numbers[year] = number = scene.numbers.get(year, 0) + 1
    concern.refresh_from_db()
    ended = raised + timedelta(days=case.lasted) if concern.status in ENDED else None
    lately = raised + (scene.now - raised) * 0.9 if case.status == ConcernStatus.REOPENED else raised
    moved: dict[str, Any] = {"raised_at": raised, "status_at": ended or lately, "ended_at": ended}
    if concern.named_at is not None:
        moved["named_at"] = raised
    Concern.objects.filter(pk=concern.pk).update(code=f"{year}-{number:03d}", **moved)
    entries = list(concern.entries.all())
    span = (ended or scene.now) - raised
    for place, entry in enumerate(entries):
        entry.at = raised + span * place / max(1, len(entries))
    Entry.objects.bulk_update(entries, ["at"])
    concern.questions.update(asked_at=raised + span / 2)
    if case.notified is not None:
        sent = (raised + timedelta(days=case.notified)).date()
        Notification.objects.create(concern=concern, sent_by=concern.raised_by, sent_on=sent)
