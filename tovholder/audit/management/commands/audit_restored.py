"""Tell the places outside the database that it was set back from a copy on purpose."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tovholder.audit import anchors


class Command(BaseCommand):
    help = "Kør den, når en ældre kopi er taget i brug: ellers melder verify_audit, at de nyeste segmenter er skåret af."

    def handle(self, *args: Any, **options: Any) -> None:
        line = anchors.mark_restored()
        self.stdout.write(f"Forankret: Loggen går nu videre efter segment {line['number']}.")
