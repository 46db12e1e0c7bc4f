"""Write the present set-up as TOML."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from tovholder.setup.export import export_setup


class Command(BaseCommand):
    help = "Writes the present set-up, in fixed order, to standard output or a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", type=Path, help="write to this file")

    def handle(self, *args: Any, output: Path | None, **options: Any) -> None:
        text = export_setup()
        if output is None:
            self.stdout.write(text, ending="")
        else:
            output.write_text(text, encoding="utf-8", newline="\n")
            self.stderr.write(f"Skrevet til {output}.")
