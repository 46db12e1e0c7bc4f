"""Read one answer from a calendar program out of a pipe: `manage.py read_reply < mail`, as a mail server delivers it."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError

from tovholder.documents.calendar_reply import MAX_MAIL
from tovholder.meetings.services.replies import receive


class Command(BaseCommand):
    help = "Læser et svar på en indkaldelse fra en mail på standard input."

    def handle(self, *args: Any, **options: Any) -> None:
        """A mail that is no answer is taken all the same: to send it back would answer a forged sender."""
        mail = sys.stdin.buffer.read(MAX_MAIL + 1)
        try:
            used = receive(mail)
        except OperationalError:
            self.stderr.write("Databasen svarer ikke. Prøv igen senere.")
            sys.exit(os.EX_TEMPFAIL)  # the mail server keeps the mail and comes again
        self.stdout.write(
            "Svaret er gemt." if used else "Mailen er ikke et gyldigt svar. Loggen siger hvorfor."
        )
