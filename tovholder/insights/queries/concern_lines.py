"""What waits of concerns on *Min dag*: codes and what to do, never what a concern is about."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tovholder.accounts.models import User
from tovholder.concerns.waiting import Line, waiting_for
from tovholder.insights.queries.my_day import Awaiting


def awaiting(user: User) -> list[Awaiting]:
    """Return a line for each question, each missing receipt, and one for each kind of thing to decide on."""
    return [_SAID[line.kind](line) for line in waiting_for(user)]


def _line(line: Line, title: str, more: str, url: str) -> Awaiting:
    return Awaiting(
        kind="task", pk=line.pk, title=title, forum=more, day=timezone.localdate(line.since), url=url
    )


def _question(line: Line) -> Awaiting:
    asked = _("En kollega venter på dit svar")
    return _line(line, _("Svar på et spørgsmål"), asked, reverse("concerns:question", args=[line.pk]))


def _receipt(line: Line) -> Awaiting:
    url = reverse("concerns:notify", args=[line.code])
    more = _("Sag %(code)s: kvitteringen burde være kommet") % {"code": line.code}
    return _line(line, _("Spørg til din underretning"), more, url)


def _new(line: Line) -> Awaiting:
    n = line.count
    title = ngettext("%(n)d ny bekymring", "%(n)d nye bekymringer", n) % {"n": n}
    days = (timezone.localdate() - timezone.localdate(line.since)).days
    waited = ngettext("%(n)d dag", "%(n)d dage", days) % {"n": days}
    more = _("Den ældste har ventet i %(days)s") % {"days": waited} if days else _("Kommet i dag")
    return _line(line, title, more, reverse("concerns:list"))


def _undecided(line: Line) -> Awaiting:
    more = ngettext("%(n)d navn uden beslutning", "%(n)d navne uden beslutning", line.count) % {
        "n": line.count
    }
    url = reverse("concerns:concern", args=[line.code])
    return _line(line, _("Tag stilling til det, politiet gav videre"), f"{more}, {_('Sag')} {line.code}", url)


def _many(line: Line) -> Awaiting:
    more = _("%(n)d forskellige har været bekymret, og intet er besluttet") % {"n": line.count}
    url = reverse("concerns:concern", args=[line.code])
    return _line(line, _("Se Sag %(code)s samlet") % {"code": line.code}, more, url)


_SAID: dict[str, Callable[[Line], Awaiting]] = {
    "question": _question,
    "receipt": _receipt,
    "new": _new,
    "undecided": _undecided,
    "many": _many,
}
