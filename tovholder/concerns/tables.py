"""The list of concerns as a file: codes only, nothing of what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.ui.tables import Column, Table


def concerns(rows: Sequence[Any]) -> Table:
    columns = [
        Column(_("Sag"), "code"),
        Column(_("Rejst"), lambda concern: timezone.localdate(concern.raised_at)),
        Column(_("Status"), "get_status_display"),
        Column(_("Status siden"), lambda concern: timezone.localdate(concern.status_at)),
        Column(_("Niveau"), "get_level_display"),
        Column(_("Bekymringsgrad"), "scale_name"),
        Column(_("Handler om"), "get_subject_display"),
        Column(_("Distrikt"), "district_name"),
        Column(_("Sagsansvarlig"), "handler_name"),
    ]
    return Table(_("bekymringer"), columns, rows)
