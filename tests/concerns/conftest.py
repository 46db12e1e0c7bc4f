"""A municipality with a triaging team, a scale and words; and a concern of each kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories import DistrictFactory
from tovholder.accounts.models import User
from tovholder.citizens.identity import Identity
from tovholder.concerns.models import Category, Concern, Factor, ScaleLevel, Team, TeamMember
from tovholder.concerns.services.raising import ConcernFacts, ConcernTexts, raise_concern, raise_named


@pytest.fixture
def scale(db: None) -> dict[str, ScaleLevel]:
    rows = (("groen", "Opmærksom", False), ("gul", "Bekymret", False), ("roed", "Alvorligt bekymret", True))
    return {
        key: ScaleLevel.objects.create(key=key, name=name, prompts_notification=prompts, position=n)
        for n, (key, name, prompts) in enumerate(rows)
    }


@pytest.fixture
def words(db: None) -> dict[str, Any]:
    return {
        "fravaer": Category.objects.create(key="fravaer", name="Fravær"),
        "familie": Category.objects.create(
            key="vold-i-familien", name="Mistanke om vold i familien", prompts_notification=True,
            suspicion=Category.Suspicion.BY_FAMILY,
        ),
        "risk": Factor.objects.create(key="skolefravaer", name="Fravær fra skolen", side="risk"),
        "protective": Factor.objects.create(key="fritid", name="Har en fritidsinteresse", side="protective"),
    }  # fmt: skip


@pytest.fixture
def district(db: None) -> Any:
    return DistrictFactory(key="vester", name="Vester")


@pytest.fixture
def ssp(anna: User) -> Team:
    """The team that triages everywhere; Anna sits in it."""
    team = Team.objects.create(key="ssp-team", name="SSP-teamet", triages=True)
    seat(team, anna)
    return team


def seat(team: Team, user: User, since: date | None = None) -> TeamMember:
    since = since or timezone.localdate() - timedelta(days=30)
    user.__dict__.pop("_triage", None)
    return TeamMember.objects.create(team=team, person=user.person, valid_from=since)


@pytest.fixture
def raise_one(scale: dict[str, ScaleLevel], district: Any) -> Callable[..., Concern]:
    """Raise a concern; `children` makes it one by name, `days` lets it be that old."""

    def make(
        by: User, *, seen: str = "Er trist i skolen", days: int = 0, children: int = 0, **facts: Any
    ) -> Concern:
        given = {"level": "anonymous", "subject": "child", "district": district, "scale_level": scale["gul"]}
        if children:
            given["level"] = "named"
        texts = ConcernTexts(seen=seen)
        chosen = ConcernFacts(**(given | facts))
        if children:
            born = [Identity(f"Sofie Prøve{n}", date(2012, 3, 4)) for n in range(children)]
            concern = raise_named(by=by, facts=chosen, texts=texts, children=born)
        else:
            concern = raise_concern(by=by, facts=chosen, texts=texts)
        if days:
            at = timezone.now() - timedelta(days=days)
            Concern.objects.filter(pk=concern.pk).update(raised_at=at, status_at=at)
        return Concern.objects.get(pk=concern.pk)

    return make
