"""What must hold of the sharing rules in any world."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tovholder.access.bases import LegalBasis
from tovholder.access.levels import Level
from tovholder.access.sharing import (
    Case,
    Child,
    Consent,
    ForumFrame,
    Kind,
    Participant,
    PublicTask,
    Purpose,
    SharingRules,
    assess,
)
from tovholder.access.sharing.consents import months_before, valid_consents
from tovholder.access.sharing.sentences import SENTENCES

ROW_12 = {"party_outside_rpl115", "party_outside_early_cooperation", "party_not_named_in_consent"}
ORGANISATIONS = ["Skolen", "FC Vestby", "Spejderne"]
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
SOMETIMES_BLANK = st.sampled_from(["", " ", "fordi", "bevis"])


@st.composite
def consents(draw: st.DrawFn) -> Consent:
    return Consent(
        giver=draw(st.sampled_from(["mor", "far", "young_person", "nabo", None])),
        organisations=tuple(draw(st.lists(st.sampled_from(ORGANISATIONS), max_size=2))),
        kinds=draw(st.sampled_from([(), ("trivsel",)])),
        purpose=draw(SOMETIMES_BLANK),
        given=draw(st.none() | DAYS),
        withdrawn=draw(st.none() | DAYS),
        expires=draw(st.none() | DAYS),
    )


@st.composite
def people(draw: st.DrawFn) -> Participant:
    return Participant(
        id=draw(st.uuids()).hex,
        kind=draw(st.sampled_from(Kind)),
        organisation=draw(st.none() | st.sampled_from(ORGANISATIONS)),
        public_task=draw(st.none() | st.sampled_from(PublicTask)),
        in_cooperation=draw(st.booleans()),
        own_child=draw(st.booleans()),
        age=draw(st.none() | st.integers(10, 60)),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    return Case(
        level=draw(st.sampled_from([Level.NAMED, Level.NAMED, Level.ANONYMOUS, Level.GENERAL])),
        date=draw(DAYS),
        forum=ForumFrame(
            draw(st.sampled_from([Level.NAMED, Level.NAMED, Level.ANONYMOUS])),
            draw(st.sampled_from([frozenset(LegalBasis), frozenset({LegalBasis.CONSENT})])),
            draw(st.booleans()),
        ),
        participants=tuple(draw(st.lists(people(), max_size=4))),
        basis=draw(st.sampled_from([*LegalBasis, None])),
        purpose=draw(SOMETIMES_BLANK),
        purpose_code=draw(st.sampled_from(Purpose)),
        necessity=draw(SOMETIMES_BLANK),
        child=Child(
            draw(st.dates(date(2004, 1, 1), date(2018, 12, 31))),
            draw(st.sampled_from([(), ("mor",), ("mor", "far")])),
            frozenset(draw(st.lists(st.sampled_from(["suspected_abuse", "suspected_violence_by_family", "x"]), max_size=1))),
        ),
        prior_early_cooperation_meetings=draw(st.integers(0, 3)),
        special_reason=draw(SOMETIMES_BLANK),
        family_told=draw(st.booleans()),
        consents=tuple(draw(st.lists(consents(), max_size=3))),
    )  # fmt: skip


@given(cases(), consents())
def test_a_valid_consent_more_never_turns_a_yes_into_a_no(case: Case, more: Consent) -> None:
    wider = replace(case, consents=(*case.consents, more))
    if not valid_consents(replace(case, consents=(more,)), SharingRules()):
        return
    if assess(case).allowed:
        assert assess(wider).allowed


@given(cases(), people())
def test_one_more_in_the_room_never_turns_a_no_by_the_last_row_into_a_yes(
    case: Case, more: Participant
) -> None:
    if assess(case).code in ROW_12:
        assert not assess(replace(case, participants=(*case.participants, more))).allowed


@given(cases())
def test_the_general_level_never_asks_for_a_basis(case: Case) -> None:
    general = replace(case, level=Level.GENERAL)
    assert assess(general) == assess(replace(general, basis=None, purpose="", necessity="", consents=()))
    assert assess(general).code == "no_person"


@given(cases())
def test_a_yes_at_the_named_level_covers_everyone(case: Case) -> None:
    answer = assess(case)
    assert set(answer.coverage) == {each.id for each in case.participants}
    if answer.allowed and case.level == Level.NAMED:
        assert not answer.uncovered
        assert answer.code == case.basis
    assert answer.code in SENTENCES
    assert answer.allowed or answer.warnings == ()
    assert list(answer.warnings) == sorted(set(answer.warnings))


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_in_the_room_changes_nothing(case: Case, chance: object) -> None:
    shuffled = list(case.participants)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert assess(replace(case, participants=tuple(shuffled))) == assess(case)


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.integers(0, 60))
def test_months_before_is_clipped_to_the_end_of_the_month(day: date, months: int) -> None:
    earlier = months_before(day, months)
    assert (day.year - earlier.year) * 12 + day.month - earlier.month == months
    assert earlier.day == day.day or (earlier.day < day.day and earlier.day >= 28)
