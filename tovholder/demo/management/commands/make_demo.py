"""Make the demo's people and a year of history, once, in an empty municipality."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from tovholder.demo.history import make_history
from tovholder.demo.people import make_people
from tovholder.demo.readings import make_readings
from tovholder.directory.models import Municipality, Person


class Command(BaseCommand):
    help = "Laver opdigtede personer og et års møder. Gør intet, hvis der allerede er personer."

    def handle(self, *args: Any, **options: Any) -> None:
        if not Municipality.objects.exists():
            raise CommandError("Indlæs først en opsætning: manage.py load_setup setups/demo.toml --apply")
        if Person.objects.exists():
            self.stdout.write("Der er allerede personer i kommunen. Intet er lavet.")
            return
        with transaction.atomic():
            year = make_history(make_people)
            make_readings(timezone.now())
        self.stdout.write(f"Demo: {year.persons} personer, {year.meetings} møder, {year.agreements} aftaler.")
