"""Print the demo's logins."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tovholder.demo.cast import PASSWORD, PERSONAS


class Command(BaseCommand):
    help = "Viser demoens logins."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Adgangskode til alle: {PASSWORD}")
        for persona in PERSONAS:
            self.stdout.write(f"  {persona.email:<28} {persona.role.label}")
