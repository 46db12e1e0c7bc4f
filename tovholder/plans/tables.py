"""The lists of agreements as files: the columns of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.levels import Level
from tovholder.ui.tables import Column, Table


def agreements(rows: QuerySet[Any] | Sequence[Any], *, about: models.Model | None = None) -> Table:
    """Agreements, of one forum when `about` names it."""
    columns = [
        Column(_("Aftale"), "what"),
        Column(_("Forum"), _forum_name),
        Column(_("Ansvarlig"), "responsible.name"),
        Column(_("Frist"), "due_on"),
        Column(_("Status"), "get_status_display"),
        Column(_("Niveau"), "get_level_display"),
        Column(_("Aftalt"), lambda agreement: timezone.localdate(agreement.created_at)),
    ]
    return Table(_("aftaler"), columns, rows, about=about)


def _forum_name(agreement: Any) -> str:
    """Of one in a case by name its holder learns the code, not which forum it came from."""
    return "" if agreement.level == Level.NAMED else str(agreement.forum.name)
