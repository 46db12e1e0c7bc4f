"""Check the log's chain, and name every row that is not as it was sealed. Exit status 1 when something is wrong."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tovholder.audit import anchors
from tovholder.audit.models import SYSTEM, AnchorState
from tovholder.audit.services import record
from tovholder.audit.verification import Fault, Report, Told, verify

FAULTS = {
    "anchor_lost": "Forankringen uden for databasen er væk: {name}",
    "guard_missing": "Databasens værn mangler eller er ændret: {name}",
    "segments_missing": "Segment {segment}-{other}: slettet",
    "chain_broken": "Segment {segment}: hænger ikke sammen med det forrige",
    "segment_edited": "Segment {segment}: selve segmentet er ændret",
    "head_not_as_told": "Segment {segment}: er et andet end det, der blev forankret uden for databasen",
    "rows_missing": "Segment {segment}: listen over rækker er slettet",
    "rows_edited": "Segment {segment}: listen over rækker er ændret",
    "purged_but_there": "Segment {segment}: skulle være glemt, men listen over rækker er der endnu",
    "cut": "Segment {segment}-{other}: skåret af; de er forankret uden for databasen, men findes ikke mere",
    "edited": "Række {event}: ændret efter forsegling",
    "swapped": "Række {event}: byttet om med række {other}",
    "deleted": "Række {event}: slettet (segment {segment})",
    "deleted_unsealed": "Række {event}: slettet, før den blev forseglet",
    "slipped_in": "Række {event}: står i intet segment og venter ikke på at komme i et",
    "sealed_twice": "Række {event}: forseglet to gange (igen i segment {segment})",
    "purge_odd": "Segment {segment}-{other}: glemt uden for tur",
    "purge_early": "Segment {segment}-{other}: glemt, før noget må glemmes",
    "purge_unlogged": "Segment {segment}-{other}: glemt, uden at det står i loggen",
    "purge_untold": "Segment {segment}-{other}: glemt, uden at det er forankret uden for databasen",
}


class Command(BaseCommand):
    help = (
        "Efterprøver loggens kæde. Slutter med 1, hvis noget er ændret, slettet, byttet om eller skåret af."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchors",
            action="append",
            type=Path,
            help="Fil med forankringer (fra syslog eller mail); ellers læses mapperne i AUDIT_ANCHOR.",
        )
        parser.add_argument("--most", type=int, default=1000, help="Vis højst så mange fejl.")

    def handle(self, *args: Any, **options: Any) -> None:
        report, found = Report(), 0
        told, lost = self._hear(options["anchors"] or anchors.folders())
        for fault in chain(lost, verify(report, told)):
            found += 1
            if found <= options["most"]:
                self.stdout.write(said(fault))
        self._sum_up(report, told, found, options["most"])
        record(
            by=SYSTEM,
            action="log.verified",
            details={"rows": report.events, "segments": report.segments, "faults": found},
        )
        if found:
            sys.exit(1)

    def _hear(self, places: list[Path]) -> tuple[Told, list[Fault]]:
        """Read what was told; a place that should know something and is gone is a fault."""
        told, lost = Told(), []
        for place in places:
            try:
                told.hear(anchors.read(place))
            except FileNotFoundError:
                if AnchorState.objects.filter(place=str(place), upto__gt=0).exists():
                    lost.append(Fault("anchor_lost", name=str(place)))
        return told, lost

    def _sum_up(self, report: Report, told: Told, found: int, most: int) -> None:
        say = self.stdout.write
        if found > most:
            say(f"… og {found - most} fejl mere.")
        if not told.heard:
            say("Bemærk: Der er ingen forankring at sammenligne med, så nyeste segmenter kan mangle usét.")
        for at in told.restored:
            say(f"Bemærk: Databasen blev sat tilbage fra en kopi {at}.")
        if told.unreadable:
            say(f"Bemærk: {told.unreadable} linjer i forankringen kan ikke læses.")
        if report.purged:
            say(f"{report.purged} rækker er glemt efter reglen; deres segmenter står endnu.")
        if report.late:
            say(f"{report.late} rækker blev forseglet efter en række med et højere nummer.")
        if report.untold:
            say(f"{report.untold} segmenter er ikke forankret endnu.")
        say(f"{report.unsealed} rækker er ikke forseglet endnu.")
        say(f"{report.events} rækker i {report.segments} segmenter efterprøvet: {found or 'ingen'} fejl.")


def said(fault: Fault) -> str:
    """Say a fault in one line."""
    return FAULTS[fault.kind].format(
        segment=fault.segment, event=fault.event, other=fault.other, name=fault.name
    )
