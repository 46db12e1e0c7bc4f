"""The lists of meetings, topics, participants and what was sent on as files: the columns of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tovholder.forums.models import Forum
from tovholder.meetings.models import Meeting, Participation, Relay
from tovholder.meetings.services.overview import state_word
from tovholder.ui.tables import Column, Table


def meetings(rows: QuerySet[Any], *, about: models.Model | None = None) -> Table:
    columns = [
        Column(_("Møde"), str),
        Column(_("Forum"), "lead_forum.name"),
        Column(_("Begynder"), "starts_at"),
        Column(_("Slutter"), "ends_at"),
        Column(_("Sted"), "place"),
        Column(_("Slags"), "get_kind_display"),
        Column(_("Status"), lambda meeting: state_word(meeting)[1]),
    ]
    return Table(_("møder"), columns, rows, about=about)


def topics(forum: Forum, rows: QuerySet[Any]) -> Table:
    columns = [
        Column(_("Emne"), "heading"),
        Column(_("Hvorfor"), "why"),
        Column(_("Niveau"), "get_level_display"),
        Column(_("Minutter"), "minutes"),
        Column(_("Tema"), "theme.name"),
        Column(_("Foreslået af"), "proposed_by.name"),
        Column(_("Status"), "get_status_display"),
        Column(_("Brugt"), "times_used"),
        Column(_("Sidst brugt"), "last_used_on"),
        Column(_("Begrundelse"), "decline_reason"),
    ]
    return Table(_("emner"), columns, rows, about=forum)


def participants(meeting: Meeting, rows: Sequence[Participation]) -> Table:
    columns = [
        Column(_("Navn"), "person.name"),
        Column(_("Deltager som"), "get_part_display"),
        Column(_("Kommer fra"), "person.organisation.name"),
        Column(_("Svar"), "get_answer_display"),
        Column(_("Bemærkning"), "answer_note"),
        Column(_("Stedfortræder for"), "substitute_for.person.name"),
    ]
    return Table(_("deltagere"), columns, rows, about=meeting)


def relays(forum: Forum, rows: Sequence[tuple[Relay, bool]]) -> Table:
    """What was sent and received; with each whether it was received."""
    columns = [
        Column(_("Retning"), lambda row: _("Modtaget") if row[1] else _("Sendt")),
        Column(_("Emne"), lambda row: row[0].heading),
        Column(_("Fra"), lambda row: row[0].from_forum.name),
        Column(_("Til"), lambda row: str(row[0].to_forum or row[0].to_person)),
        Column(_("Dato"), lambda row: row[0].created_at),
        Column(_("Tekst"), lambda row: row[0].text),
        Column(_("Status"), lambda row: row[0].get_status_display()),
        Column(_("Svar"), lambda row: row[0].answer),
    ]
    return Table(_("sendt og modtaget"), columns, rows, about=forum)
