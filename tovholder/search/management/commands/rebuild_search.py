"""Index everything again, now, with progress. Only needed after rows were changed past Tovholder."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tovholder.search.services import rebuild


class Command(BaseCommand):
    help = "Bygger søgningen op igen fra grunden. Tovholder kan bruges imens."

    def handle(self, *args: Any, **options: Any) -> None:
        done: dict[str, int] = {}

        def tell(sort: str, count: int) -> None:
            done[sort] = done.get(sort, 0) + count
            self.stdout.write(f"{sort}: {done[sort]}")

        self.stdout.write(f"Færdig: {rebuild(tell)} rækker læst.")
