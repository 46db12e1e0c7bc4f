"""What an uploaded file would change, kept with the draft so that its page shows it without comparing again."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from tovholder.setup.plan import Plan, make_plan
from tovholder.setup.problems import Problem, SetupInvalid
from tovholder.setup.reader import Source, first_of, folder, read_setup, texts_source


def source_of(texts: dict[str, str]) -> Source:
    """The uploaded files, and the fragments that come with Tovholder."""
    return first_of(texts_source(texts), folder(settings.SETUPS_DIR))


def preview(name: str, texts: dict[str, str]) -> dict[str, Any]:
    """Return problems, or what would change, in plain values."""
    try:
        plan = make_plan(read_setup(name, source_of(texts)))
    except SetupInvalid as invalid:
        return {"problems": [_problem(each) for each in invalid.problems]}
    if plan.problems:
        return {"problems": [_problem(each) for each in plan.problems]}
    return {"problems": [], **_changes(plan)}


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line,
        "key": problem.key,
        "value": problem.value,
        "allowed": problem.allowed,
    }


def _changes(plan: Plan) -> dict[str, Any]:
    """New rows are told by name only: the file says the rest."""
    return {
        "fingerprint": plan.fingerprint,
        "summary": plan.summary,
        "notices": plan.notices,
        "groups": [
            {
                "title": title,
                "new": [change.name for change in changes if change.kind == "new"],
                "retired": [change.name for change in changes if change.kind == "retired"],
                "reordered": any(change.kind == "order" for change in changes),
                "changed": [
                    {
                        "name": change.name,
                        "back": change.kind == "back",
                        "fields": [
                            {"title": each.title, "old": each.old, "new": each.new} for each in change.fields
                        ],
                    }
                    for change in changes
                    if change.kind in {"changed", "back"}
                ],
            }
            for title, changes in plan.grouped
        ],
    }
