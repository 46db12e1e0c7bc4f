"""The lists of forums as files: the columns of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tovholder.forums.models import Forum
from tovholder.forums.queries import LookRow
from tovholder.ui.tables import Column, Table


def forums(rows: QuerySet[Any]) -> Table:
    columns = [
        Column(_("Forum"), "name"),
        Column(_("Type"), "forum_type.name"),
        Column(_("Distrikter"), lambda forum: ", ".join(each.name for each in forum.districts.all())),
        Column(_("Medlemmer"), "people"),
        Column(_("Lukket"), "closed_on"),
        Column(_("Afløst af"), "successor.name"),
    ]
    return Table(_("fora"), columns, rows)


def members(forum: Forum, rows: QuerySet[Any]) -> Table:
    columns = [
        Column(_("Navn"), "person.name"),
        Column(_("Rolle"), "role.name"),
        Column(_("Fast gæst"), "is_guest"),
        Column(_("Stilling"), "person.title"),
        Column(_("Kommer fra"), "person.organisation.name"),
        Column(_("Med siden"), "valid_from"),
        Column(_("Til og med"), "valid_until"),
    ]
    return Table(_("medlemmer"), columns, rows, about=forum)


def looks(forum: Forum, rows: Sequence[LookRow]) -> Table:
    columns = [
        Column(_("Navn"), "membership.person.name"),
        Column(_("Kommer fra"), "membership.person.organisation.name"),
        Column(_("Årets blik"), lambda row: row.look.get_verdict_display() if row.looked else None),
        Column(
            _("Efter møder"),
            lambda row: ", ".join(f"{tap.get_verdict_display()} {tap.on:%d-%m-%Y}" for tap in row.taps),
        ),
    ]
    return Table(_("blik på deltagerne"), columns, rows, about=forum)


def older_minutes(forum: Forum, rows: QuerySet[Any]) -> Table:
    columns = [
        Column(_("Titel"), "title"),
        Column(_("Mødets dato"), "held_on"),
        Column(_("Fil"), "attachment.name"),
        Column(_("Lagt ind"), "added_at"),
        Column(_("Af"), "added_by.name"),
    ]
    return Table(_("ældre referater"), columns, rows, about=forum)
