"""Plan the year of one file, so that plans can be tried, checked and compared outside.

Exit status 0: OUT is written with a plan. 2: IN cannot be read; standard error tells JSON path and reason, and there is
no OUT. 3: IN contradicts itself; OUT says infeasible_input.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser

from tovholder.yearwheel.planning import check_input, plan_year

REFUSED, CONTRADICTORY = 2, 3


class Command(BaseCommand):
    help = "Plan a year: manage.py plan_year IN.json OUT.json (docs/reference/plan_year.md)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("in_file", metavar="IN.json", type=Path)
        parser.add_argument("out_file", metavar="OUT.json", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        data = self._read(options["in_file"])
        faults = check_input(data)
        if faults:
            options["out_file"].unlink(missing_ok=True)  # an older plan is not the answer to this file
            self._refuse([f"{each.path}: {each.reason}" for each in faults])
        out = plan_year(data)
        try:
            options["out_file"].write_text(
                json.dumps(out, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
            )
        except OSError as error:
            self._refuse([f"{options['out_file']}: cannot be written: {error.strerror}"])
        if out["status"] == "infeasible_input":
            sys.exit(CONTRADICTORY)

    def _read(self, path: Path) -> Any:
        try:
            return json.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            self._refuse([f"$: the file cannot be read: {error.strerror}"])
        except (ValueError, RecursionError) as error:
            self._refuse([f"$: the file is not JSON in UTF-8: {error}"])

    def _refuse(self, lines: list[str]) -> NoReturn:
        for line in lines:
            self.stderr.write(line)
        sys.exit(REFUSED)
