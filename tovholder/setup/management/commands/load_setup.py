"""Show or load what a set-up file would change. Exit code 0: nothing to change, 3: something, 2: invalid."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from tovholder.audit.models import SYSTEM
from tovholder.setup.plan import Plan, make_plan
from tovholder.setup.problems import SetupInvalid
from tovholder.setup.reader import folder, read_setup
from tovholder.setup.services import apply_setup

NOTHING, INVALID, SOMETHING = 0, 2, 3


class Command(BaseCommand):
    help = (
        "Shows what a set-up file would change (exit 0: nothing, 3: something, 2: invalid); "
        "--apply loads it, all or nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true", help="load it")

    def handle(self, *args: Any, file: Path, apply: bool, **options: Any) -> None:
        try:
            document = read_setup(file.name, folder(file.parent))
            plan = apply_setup(by=SYSTEM, document=document) if apply else make_plan(document)
            if plan.problems:
                raise SetupInvalid(plan.problems)
        except SetupInvalid as invalid:
            for problem in invalid.problems:
                self.stderr.write(problem.sentence)
            self.stderr.write(f"{len(invalid.problems)} fejl. Intet er ændret.")
            sys.exit(INVALID)
        self._print(plan)
        if apply:
            self.stdout.write("Indlæst." if plan.changes else "Intet at ændre.")
        elif plan.changes:
            self.stdout.write("Indlæs det med --apply.")
            sys.exit(SOMETHING)
        else:
            self.stdout.write("Intet at ændre.")

    def _print(self, plan: Plan) -> None:
        for title, changes in plan.grouped:
            self.stdout.write(f"{title}:")
            for change in changes:
                self.stdout.write(
                    f"  {change.kind_said}: {change.name}" + (f" ({change.key})" if change.key else "")
                )
                for each in change.fields:
                    told = each.new if change.kind == "new" else f"{each.old} → {each.new}"
                    self.stdout.write(f"    {each.title}: {told}")
        for notice in plan.notices:
            self.stdout.write(notice)
        if plan.changes:
            self.stdout.write(f"I alt: {plan.summary}.")
