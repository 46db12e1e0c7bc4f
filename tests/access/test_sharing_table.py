"""The table of the sharing rules, row by row: what is asked, and the code that must come."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tovholder.access.sharing import Kind, SharingRules, assess
from tovholder.access.sharing.reading import read_case
from tovholder.access.sharing.sentences import ANSWERS, REFUSALS, SENTENCES, WARNINGS

DAY = "2026-11-22"
UNDER_15, BETWEEN, ADULT = "2014-01-01", "2010-01-01", "2008-11-22"


def person(kind: str, who: str = "", **more: Any) -> dict[str, Any]:
    return {"id": who or kind, "kind": kind, **more}


CONSENT = {
    "giver": "mor", "organisations": ["FC Vestby"], "kinds": ["trivsel"], "purpose": "støtte", "given": "2026-10-01",
}  # fmt: skip
BASE: dict[str, Any] = {
    "id": "x", "level": "named", "date": DAY, "forum": {"highest_level": "named", "chair_is_ssp": True},
    "basis": "rpl115", "purpose": "forebygge", "purpose_code": "crime_prevention", "necessity": "vi må vide det",
    "child": {"birth_date": UNDER_15, "custody_holders": ["mor", "far"]},
    "participants": [person("police"), person("school")],
}  # fmt: skip
EARLY = {"basis": "early_cooperation", "purpose_code": "early_support", "participants": [person("school")]}
BY_CONSENT = {
    "basis": "consent", "necessity": "", "consents": [CONSENT],
    "participants": [person("association", organisation="FC Vestby")],
}  # fmt: skip
TOGETHER = {
    "basis": "participation", "purpose_code": "wellbeing", "family_told": True,
    "participants": [person("school"), person("custody_holder", own_child=True)],
}  # fmt: skip


def case(*changes: dict[str, Any]) -> dict[str, Any]:
    """The base case with changes; a key with a dot changes what stands inside."""
    made = deepcopy(BASE)
    for change in changes:
        for key, value in deepcopy(change).items():
            inner, _, last = key.rpartition(".")
            (made[inner] if inner else made)[last or key] = value
    return made


def given(**more: Any) -> dict[str, Any]:
    return {"consents": [CONSENT | more]}


def child(**more: Any) -> dict[str, Any]:
    return {"child": BASE["child"] | more}


TABLE: list[tuple[str, dict[str, Any]]] = [
    ("rpl115", case()),
    ("early_cooperation", case(EARLY)),
    ("consent", case(BY_CONSENT)),
    ("participation", case(TOGETHER)),
    ("no_person", case({"level": "anonymous", "participants": [person("volunteer")]})),
    ("no_person", case({"level": "general", "basis": None, "purpose_code": "investigation"})),
    # 1
    ("level_above_forum", case({"forum.highest_level": "anonymous"})),
    ("level_above_forum", case({"level": "anonymous", "forum.highest_level": "general"})),
    ("level_above_forum", case({"forum.highest_level": "anonymous", "purpose_code": "investigation"})),
    # 2
    ("purpose_investigation", case({"purpose_code": "investigation"})),
    ("purpose_investigation", case({"purpose_code": "investigation", "basis": None})),
    # 3
    ("basis_missing", case({"basis": None, "purpose": " "})),
    ("purpose_missing", case({"purpose": " \n", "forum.bases": ["consent"]})),
    ("basis_not_for_forum", case({"forum.bases": ["consent"], "purpose_code": "wellbeing"})),
    ("basis_purpose_mismatch", case({"purpose_code": "wellbeing", "necessity": ""})),
    ("basis_purpose_mismatch", case(EARLY, {"purpose_code": "crime_prevention"})),
    ("early_cooperation", case(EARLY, {"purpose_code": "wellbeing"})),
    # 4
    ("necessity_missing", case({"necessity": "\t"})),
    ("necessity_missing", case(EARLY, {"necessity": ""}, child(categories=["suspected_abuse"]))),
    ("necessity_missing", case(TOGETHER, {"necessity": "", "family_told": False})),
    ("consent", case(BY_CONSENT, {"necessity": ""})),
    # 5
    *[("notify_at_once", case(EARLY, child(categories=[each]))) for each in
      ("suspected_violence", "suspected_abuse", "suspected_violence_by_family")],
    ("rpl115", case(child(categories=["suspected_violence"]))),
    # 6
    *[("family_under_suspicion", case(TOGETHER, {"participants": [person(each, own_child=True)]},
       child(categories=["suspected_violence_by_family"]))) for each in
      ("custody_holder", "foster_parent", "support_person")],
    ("rpl115", case(child(categories=["suspected_violence_by_family"], birth_date=BETWEEN),
                    {"participants": [person("police"), person("young_person", own_child=True)]})),
    # 7
    ("early_cooperation", case(EARLY, {"prior_early_cooperation_meetings": 0})),
    ("special_reason_missing", case(EARLY, {"prior_early_cooperation_meetings": 1, "special_reason": " "})),
    ("early_cooperation", case(EARLY, {"prior_early_cooperation_meetings": 1, "special_reason": "nyt"})),
    ("early_cooperation_used_up", case(EARLY, {"prior_early_cooperation_meetings": 2, "special_reason": "nyt"})),
    ("rpl115", case({"prior_early_cooperation_meetings": 5})),
    # 8
    ("consent_missing", case(BY_CONSENT, {"consents": []})),
    ("consent_missing", case(BY_CONSENT, given(given="2026-11-23"))),
    ("consent_missing", case(BY_CONSENT, given(given=None))),
    ("consent_incomplete", case(BY_CONSENT, given(organisations=[], giver="nabo"))),
    ("consent_incomplete", case(BY_CONSENT, given(kinds=[]))),
    ("consent_incomplete", case(BY_CONSENT, given(purpose=" "))),
    ("consent_giver_not_entitled", case(BY_CONSENT, given(giver="nabo", withdrawn=DAY))),
    ("consent_giver_not_entitled", case(BY_CONSENT, given(giver="young_person"))),
    ("consent_giver_not_entitled", case(BY_CONSENT, child(birth_date=ADULT))),
    ("consent", case(BY_CONSENT, given(giver="young_person"), child(birth_date=ADULT))),
    ("consent", case(BY_CONSENT, given(giver="young_person"), child(birth_date="2011-11-22"))),
    ("consent_giver_not_entitled", case(BY_CONSENT, given(giver="young_person"), child(birth_date="2011-11-23"))),
    ("consent_withdrawn", case(BY_CONSENT, given(withdrawn=DAY, expires="2026-11-01"))),
    ("consent", case(BY_CONSENT, given(withdrawn="2026-11-23"))),
    ("consent_expired", case(BY_CONSENT, given(expires="2026-11-21"))),
    ("consent", case(BY_CONSENT, given(expires=DAY))),
    ("consent_withdrawn", case(BY_CONSENT, {"consents": [CONSENT | {"giver": "nabo"}, CONSENT | {"withdrawn": DAY}]})),
    ("consent_expired", case(BY_CONSENT, {"consents": [
        CONSENT | {"expires": "2026-10-30", "given": "2026-10-02"}, CONSENT | {"withdrawn": DAY}]})),
    ("consent", case(BY_CONSENT, {"consents": [CONSENT, CONSENT | {"given": "2026-11-01", "withdrawn": DAY}]})),
    # 9
    ("family_not_told", case(TOGETHER, {"family_told": False, "participants": []})),
    ("family_not_present", case(TOGETHER, {"participants": [person("school")]})),
    ("family_not_present", case(TOGETHER, {"participants": [person("custody_holder")]})),
    ("family_not_present", case(TOGETHER, {"participants": [person("young_person", own_child=True)]})),
    ("participation", case(TOGETHER, {"participants": [person("young_person", own_child=True)]}, child(birth_date=BETWEEN))),
    ("participation", case(TOGETHER, child(birth_date=BETWEEN))),
    ("family_not_present", case(TOGETHER, child(birth_date=ADULT))),
    ("participation", case(TOGETHER, {"participants": [person("young_person", own_child=True)]}, child(birth_date=ADULT))),
    # 10
    ("support_person_too_young", case({"participants": [person("support_person", age=14)]})),
    ("rpl115", case({"participants": [person("support_person", own_child=True)]})),
    ("rpl115", case({"participants": [person("support_person", own_child=True, age=15)]})),
    # 11
    ("not_own_child", case({"participants": [person("support_person", age=15), person("volunteer")]})),
    ("not_own_child", case(child(birth_date=ADULT), {"participants": [person("custody_holder", own_child=True)]})),
    # 12
    ("party_outside_rpl115", case({"participants": [person("association", organisation="FC Vestby")]})),
    ("party_outside_early_cooperation", case(EARLY, {"participants": [person("police")]})),
    ("party_not_named_in_consent", case(BY_CONSENT, {"participants": [person("school", organisation="fc vestby")]})),
    ("party_not_named_in_consent", case(BY_CONSENT, {"participants": [person("school")]})),
    ("party_not_named_in_consent", case(TOGETHER, {"participants": [*TOGETHER["participants"], person("police")]})),
    ("rpl115", case({"participants": [person("association", organisation="FC Vestby")]}, given())),
    ("party_outside_rpl115", case({"participants": [person("association", organisation="FC Vestby")]}, given(withdrawn=DAY))),
]  # fmt: skip


@pytest.mark.parametrize(("code", "asked"), TABLE)
def test_the_first_no_from_the_top_is_the_answer(code: str, asked: dict[str, Any]) -> None:
    answer = assess(read_case(asked))
    assert answer.code == code
    assert answer.allowed == (code in ANSWERS)
    assert answer.reason
    assert answer.source


def test_the_table_holds_every_answer_there_is() -> None:
    assert {code for code, _ in TABLE} == set(ANSWERS) | set(REFUSALS)
    assert set(SENTENCES) == set(ANSWERS) | set(REFUSALS) | set(WARNINGS)


# Who is covered by kind alone; "task" only with a public task, "care" only with one of social or education.
COVERED = {
    "rpl115": "police social_authority ssp_team ppr school day_care health dental youth_guidance municipal_youth_club "
    "outreach substance_treatment job_centre prison_service interpreter self_governing/task free_school/task "
    "residential_home/task upper_secondary/task",
    "early_cooperation": "social_authority ppr school day_care health dental free_school interpreter "
    "self_governing/care residential_home/care",
    "participation": "social_authority ssp_team ppr school day_care health dental youth_guidance municipal_youth_club "
    "outreach substance_treatment job_centre interpreter self_governing/task free_school/task residential_home/task "
    "upper_secondary/task psychiatry foster_parent",
    "consent": "",
}
TASKS = {"": (None, "social", "education", "employment", "psychiatry"),
         "task": ("social", "education", "employment", "psychiatry"), "care": ("social", "education")}  # fmt: skip
FAMILY = {"custody_holder", "young_person", "support_person"}


@pytest.mark.parametrize("basis", COVERED)
@pytest.mark.parametrize("in_cooperation", [True, False])
def test_the_basis_covers_these_kinds_and_no_other(basis: str, in_cooperation: bool) -> None:
    expected: set[tuple[str, str | None]] = set()
    for each in COVERED[basis].split():
        kind, _, condition = each.partition("/")
        expected |= {(kind, task) for task in TASKS[condition]}
    if basis == "rpl115" and not in_cooperation:
        expected = set()
    kinds = [str(kind) for kind in Kind if kind not in FAMILY]
    people = [
        person(kind, f"{kind}:{task}", public_task=task, in_cooperation=in_cooperation)
        for kind in kinds
        for task in TASKS[""]
    ]
    coverage = assess(read_case(case({"basis": basis, "participants": people}))).coverage
    covered = {(kind, task) for kind in kinds for task in TASKS[""] if coverage[f"{kind}:{task}"] == basis}
    assert covered == expected
    assert set(coverage.values()) <= {basis, "none"}


@pytest.mark.parametrize(
    ("switch", "basis", "kind"),
    [
        ("ssp_team_in_early_cooperation", "early_cooperation", "ssp_team"),
        ("youth_club_in_early_cooperation", "early_cooperation", "municipal_youth_club"),
        ("police_in_participation", "participation", "police"),
    ],
)
def test_a_municipality_may_widen_the_circle(switch: str, basis: str, kind: str) -> None:
    asked = read_case(case({"basis": basis, "participants": [person(kind)]}))
    assert assess(asked).coverage == {kind: "none"}
    assert assess(asked, SharingRules.from_setup({switch: True})).coverage == {kind: basis}


@pytest.mark.parametrize(
    ("born", "who", "expected"),
    [
        (UNDER_15, person("custody_holder", own_child=True), "own_case"),
        (UNDER_15, person("custody_holder"), "none"),
        (ADULT, person("custody_holder", own_child=True), "none"),
        (ADULT, person("support_person", own_child=True), "own_case"),
        (ADULT, person("young_person", own_child=True), "own_case"),
        # The family is covered by its own case, never by a consent that names an organisation.
        (UNDER_15, person("support_person", organisation="FC Vestby"), "none"),
    ],
)
def test_the_family_is_covered_by_its_own_case(born: str, who: dict[str, Any], expected: str) -> None:
    answer = assess(read_case(case(given(), child(birth_date=born), {"participants": [who]})))
    assert answer.coverage == {who["id"]: expected}


@pytest.mark.parametrize("level", ["general", "anonymous"])
@pytest.mark.parametrize("highest", ["general", "named"])
def test_below_the_named_level_nobody_needs_cover(level: str, highest: str) -> None:
    asked = {"id": 1, "level": level, "date": DAY, "forum": {"highest_level": highest},
             "participants": [person("volunteer"), person("police")]}  # fmt: skip
    answer = assess(read_case(asked))
    assert answer.coverage == {"volunteer": "not_needed", "police": "not_needed"}
    assert answer.warnings == ()


RELIED = {"participants": [person("police"), person("association", organisation="FC Vestby")]}
WARNED: list[tuple[set[str], dict[str, Any]]] = [
    (set(), case(BY_CONSENT, {"child.custody_holders": ["mor"]})),
    ({"consent_not_required"}, case()),
    ({"consent_not_required"}, case(EARLY)),
    ({"consent_not_required", "chair_not_ssp"}, case({"forum": {"highest_level": "named"}})),
    ({"consent_not_required", "prison_service_check"}, case({"participants": [person("prison_service")]})),
    ({"second_custody_holder_missing"}, case(BY_CONSENT)),
    ({"second_custody_holder_missing", "consent_not_required"}, case(RELIED, given())),
    (set(), case(BY_CONSENT, {"consents": [CONSENT, CONSENT | {"giver": "far"}]})),
    (set(), case(BY_CONSENT, {"child.custody_holders": ["mor", "far", "værge"]})),
    # The second consent holds, but nobody in the room relies on it.
    ({"second_custody_holder_missing"},
     case(BY_CONSENT, {"consents": [CONSENT, CONSENT | {"giver": "far", "organisations": ["Spejderne"]}]})),
    ({"own_consent_missing"}, case(BY_CONSENT, child(birth_date=BETWEEN))),
    (set(), case(BY_CONSENT, given(giver="young_person"), child(birth_date=BETWEEN))),
    ({"consent_not_required"}, case(given(), child(birth_date=BETWEEN))),
    (set(), case(BY_CONSENT, given(given="2025-11-22"), {"child.custody_holders": ["mor"]})),
    ({"consent_review_due"}, case(BY_CONSENT, given(given="2025-11-21"), {"child.custody_holders": ["mor"]})),
    (set(), case(BY_CONSENT, given(given="2023-02-28"), {"date": "2024-02-29", "child.custody_holders": ["mor"]})),
    ({"consent_review_due"},
     case(BY_CONSENT, given(given="2023-02-27"), {"date": "2024-02-29", "child.custody_holders": ["mor"]})),
    *[({"consent_not_required", "purpose_wording"}, case({"purpose": f"Vi vil {word} det"}))
      for word in ("EFTERFORSKE", "afhøre", "AFHØRE", "bevise", "Sigtelsen")],
    # Never beside a no.
    (set(), case({"purpose": "bevis", "necessity": ""})),
]  # fmt: skip


@pytest.mark.parametrize(("warnings", "asked"), WARNED)
def test_warnings_stand_beside_a_yes(warnings: set[str], asked: dict[str, Any]) -> None:
    answer = assess(read_case(asked))
    assert answer.warnings == tuple(sorted(warnings))
    assert answer.allowed or not answer.warnings


def test_every_warning_is_in_the_table() -> None:
    assert set().union(*(codes for codes, _ in WARNED)) == set(WARNINGS)


@pytest.mark.parametrize(
    ("born", "day", "entitled"),
    [
        ("2008-02-29", "2023-02-28", False),  # 29 February counts as 1 March
        ("2008-02-29", "2023-03-01", True),
        ("2008-03-01", "2023-02-28", False),
        ("2008-03-01", "2023-03-01", True),
    ],
)
def test_a_birthday_on_29_february(born: str, day: str, entitled: bool) -> None:
    asked = case(
        BY_CONSENT, {"date": day}, given(giver="young_person", given="2022-01-01"), child(birth_date=born)
    )
    assert (assess(read_case(asked)).code == "consent") is entitled
