"""Make the first administrator of an installation, who makes the other logins."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from tovholder.accounts.models import User
from tovholder.accounts.services import create_administrator


class Command(BaseCommand):
    help = "Laver et login til en administrator. Personen vælger selv adgangskode under »Glemt adgangskode«."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email}: det er ikke en e-mailadresse.") from error
        if User.objects.filter(email__iexact=email).exists():
            raise CommandError(f"{email}: der findes allerede et login med den e-mail.")
        create_administrator(email=email, name=name)
        self.stdout.write("Loginnet er lavet. Vælg adgangskode under »Glemt adgangskode« på loginsiden.")
