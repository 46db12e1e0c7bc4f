"""Every write of a service has its line in the log: written in the function, in one it calls, or in one that calls it.

Within one file: a function whose line another app writes stands in the list, with where.
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "tovholder"
WRITES = {"create", "bulk_create", "update", "bulk_update", "delete", "save", "get_or_create", "update_or_create"}  # fmt: skip
RECORDS = {"record", "record_many", "record_reading", "record_readings", "record_page", "record_export"}
# Function: why its write needs no line of its own there.
UNTOLD = {
    "accounts/sessions.forget_ran_out": "sessions that ran out: nobody did anything",
    "accounts/sessions.note_session": "the login has its line, written where it is heard",
    "audit/services.record_many": "is the log",
    "audit/services.record_reading": "is the log",
    "citizens/moving._save": "a part of merging and parting two records, told there",
    "citizens/unmerging.keep": "a part of merging two records, told there",
    "citizens/unmerging.forget_due": "a way back that ran out by the clock",
    "concerns/forgetting.forget": "told by erase_concern and erase_child, which it calls",
    "documents/services.drop_files": "files whose rows are rolled back with what they came in with",
    "documents/services.sweep_orphans": "files that belong to no row: what was rolled back",
    "imports/keeping.sweep": "what waited and ran out by the clock",
    "meetings/choosing.choose_change": "told by plans, which makes the agreement",
    "meetings/feeds._fetched": "that a calendar program asked, for the owner's own page",
    "meetings/forgetting.forget_names": "told by the erasing of each concern, which it calls",
    "meetings/guarding.lock_minutes": "an empty row to lock, of which there is nothing to tell",
    "meetings/network_efforts._make": "told by plans, which makes the agreement",
    "outbox/services.queue_mail": "a mail is told by what it is sent for",
    "search/services.forget": "the index: counted anew from rows whose change is told",
    "search/services.queue": "the index",
    "search/services._batch": "the index",
    "search/services._write": "the index",
    "yearwheel/coming.note": "who cannot come to a meeting that is moved, placed or taken out: told there",
    "yearwheel/publishing._drop": "told by meetings, which discards or cancels, and by the publication",
    "yearwheel/publishing._stands": "a part of publishing, told there",
    "yearwheel/themes.lay_on": "a part of publishing, told there",
    "yearwheel/watching.look": "what the program found, no act of anybody",
}


def files() -> list[Path]:
    return sorted([*ROOT.glob("*/services.py"), *ROOT.glob("*/services/*.py")])


def names_called(function: ast.AST) -> set[str]:
    calls = [each.func for each in ast.walk(function) if isinstance(each, ast.Call)]
    return {each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "") for each in calls}


def writes(function: ast.AST) -> bool:
    """A call like `row.save()` or `Model.objects.create()`; `details.update()` of a plain name is a dict's."""
    for each in ast.walk(function):
        if not isinstance(each, ast.Call) or not isinstance(each.func, ast.Attribute):
            continue
        of_dict = each.func.attr == "update" and isinstance(each.func.value, ast.Name)
        if each.func.attr in WRITES and not of_dict:
            return True
    return False


def untold(text: str) -> set[str]:
    """The functions of a module that write, and that no line of the log goes with."""
    functions = {each.name: each for each in ast.parse(text).body if isinstance(each, ast.FunctionDef)}
    called = {name: names_called(each) for name, each in functions.items()}

    def reached(name: str) -> set[str]:
        found, todo = {name}, [name]
        while todo:
            new = called[todo.pop()] & set(functions) - found
            found |= new
            todo += new
        return found

    below = {name: reached(name) for name in functions}
    telling = {name for name, found in below.items() if any(called[each] & RECORDS for each in found)}
    told = telling.union(*(below[name] for name in telling))
    return {name for name, each in functions.items() if writes(each) and name not in told}


def test_every_write_of_a_service_has_its_line() -> None:
    found = set()
    for path in files():
        parts = path.relative_to(ROOT).parts
        found |= {f"{parts[0]}/{path.stem}.{name}" for name in untold(path.read_text(encoding="utf-8"))}
    assert found - set(UNTOLD) == set(), "write the line of the log, or say here why there is none"
    assert set(UNTOLD) - found == set(), "no longer true: take it off the list"


def test_a_write_without_a_line_would_be_found() -> None:
    told = "def a():\n    row.save()\n    record(by=by)\n\ndef b():\n    _c()\n    record()\n\ndef _c():\n    row.delete()\n"
    assert untold(told) == set()
    assert untold(told + "\ndef d(details):\n    details.update(x=1)\n") == set()
    assert untold(told + "\ndef e():\n    Row.objects.create()\n") == {"e"}
