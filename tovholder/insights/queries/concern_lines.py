"""What waits of concerns on *Min dag*: codes and what to do, never what a concern is about."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tovholder.accounts.models import User
from tovholder.concerns.waiting import Line, waiting_for
from tovholder.insights.queries.my_day import Awaiting


def awaiting(user: User) -> list[Awaiting]:
    """Return a line for each question, missing receipt, age and absence, and one for each kind of thing to decide on."""
    lines = waiting_for(user)
    shown = [line for line in lines if line.kind not in _BY_CASE]
    found = [_SAID[line.kind](line) for line in shown]
    for code in _BY_CASE:
        found += _of_case(sorted((line for line in lines if line.kind == code), key=lambda line: line.since))
    return found


def _of_case(lines: list[Line]) -> list[Awaiting]:
    """The first few by their case code, the rest in one line: a team may have many who turn 18."""
    few, rest = lines[:CASES_SHOWN], lines[CASES_SHOWN:]
    found = [_SAID[line.kind](line) for line in few]
    if rest:
        title = ngettext("Og i %(n)d sag mere", "Og i %(n)d sager mere", len(rest)) % {"n": len(rest)}
        url = f"{reverse('concerns:list')}?mine=1&vis=igang"
        found.append(_line(rest[0], title, str(_BY_CASE[rest[0].kind]), url))
    return found


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
    return _line(
        line, _("Tag stilling til navne, der er givet videre"), f"{more}, {_('Sag')} {line.code}", url
    )


def _many(line: Line) -> Awaiting:
    more = _("%(n)d forskellige har været bekymret, og intet er besluttet") % {"n": line.count}
    url = reverse("concerns:concern", args=[line.code])
    return _line(line, _("Se Sag %(code)s samlet") % {"code": line.code}, more, url)


def _party_rights(line: Line) -> Awaiting:
    return _age(line, _("Tal med rådgiveren i Sag %(code)s") % {"code": line.code})


def _turns_adult(line: Line) -> Awaiting:
    return _age(line, _("Aftal, hvem der tager over i Sag %(code)s") % {"code": line.code})


def _age(line: Line, title: str) -> Awaiting:
    return _line(line, title, str(_BY_CASE[line.kind]), reverse("concerns:concern", args=[line.code]))


def _absence(line: Line) -> Awaiting:
    return _age(line, _("Se på fraværet i Sag %(code)s") % {"code": line.code})


def _absences(line: Line) -> Awaiting:
    more = ngettext(
        "I %(n)d sag, som ingen har taget, er fraværet så højt, at skolen skal gøre noget",
        "I %(n)d sager, som ingen har taget, er fraværet så højt, at skolen skal gøre noget",
        line.count,
    ) % {"n": line.count}
    url = reverse("concerns:concern", args=[line.code])
    return _line(line, _("Find en til Sag %(code)s") % {"code": line.code}, more, url)


def _ages(line: Line) -> Awaiting:
    more = ngettext(
        "I %(n)d sag, som ingen har taget, fylder et barn 10 eller 18",
        "I %(n)d sager, som ingen har taget, fylder et barn 10 eller 18",
        line.count,
    ) % {"n": line.count}
    return _line(
        line,
        _("Find en til Sag %(code)s") % {"code": line.code},
        more,
        reverse("concerns:concern", args=[line.code]),
    )


CASES_SHOWN = 3
_BY_CASE: dict[str, Promise] = {
    "party_rights": gettext_lazy("Et barn fylder 10 år eller har lige gjort det"),
    "turns_adult": gettext_lazy("En ung fylder 18 inden for et halvt år"),
    "absence": gettext_lazy("Fraværet er så højt, at skolen skal gøre noget"),
}
_SAID: dict[str, Callable[[Line], Awaiting]] = {
    "question": _question,
    "receipt": _receipt,
    "new": _new,
    "undecided": _undecided,
    "many": _many,
    "party_rights": _party_rights,
    "turns_adult": _turns_adult,
    "ages": _ages,
    "absence": _absence,
    "absences": _absences,
}
