"""What a family reads of its own child, behind a real identity: issue C, section 3, written out by hand; asks nothing of the program."""

from __future__ import annotations

from django.utils import timezone

from tests.security.case_world import FAMILY, Fact, Home, Release, age

OF_AGE, OWN_SAY = 18, 15


def is_family(who: str) -> bool:
    return who in FAMILY


def reads_of_own(fact: Fact, who: str) -> bool:
    """What the chair released of the own child to this one of its family, and the child's name and code where it stands."""
    if fact.release is not None:
        return reaches(fact.release, who)
    return any(reaches(each, who) for each in fact.released)


def reaches(release: Release, who: str) -> bool:
    """Tell whether it is out, for this person, and nobody in the family is suspected where it comes from or in an open case."""
    home, case = release.home, release.case
    kept = case.suspected or any(
        each.suspected and each.ended_days is None and not each.erased for each in home.cases
    )
    return release.out and not case.erased and not kept and release.audience in _audiences(home, who)


def _audiences(home: Home, who: str) -> set[str | int]:
    """A custody holder until the child is of age; from 15 the young person; nobody else, and not one who has no custody."""
    years, found = age(home.born, timezone.localdate()), set[str | int]()
    if who in home.holders and years < OF_AGE:
        found |= {"", home.holders[who]}
    if who == home.itself and who and years >= OWN_SAY:
        found |= {"", "young"}
    return found
