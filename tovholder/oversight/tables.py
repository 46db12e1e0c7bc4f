"""The lists of the log's review as files: the columns of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tovholder.oversight.models import Review
from tovholder.oversight.wording import month_name
from tovholder.ui.tables import Column, Table

if TYPE_CHECKING:
    from tovholder.oversight.queries import Shown


def reviews(rows: QuerySet[Any]) -> Table:
    columns = [
        Column(_("Måned"), lambda review: month_name(review.month)),
        Column(_("Læsninger i måneden"), "readings"),
        Column(_("Linjer"), "all_lines"),
        Column(_("Vurderet"), "ticked_lines"),
        Column(_("Ikke i orden"), "found_lines"),
        Column(_("Ikke taget med"), "left_out"),
    ]
    return Table(_("loggennemgange"), columns, rows)


def lines(review: Review, rows: Sequence[Shown]) -> Table:
    columns = [
        Column(_("Hvorfor"), "line.get_reason_display"),
        Column(_("Dag"), "line.day"),
        Column(_("Hvem"), lambda row: row.who or _("Slettet login")),
        Column(_("Hvad"), "event.what"),
        Column(
            _("Om"),
            lambda row: f"{row.event.thing}: {row.event.about}" if row.event and row.event.about else "",
        ),
        Column(_("Antal"), "line.count"),
        Column(_("Vurdering"), "line.get_verdict_display"),
        Column(_("Med et par ord"), "line.note"),
        Column(_("Vurderet af"), "by"),
        Column(_("Vurderet"), "line.ticked_at"),
    ]
    return Table(_("loggennemgang"), columns, rows, about=review)
