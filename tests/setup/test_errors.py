"""Each kind of bad input is told by file, key, value and what is allowed, and all of them at once."""

from __future__ import annotations

import pytest

from tests.setup.conftest import SMALL, problems


def changed(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new, 1)


FORUM = 'forum "netvaerk-nord"'
CASES = {
    "unknown key in a row": (
        changed("cadence =", "kadence ="),
        f"{FORUM}, kadence",
        '"monthly"',
        "Mente du cadence?",
    ),
    "unknown section": (changed("[[school]]", "[[skool]]"), "skool", "", "Mente du school?"),
    "missing field": (changed('name = "Nord"\n', ""), 'district "nord", name', "(mangler)", "Skal stå der"),
    "wrong type": (
        changed('start_time = "13:00"', "start_time = 13"),
        f"{FORUM}, start_time",
        "13",
        "tekst i anførselstegn",
    ),
    "table for a list": (SMALL + "\n[theme]\nkey='a'\nname='A'\n", "theme", "{", "[[ ]]"),
    "choice that is none": (
        changed('cadence = "monthly"', 'cadence = "montly"'),
        f"{FORUM}, cadence",
        '"montly"',
        "monthly, every_n_weeks, times_a_year, when_needed. Mente du monthly?",
    ),
    "clock time": (changed('"13:00"', '"25:00"'), f"{FORUM}, start_time", '"25:00"', "klokkeslæt som"),
    "weekday": (
        changed('["tuesday"]', '["tirsdag"]'),
        f"{FORUM}, weekdays nr. 1",
        '"tirsdag"',
        "monday, tuesday",
    ),
    "number too large": (
        changed("minutes = 20", "minutes = 999"),
        'agenda_template "dagsorden", items nr. 1, minutes',
        "999",
        "fra 1 til 480",
    ),
    "key with blanks": (
        changed('key = "nord"', 'key = "Nord øst"'),
        'district "Nord øst", key',
        '"Nord øst"',
        "små bogstaver",
    ),
    "text too long": (
        changed('name = "Nord"', f'name = "{"x" * 121}"'),
        'district "nord", name',
        "xxx",
        "højst 120 tegn",
    ),
    "only blanks": (
        changed('name = "Nord"', 'name = "  "'),
        'district "nord", name',
        '"  "',
        "mindst ét tegn",
    ),
    "same value twice": (changed('["nord"]', '["nord", "nord"]'), f"{FORUM}, districts", "nord", "én gang"),
    "key used twice": (
        SMALL + '\n[[district]]\nkey = "nord"\nname = "Igen"\n',
        'district "nord", key',
        '"nord"',
        "Nøglen må kun bruges én gang",
    ),
    "dangling reference": (
        changed('parent = "oppe"', 'parent = "opppe"'),
        f"{FORUM}, parent",
        '"opppe"',
        "Mente du oppe?",
    ),
    "dangling in a list": (
        changed('["nord"]', '["syd"]'),
        f"{FORUM}, districts",
        '"syd"',
        "Tilladt er: nord",
    ),
    "forum under itself": (
        changed('key = "oppe"\n', 'key = "oppe"\nparent = "netvaerk-nord"\n'),
        f"{FORUM}, parent",
        '"oppe"',
        "under sig selv",
    ),
    "count without a rhythm": (
        changed('"monthly"', '"monthly"\ncadence_count = 3'),
        f"{FORUM}, cadence_count",
        "3",
        "Må kun stå",
    ),
    "rhythm without a count": (
        changed('"monthly"', '"times_a_year"'),
        f"{FORUM}, cadence_count",
        "(mangler)",
        "fra 1 til 52",
    ),
    "fixed and varying day": (
        changed('"monthly"', '"monthly"\nweekday_varies = true'),
        f"{FORUM}, weekdays",
        '["tuesday"]',
        "weekdays_by_month",
    ),
    "level that is none": (
        changed('"monthly"', '"monthly"\nhighest_level = "secret"'),
        f"{FORUM}, highest_level",
        '"secret"',
        "general, anonymous, named",
    ),
    "named without a basis": (
        changed('"monthly"', '"monthly"\nhighest_level = "named"'),
        f"{FORUM}, bases",
        "(mangler)",
        "rpl115",
    ),
    "named in an open network": (
        changed('"monthly"', '"monthly"\nopen_to_all = true\nhighest_level = "named"\nbases = ["consent"]'),
        f"{FORUM}, highest_level",
        '"named"',
        "general, anonymous",
    ),
    "agenda above the level": (
        changed("minutes = 20", 'minutes = 20\nlevel = "named"'),
        f"{FORUM}, agenda_template",
        '"dagsorden"',
        "mere følsomt",
    ),
    "agenda longer than the meeting": (
        changed("minutes = 20", "minutes = 300"),
        f"{FORUM}, meeting_minutes",
        "90",
        "300 eller mere",
    ),
    "ages the wrong way": (
        changed('"monthly"', '"monthly"\ntarget_age_from = 9\ntarget_age_to = 8'),
        f"{FORUM}, target_age_to",
        "8",
        "9 eller derover",
    ),
    "outside without a sort": (
        changed('"authority"', '"outside"'),
        'organisation_kind "skole", outside_sort',
        "(mangler)",
        "association",
    ),
    "sort without outside": (
        changed('"authority"', '"authority"\noutside_sort = "business"'),
        'organisation_kind "skole", outside_sort',
        '"business"',
        "party_type = outside",
    ),
    "holiday that ends first": (
        SMALL
        + '\n[[school_holiday]]\nkey = "jul"\nname = "Jul"\nstarts_on = 2026-12-20\nends_on = 2026-12-19\n',
        'school_holiday "jul", ends_on',
        '"2026-12-19"',
        "2026-12-20 eller senere",
    ),
    "date as text that is none": (
        SMALL
        + '\n[[school_holiday]]\nkey = "jul"\nname = "Jul"\nstarts_on = "2026-02-30"\nends_on = 2026-12-19\n',
        'school_holiday "jul", starts_on',
        '"2026-02-30"',
        "en dato, der findes",
    ),
    "CPR number": (
        changed('"Netværk Nord"', '"Netværk 010203-1234"'),
        f"{FORUM}, name",
        "(skjult)",
        "CPR-nummer",
    ),
    "control character": (
        changed('"Netværk Nord"', r'"Netværk\u0007"'),
        f"{FORUM}, name",
        "u0007",
        "synlige tegn",
    ),
    "line break in a name": (
        changed('"Netværk Nord"', r'"Netværk\nNord"'),
        f"{FORUM}, name",
        "Nord",
        "uden linjeskift",
    ),
    "nobody can convene": (changed("convenes = true", "convenes = false"), "role", "", "convenes = true"),
    "no municipality": (
        changed('[municipality]\nkey = "lille"\nname = "Lille Kommune"\n', ""),
        "municipality",
        "(mangler)",
        "skal stå",
    ),
    "fragment alone": ("fragment = true\n" + SMALL, "fragment", "true", "include"),
    "include outside the folder": (
        'include = ["../hemmelig.toml"]\n' + SMALL,
        "include nr. 1",
        "../hemmelig.toml",
        "samme mappe",
    ),
    "include that is not there": (
        'include = ["vaek.toml"]\n' + SMALL,
        "include",
        '"vaek.toml"',
        "findes ikke",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_says_file_key_value_and_what_is_allowed(case: str) -> None:
    text, key, value, allowed = CASES[case]
    found = problems(text)
    hits = [each for each in found if each.key == key]
    assert hits, [each.sentence for each in found]
    assert hits[0].file == "lille.toml"
    assert value in hits[0].value
    assert allowed in hits[0].allowed
    assert hits[0].sentence.startswith("lille.toml")


def test_the_small_set_up_is_valid() -> None:
    assert problems(SMALL) == []


def test_all_errors_are_told_at_once() -> None:
    text = (
        SMALL.replace('"monthly"', '"montly"')
        .replace('kind = "skole"', 'kind = "skol"')
        .replace('"13:00"', '"25:00"')
    )
    assert {each.key for each in problems(text)} == {
        'organisation "nordskolen", kind',
        f"{FORUM}, cadence",
        f"{FORUM}, start_time",
    }


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('name = "Nord"', "name = Nord", "gyldig TOML"),
        ('name = "Nord"', 'name = "Nord"\nname = "Syd"', "kun stå én gang"),
    ],
)
def test_syntax_errors_say_the_line(old: str, new: str, words: str) -> None:
    (problem,) = problems(changed(old, new))
    line = changed(old, new).split("\n")[problem.line - 1]
    assert "name =" in line
    assert words in problem.allowed


def test_errors_say_the_line_of_the_field() -> None:
    text = changed('cadence = "monthly"', 'cadence = "montly"')
    (problem,) = problems(text)
    assert text.split("\n")[problem.line - 1] == 'cadence = "montly"'


def test_an_error_in_a_fragment_names_the_fragment() -> None:
    (problem,) = problems(
        'include = ["del.toml"]\n' + SMALL,
        **{"del": "fragment = true\n[[theme]]\nkey = 'a'\nnavn = 'A'\nname = 'A'\n"},
    )
    assert (problem.file, problem.key, problem.line) == ("del.toml", 'theme "a", navn', 4)


def test_only_fragments_can_be_included() -> None:
    (problem,) = problems('include = ["del.toml"]\n' + SMALL, **{"del": "[[theme]]\nkey = 'a'\nname = 'A'\n"})
    assert problem.key == "include"
    assert "fragment = true" in problem.allowed


def test_fragments_in_a_ring() -> None:
    one = 'fragment = true\ninclude = ["to.toml"]\n'
    two = 'fragment = true\ninclude = ["en.toml"]\n'
    (problem,) = problems('include = ["en.toml"]\n' + SMALL, en=one, to=two)
    assert "i ring" in problem.allowed
    assert "en.toml → to.toml → en.toml" in problem.allowed


def test_a_key_in_file_and_fragment_names_the_other() -> None:
    (problem,) = problems(
        'include = ["del.toml"]\n' + SMALL,
        **{"del": 'fragment = true\n[[district]]\nkey = "nord"\nname = "N"\n'},
    )
    assert "del.toml" in problem.allowed
    assert problem.file == "lille.toml"


def test_a_fragment_may_be_taken_in_by_two() -> None:
    shared = "fragment = true\n[[theme]]\nkey = 'a'\nname = 'A'\n"
    other = 'fragment = true\ninclude = ["del.toml"]\n'
    assert problems('include = ["del.toml", "anden.toml"]\n' + SMALL, **{"del": shared, "anden": other}) == []


def test_a_cpr_number_is_never_repeated() -> None:
    text = changed('"Netværk Nord"', '"Netværk Nord"\nukendt = "010203-1234"')
    assert all("010203" not in each.sentence for each in problems(text))
