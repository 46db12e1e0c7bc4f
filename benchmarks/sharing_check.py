"""The sharing rules read a second time, by another hand: `.venv/bin/python benchmarks/sharing_check.py 20000`.

Written from the text of the rules alone; it shares no code with `access/`. Random cases are answered by both; each
case that is answered otherwise is shown, and the exit status is then 1. The suite tries two thousand.
"""

from __future__ import annotations

import calendar
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
Json = dict[str, Any]

BASES = ("rpl115", "early_cooperation", "consent", "participation")
LEVELS = ("general", "anonymous", "named")
FAMILY = {"custody_holder", "young_person", "support_person"}
IN_RPL115 = set(
    "police social_authority ssp_team ppr school day_care health dental youth_guidance municipal_youth_club outreach"
    " substance_treatment job_centre prison_service interpreter".split()
)
WITH_TASK = {"self_governing", "free_school", "residential_home", "upper_secondary"}
IN_EARLY = set("social_authority ppr school day_care health dental free_school interpreter".split())
KINDS = (
    *sorted(IN_RPL115 | WITH_TASK | FAMILY),
    *"psychiatry association volunteer business housing foster_parent".split(),
)
GRAVE = {"suspected_violence", "suspected_abuse", "suspected_violence_by_family"}


def age(born: date, on: date) -> int:
    month, day = (3, 1) if (born.month, born.day) == (2, 29) else (born.month, born.day)
    return on.year - born.year - ((on.month, on.day) < (month, day))


def a_year_after(day: date) -> date:
    return date(day.year + 1, day.month, min(day.day, calendar.monthrange(day.year + 1, day.month)[1]))


def day_of(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class Reading:
    """One case, as the text of the rules reads it. `answer` is [allowed, code, coverage, warnings]."""

    def __init__(self, case: Json) -> None:
        self.case, self.people, self.basis = case, case["participants"], case.get("basis")
        self.day, self.named = date.fromisoformat(case["date"]), case["level"] == "named"
        child = case.get("child") or {}
        self.holders, self.categories = child.get("custody_holders") or [], set(child.get("categories") or [])
        self.age = age(date.fromisoformat(child["birth_date"]), self.day) if self.named else 0
        self.given = [each for each in case.get("consents") or [] if self.is_given(each)]
        self.valid = [each for each in self.given if self.fault(each) is None]
        self.coverage = {each["id"]: self.covered(each) for each in self.people}

    @property
    def answer(self) -> list[Any]:
        no = self.first_no()
        code = no or (self.basis if self.named else "no_person")
        return [no is None, code, self.coverage, self.warnings() if no is None and self.named else []]

    def is_given(self, consent: Json) -> bool:
        given = day_of(consent.get("given"))
        return given is not None and given <= self.day

    def fault(self, consent: Json) -> str | None:
        if not (consent.get("organisations") and consent.get("kinds") and consent.get("purpose", "").strip()):
            return "consent_incomplete"
        giver = consent.get("giver")
        of_child, of_holder = giver == "young_person", giver in self.holders
        if not (of_holder if self.age < 15 else (of_child or of_holder) if self.age < 18 else of_child):
            return "consent_giver_not_entitled"
        withdrawn, expires = day_of(consent.get("withdrawn")), day_of(consent.get("expires"))
        if withdrawn is not None and withdrawn <= self.day:
            return "consent_withdrawn"
        return "consent_expired" if expires is not None and expires < self.day else None

    def covered(self, person: Json) -> str:
        kind, organisation = person["kind"], person.get("organisation")
        if not self.named:
            return "not_needed"
        if kind in FAMILY:
            return "own_case" if self.is_own(person) else "none"
        if self.by_basis(kind, person.get("public_task"), person.get("in_cooperation", True)):
            return str(self.basis)
        named = {name for each in self.valid for name in each["organisations"]}
        return "consent" if organisation is not None and organisation in named else "none"

    def is_own(self, person: Json) -> bool:
        return bool(person.get("own_child")) and not (person["kind"] == "custody_holder" and self.age >= 18)

    def by_basis(self, kind: str, task: str | None, in_cooperation: bool) -> bool:
        municipal = kind in IN_RPL115 or (kind in WITH_TASK and task is not None)
        if self.basis == "rpl115":
            return municipal and in_cooperation
        if self.basis == "early_cooperation":
            homes = kind in {"self_governing", "residential_home"} and task in {"social", "education"}
            return kind in IN_EARLY or homes
        if self.basis == "participation":
            without = kind in {"police", "prison_service"}
            return (municipal and not without) or kind in {"psychiatry", "foster_parent"}
        return False

    def first_no(self) -> str | None:
        if LEVELS.index(self.case["level"]) > LEVELS.index(self.case["forum"]["highest_level"]):
            return "level_above_forum"
        if not self.named:
            return None
        return self.no_by_ground() or self.no_by_matter() or self.no_by_people()

    def no_by_ground(self) -> str | None:
        purpose_code, bases = self.case["purpose_code"], self.case["forum"].get("bases")
        if purpose_code == "investigation":
            return "purpose_investigation"
        if self.basis is None:
            return "basis_missing"
        if not (self.case.get("purpose") or "").strip():
            return "purpose_missing"
        if self.basis not in (BASES if bases is None else bases):
            return "basis_not_for_forum"
        wanted = {"rpl115": {"crime_prevention"}, "early_cooperation": {"early_support", "wellbeing"}}
        if purpose_code not in wanted.get(self.basis, {purpose_code}):
            return "basis_purpose_mismatch"
        if self.basis != "consent" and not (self.case.get("necessity") or "").strip():
            return "necessity_missing"
        return None

    def no_by_matter(self) -> str | None:
        early, there = self.basis == "early_cooperation", {each["kind"] for each in self.people}
        if early and self.categories & GRAVE:
            return "notify_at_once"
        near = {"custody_holder", "foster_parent", "support_person"}
        if "suspected_violence_by_family" in self.categories and near & there:
            return "family_under_suspicion"
        meetings = self.case.get("prior_early_cooperation_meetings") or 0
        if early and meetings == 1 and not (self.case.get("special_reason") or "").strip():
            return "special_reason_missing"
        if early and meetings >= 2:
            return "early_cooperation_used_up"
        if self.basis == "consent" and not self.valid:
            newest = max((each["given"] for each in self.given), default=None)
            last = [each for each in self.given if each["given"] == newest]
            return self.fault(last[-1]) if last else "consent_missing"
        return None

    def no_by_people(self) -> str | None:
        if self.basis == "participation":
            if not self.case.get("family_told"):
                return "family_not_told"
            if not any(self.counts(each) for each in self.people):
                return "family_not_present"
        ages = [each.get("age") for each in self.people if each["kind"] == "support_person"]
        if any(each is not None and each < 15 for each in ages):
            return "support_person_too_young"
        if any(each["kind"] in FAMILY and not self.is_own(each) for each in self.people):
            return "not_own_child"
        if "none" in self.coverage.values():
            outside = {"rpl115", "early_cooperation"}
            return f"party_outside_{self.basis}" if self.basis in outside else "party_not_named_in_consent"
        return None

    def counts(self, person: Json) -> bool:
        parent = person["kind"] == "custody_holder" and bool(person.get("own_child"))
        young = person["kind"] == "young_person"
        return parent if self.age < 15 else parent or young if self.age < 18 else young

    def warnings(self) -> list[str]:
        leaning = {each.get("organisation") for each in self.people if self.coverage[each["id"]] == "consent"}
        relied = [each for each in self.valid if leaning & set(each["organisations"])]
        givers = {each["giver"] for each in relied}
        purpose = (self.case.get("purpose") or "").lower()
        prison = any(
            each["kind"] == "prison_service" and self.coverage[each["id"]] == "rpl115" for each in self.people
        )
        told = {
            "own_consent_missing": 15 <= self.age < 18 and bool(relied) and "young_person" not in givers,
            "second_custody_holder_missing": self.age < 15
            and len(set(self.holders)) == 2
            and len(givers) == 1,
            "consent_review_due": any(
                a_year_after(date.fromisoformat(each["given"])) < self.day for each in relied
            ),
            "consent_not_required": self.basis in {"rpl115", "early_cooperation"},
            "chair_not_ssp": self.basis == "rpl115" and not self.case["forum"].get("chair_is_ssp"),
            "prison_service_check": prison,
            "purpose_wording": any(word in purpose for word in ("efterforsk", "afhør", "bevis", "sigtelse")),
        }
        return sorted(code for code, holds in told.items() if holds)


def random_case(chance: random.Random, number: int) -> Json:
    """Return a case: seven of ten without the plain faults, so that the last rows and the yes are met often."""
    pick, near = chance.choice, chance.random() < 0.7
    day = date(2026, pick((1, 2, 3, 11)), chance.randint(1, 28))
    born = date(day.year - pick((13, 14, 15, 15, 16, 17, 18, 18, 19)), day.month, day.day)
    born += timedelta(days=pick((-200, -1, 0, 1, 30)))
    if chance.random() < 0.1:
        born, day = date(2012, 2, 29), pick((date(2027, 2, 28), date(2027, 3, 1), date(2030, 2, 28)))
    basis = pick(BASES if near else (*BASES, None))
    fits = {"rpl115": "crime_prevention", "early_cooperation": pick(("early_support", "wellbeing"))}
    any_code = pick(("crime_prevention", "early_support", "wellbeing", "investigation"))
    child: Json = {"birth_date": f"{born}", "custody_holders": pick(([], ["m"], ["m", "f"], ["m", "f"]))}
    forum: Json = {"highest_level": "named" if near else pick(LEVELS), "chair_is_ssp": pick((True, False))}
    case: Json = {
        "id": number,
        "level": "named" if near else pick(LEVELS),
        "date": f"{day}",
        "basis": basis,
        "purpose": pick(("trivsel", "AFHØRING") if near else ("trivsel", " ", "Sigtelse", "bevis")),
        "purpose_code": fits.get(str(basis), "wellbeing") if near else any_code,
        "necessity": "fordi" if near else pick(("fordi", " ", "")),
        "family_told": chance.random() < 0.8,
        "forum": forum,
        "child": child,
        "participants": [random_person(chance, n, near) for n in range(chance.randint(0, 4))],
        "consents": [random_consent(chance, day, near) for _ in range(pick((0, 1, 1, 2, 3)))],
    }
    if not near:
        forum["bases"] = pick((None, chance.sample(BASES, chance.randint(0, 4))))
    if chance.random() < 0.2:
        child["categories"] = chance.sample([*sorted(GRAVE), "absence"], chance.randint(0, 2))
    if chance.random() < 0.3:
        case |= {
            "prior_early_cooperation_meetings": pick((0, 1, 2)),
            "special_reason": pick((" ", "ny viden")),
        }
    return case


def random_person(chance: random.Random, number: int, near: bool) -> Json:
    pick = chance.choice
    often = ("police", "school", "social_authority", "association", "custody_holder", "young_person", "ppr")
    return {
        "id": f"p{number}",
        "kind": pick(often if near else KINDS),
        "organisation": pick(("A", "A", "B", "a", "", None)),
        "public_task": pick((None, "social", "education", "employment")),
        "in_cooperation": chance.random() < 0.8,
        "own_child": chance.random() < 0.8,
        "age": pick((None, 14, 15, 40)),
    }


def random_consent(chance: random.Random, day: date, near: bool) -> Json:
    pick = chance.choice

    def around(*days: int) -> str:
        return f"{day + timedelta(days=pick(days))}"

    return {
        "giver": pick(("young_person", "m", "f") if near else ("young_person", "m", "z")),
        "organisations": pick((["A"], ["A", "B"]) if near else (["B"], [])),
        "kinds": ["fravær"] if near else pick((["fravær"], [])),
        "purpose": "hjælp" if near else pick(("hjælp", " ")),
        "given": around(-400, -366, -365, -364, -10, 0, 0, 1),
        "withdrawn": pick((None, None, around(-1, 0, 1))),
        "expires": pick((None, None, around(-1, 0, 1))),
    }


def differences(cases: list[Json], answers: list[Json]) -> tuple[list[str], Counter[str]]:
    """Return what is answered otherwise, and how often each code was answered."""
    wrong, met = [], Counter[str]()
    for case, said in zip(cases, answers, strict=True):
        wanted = Reading(case).answer
        got = [said.get("allowed"), said.get("code"), said.get("coverage"), said.get("warnings")]
        met.update([str(wanted[1]), *wanted[3]])
        if got != wanted:
            wrong.append(f"{json.dumps(case)}\n   said {got}\n   read {wanted}")
    return wrong, met


def main() -> int:
    number, seed = int((sys.argv[1:] or ["20000"])[0]), int((sys.argv[2:] or ["1"])[0])
    chance = random.Random(seed)
    cases = [random_case(chance, n) for n in range(number)]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.write("\n".join(json.dumps(case) for case in cases))
        file.flush()
        command = [sys.executable, "manage.py", "assess_sharing", file.name]
        said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    wrong, met = differences(cases, [json.loads(line) for line in said.splitlines()])
    print("\n".join(wrong[:10]))
    print(f"{number} cases, seed {seed}: {len(wrong)} answered otherwise. Met: {dict(met.most_common())}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
