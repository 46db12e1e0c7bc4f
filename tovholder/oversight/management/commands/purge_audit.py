"""Forget the part of the log that is older than the municipality's rule. The worker does the same each day."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tovholder.audit.purging import BrokenSegmentError
from tovholder.oversight.services import forget_before, forget_old


class Command(BaseCommand):
    help = "Glemmer hele, gamle segmenter af loggen efter kommunens opbevaringsperiode."

    def handle(self, *args: Any, **options: Any) -> None:
        before = forget_before(timezone.now())
        if before is None:
            raise CommandError('Opsætningen har ingen opbevaringsperiode med nøglen "log". Intet er glemt.')
        try:
            gone = forget_old()
        except BrokenSegmentError as fault:
            raise CommandError(
                f"Segment {fault.number} er ikke, som det blev forseglet. Kør verify_audit, før noget glemmes."
            ) from fault
        self.stdout.write(f"{gone} linjer fra før {timezone.localdate(before):%d.%m.%Y} er glemt.")
