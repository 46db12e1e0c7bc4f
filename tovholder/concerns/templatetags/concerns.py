"""How a concern is shown: its age, what who raised it learns, and the headings of its texts."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tovholder.concerns.models import Concern, ConcernStatus
from tovholder.concerns.wording import age_of, public_status
from tovholder.ui.templatetags.addresses import address
from tovholder.ui.templatetags.ui import badge, level

register = template.Library()

HEADINGS = {
    "seen": _("Hvad er set eller hørt"),
    "since": _("Siden hvornår"),
    "tried": _("Hvad er prøvet"),
    "works": _("Hvad virker"),
    "outcome": _("Udfald"),
}


@register.filter
def age(at: datetime) -> str:
    return age_of(at)


@register.filter
def text_heading(name: str) -> str:
    return str(HEADINGS[name])


@register.filter
def status_word(status: str) -> str:
    return str(ConcernStatus(status).label) if status in ConcernStatus.values else status


@register.filter
def commas(joined: str) -> str:
    """Write names that the database joined with spaces after the commas."""
    return ", ".join(joined.split(","))


@register.filter
def phone(written: str) -> str:
    """The digits of a telephone number, for its link."""
    return re.sub(r"[^\d+]", "", written)


@register.simple_tag
def public_badge(concern: Concern) -> SafeString:
    """Show whether it is received, being handled or concluded."""
    return badge(public_status(concern), "success" if concern.has_ended else "plain")


@register.simple_tag
def concern_row(concern: Any) -> SafeString:
    """Draw one row of a list (`lists`): how long it has waited, its code, from whom, where, how worried, its state.

    Without a template: a list has 25 of them, and drawing them took longer than all else on the page.
    """
    more = [
        f", {concern.by_place}" if concern.by_place else "",
        f" · {concern.district_name}" if concern.district_name else "",
        f" · {_word('hos')} {concern.handler_name}" if concern.handler_name else "",
    ]
    return format_html(
        '<li><span class="th-age">{}</span><div class="th-grow"><p class="th-t"><a href="{}">{}</a> {}</p>'
        '<p class="th-d">{} · {} {}{}</p></div>{}{}</li>',
        age_of(concern.status_at), address("concerns:concern", concern.code), str(concern), level(concern.level),
        _label("subject", concern.subject), _word("fra"), concern.by_name, "".join(more),
        _scale(concern.scale_name, concern.scale_prompts) if concern.scale_name else "",
        _state(concern.status),
    )  # fmt: skip


# Words of ours and of the set-up, never a person's: each is looked up and drawn once.
@lru_cache(maxsize=64)
def _word(text: str) -> str:
    return str(_(text))


@lru_cache(maxsize=64)
def _label(field: str, value: str) -> str:
    return str(dict(Concern._meta.get_field(field).flatchoices).get(value, value))  # type: ignore[union-attr]


@lru_cache(maxsize=64)
def _state(status: str) -> SafeString:
    return badge(_label("status", status), "plain")


@lru_cache(maxsize=64)
def _scale(name: str, prompts: bool) -> SafeString:
    return badge(name, "error" if prompts else "plain")
