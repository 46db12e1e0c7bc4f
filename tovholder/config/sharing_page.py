"""docs/reference/sharing.md: the sharing rules as they are in the code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from tovholder.access.bases import LegalBasis
from tovholder.access.sharing import Kind, Participant, PublicTask, SharingRules
from tovholder.access.sharing.case import FAMILY
from tovholder.access.sharing.sentences import ANSWERS, REFUSALS, SENTENCES, WARNINGS

_INTRODUCTION = """# The sharing rules

May a child be spoken of by name: here, now, before these people? `access/sharing/` answers, with a stable code, one Danish sentence and its source. The first "no" from the top is the answer. A § stands only where our collection of the law marks it as read in the statute itself; a lawyer should still go through the rules before a municipality relies on them.

## Many cases at once
`manage.py assess_sharing FILE.jsonl [--setup FILE]` reads one case a line (`-` reads standard input) and writes one JSON answer a line, on the shipped values whatever the database holds. A lawyer can keep such a file as a regression set.

```json
{"id": "a", "level": "named", "date": "2026-11-22", "forum": {"highest_level": "named", "chair_is_ssp": true}, "basis": "rpl115", "purpose": "forebygge hærværk", "purpose_code": "crime_prevention", "necessity": "politiet kender gruppen", "child": {"birth_date": "2011-05-01"}, "participants": [{"id": "p", "kind": "police"}, {"id": "f", "kind": "association", "organisation": "FC"}]}
```
```json
{"id": "a", "allowed": false, "code": "party_outside_rpl115", "reason": "…", "source": "…", "coverage": {"p": "rpl115", "f": "none"}, "warnings": [], "warning_reasons": []}
```

Required: `id`, `level` (general, anonymous, named), `date`, `forum.highest_level`, `participants` (each with `id` and `kind`); at level named also `basis` (may be null), `purpose`, `purpose_code`, `child.birth_date`. The rest defaults to empty, null or false; `forum.bases` to all, `in_cooperation` to true. Unknown keys are ignored, blank lines skipped. A line that cannot be read is answered `{"id": …, "error": "…"}`, the rest runs, and the exit status is 2.

`coverage` is what covers each participant: `not_needed`, `own_case`, the basis, `consent` or `none`. `warnings` stand only beside a yes at level named.
"""


def sharing_page() -> str:
    parts = [
        _INTRODUCTION,
        _sentences("Answers that allow", ANSWERS),
        _sentences("Answers that refuse, in order", REFUSALS),
        _sentences("Warnings", WARNINGS),
        _coverage(),
        _values(),
    ]
    return "\n".join(parts)


def _sentences(title: str, codes: Iterable[str]) -> str:
    rows = [f"| `{code}` | {SENTENCES[code].text} | {SENTENCES[code].source} |" for code in codes]
    return "\n".join([f"## {title}", "", "| Code | Sentence | Source |", "|---|---|---|", *rows, ""])


def _coverage() -> str:
    """Who is covered by kind alone, in the shipped set-up, worked out by asking the rules themselves."""
    bases = [each for each in LegalBasis if each != LegalBasis.CONSENT]
    rows = [
        f"| `{kind}` | {kind.label} | " + " | ".join(_covered(basis, kind) for basis in bases) + " |"
        for kind in Kind
        if kind not in FAMILY
    ]
    head = "| Kind | | " + " | ".join(f"`{basis}`" for basis in bases) + " |"
    note = "Consent covers nobody by kind, only the organisations it names. The family is covered by its own case."
    return "\n".join(
        ["## Who is covered by kind", "", head, "|---|---|" + "---|" * len(bases), *rows, "", note, ""]
    )


def _covered(basis: LegalBasis, kind: Kind) -> str:
    rules = SharingRules()
    tasks = [task for task in PublicTask if rules.covers(basis, Participant("x", kind, public_task=task))]
    if rules.covers(basis, Participant("x", kind)):
        return "yes"
    if len(tasks) == len(PublicTask):
        return "with a public task"
    return "with the task " + " or ".join(tasks) if tasks else "no"


def _values() -> str:
    rows = []
    for each in fields(SharingRules):
        value = getattr(SharingRules(), each.name)
        shown = ", ".join(value) if isinstance(value, tuple) else str(value).lower()
        rows.append(f"| `{each.name}` | {shown} |")
    head = [
        "## What a municipality may decide otherwise",
        "",
        "In the table `[sharing]` of a set-up file.",
        "",
    ]
    return "\n".join([*head, "| Name | Shipped |", "|---|---|", *rows, ""])
