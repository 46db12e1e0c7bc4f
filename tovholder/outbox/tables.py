"""The list of mails as a file: the columns of the page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tovholder.outbox.wording import explain, subject_shown
from tovholder.ui.tables import Column, Table


def mails(rows: QuerySet[Any]) -> Table:
    columns = [
        Column(_("Til"), "to"),
        Column(_("Emne"), lambda mail: subject_shown(mail.subject)),
        Column(_("Skrevet"), "created_at"),
        Column(_("Status"), "get_status_display"),
        Column(_("Hvorfor"), lambda mail: "" if mail.status == "sent" else explain(mail.last_error)),
    ]
    return Table(_("mails"), columns, rows)
