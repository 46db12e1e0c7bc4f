"""How a concern is shown: its age, what who raised it learns, and the headings of its texts."""

from __future__ import annotations

import re
from datetime import datetime

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tovholder.concerns.models import Concern, ConcernStatus
from tovholder.concerns.wording import age_of, public_status
from tovholder.ui.templatetags.ui import badge

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
