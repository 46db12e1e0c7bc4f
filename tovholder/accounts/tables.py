"""The list of logins as a file: the columns of the page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tovholder.ui.tables import Column, Table


def logins(rows: QuerySet[Any]) -> Table:
    columns = [
        Column(_("Navn"), "name"),
        Column(_("E-mail"), "email"),
        Column(
            _("Roller"),
            lambda user: ", ".join(str(each.get_role_display()) for each in user.role_grants.all()),
        ),
        Column(_("Status"), lambda user: _("Åbent") if user.is_active else _("Lukket")),
    ]
    return Table(_("logins"), columns, rows)
