"""Danish words for numbers, deadlines and counts, so that every page and mail says them alike."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tovholder.plans.models import Agreement, AgreementStatus
from tovholder.ui.naming import day_and_month

NUMBERS = "nul en to tre fire fem seks syv otte ni ti elleve tolv".split()
WEEKDAYS = "man. tirs. ons. tors. fre. lør. søn.".split()


def number_word(number: int, *, neuter: bool = False) -> str:
    """Write a small number as a word ("to"; "ét" where the noun is neuter), a larger one in digits."""
    if number == 1:
        return "ét" if neuter else "én"
    return NUMBERS[number] if 0 <= number < len(NUMBERS) else str(number)


def counted(number: int, one: str, many: str, *, neuter: bool = False) -> str:
    """Write "én aftale", "to aftaler"."""
    return f"{number_word(number, neuter=neuter)} {one if number == 1 else many}"


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def last_of_seven_days(today: date) -> date:
    """Return the last of the seven days that begin today: on a Sunday, too, something lies ahead."""
    return today + timedelta(days=6)


def lacking(responsible: object | None, due_on: date | None) -> str:
    """Say what an open agreement lacks before it counts: who does it, and by when (rule 28)."""
    if responsible is None and due_on is None:
        return _("Mangler ansvarlig og frist")
    if responsible is None:
        return _("Mangler ansvarlig")
    return _("Mangler frist") if due_on is None else ""


def due_badge(agreement: Agreement, today: date) -> tuple[str, str]:
    """Return the text of the deadline and the kind of badge it stands on."""
    due = agreement.due_on
    if agreement.status != AgreementStatus.OPEN:
        return str(
            agreement.get_status_display()
        ), "success" if agreement.status == AgreementStatus.DONE else "plain"
    if due is None:
        return _("Uden frist"), "warning"
    if due < today:
        days = (today - due).days
        return (_("1 dag over") if days == 1 else _("%(n)s dage over") % {"n": days}), "error"
    if due == today:
        return _("I dag"), "warning"
    if due <= last_of_seven_days(today):
        return capitalised(f"{WEEKDAYS[due.weekday()]} {day_and_month(due)}"), "warning"
    year = f" {due.year}" if due.year != today.year else ""
    return day_and_month(due) + year, "plain"


def age_group(due_on: date | None, today: date) -> str:
    """Return under which heading a deadline stands on the board by age."""
    if due_on is None:
        return _("Uden frist")
    days = (today - due_on).days
    if days > 30:
        return _("Mere end en måned over fristen")
    if days > 7:
        return _("Mere end en uge over fristen")
    if days > 0:
        return _("Op til en uge over fristen")
    return _("Inden for fristen")


def mine_lead(*, late: int, week: int, stuck: int, total: int) -> SafeString:
    """Say in one sentence how it stands with my agreements, the important words bold."""
    if total == 0:
        return mark_safe(_("Du har ingen åbne aftaler."))  # noqa: S308 - our own words
    if late:
        parts = [format_html(_("{} er <strong>over fristen</strong>."), capitalised(number_word(late)))]
    elif week:
        parts = [
            format_html(
                _("Ingen er over fristen. {} har <strong>frist inden for syv dage</strong>."),
                capitalised(number_word(week)),
            )
        ]
    else:
        parts = [mark_safe(_("Ingen er over fristen, og ingen har frist inden for syv dage."))]  # noqa: S308 - our own words
    if stuck:
        parts.append(
            format_html(
                _("{} har været med på flere møder, så <strong>I skal tage stilling</strong>."),
                capitalised(number_word(stuck)),
            )
        )
    return format_html_join(" ", "{}", ((part,) for part in parts))
