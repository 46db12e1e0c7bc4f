"""Who may bring files in, and when."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tovholder.access.decision import Decision, no, yes
from tovholder.accounts.models import Role, User
from tovholder.forums.models import Forum
from tovholder.forums.policy import may_convene
from tovholder.imports.models import TRANSITIONS, Batch, BatchStatus


def may_import(user: User | None) -> Decision:
    """May bring organisations, schools, persons, members, posts and holidays in from a file."""
    if user is not None and user.is_active and user.has_role(Role.ADMINISTRATOR):
        return yes("administrator")
    return no("not_administrator", _("Kun en administrator kan hente filer ind."))


def may_become(batch: Batch, status: BatchStatus) -> Decision:
    """The state question: a file runs once, and only what is in can be undone."""
    if status in TRANSITIONS[batch.status]:
        return yes("transition")
    if batch.status == BatchStatus.UNDOING:
        return no("being_undone", _("Importen er ved at blive fortrudt. Vent, til det er gjort."))
    if batch.is_under_way:
        return no("under_way", _("Filen er ved at blive hentet ind. Vent, til den er færdig."))
    if status == BatchStatus.UNDOING:
        return no("not_done", _("Der er ikke noget at fortryde."))
    return no("not_waiting", _("Filen venter ikke længere på at blive hentet ind."))


def may_undo(batch: Batch, newest: int | None) -> Decision:
    """Only what is in can be undone, and only while it is the last and remembered."""
    return may_become(batch, BatchStatus.UNDOING) and may_take_back(batch, newest)


def may_take_back(batch: Batch, newest: int | None) -> Decision:
    """The worker asks again: another file may have gone in since somebody asked for the undo."""
    if batch.pk != newest:
        return no("not_last", _("Kun den seneste import kan fortrydes. Der er hentet noget ind siden."))
    if not batch.undo:
        return no("forgotten", _("Importen er for gammel til at blive fortrudt."))
    return yes("last")


def may_bring_old_minutes(user: User, forum: Forum) -> Decision:
    """May bring agreements in from Word: the forum's convener."""
    return may_convene(user, forum)
