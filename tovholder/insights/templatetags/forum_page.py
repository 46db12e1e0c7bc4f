"""The small drawing of who came to the last meetings."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tovholder.insights.queries.forum_page import MemberRow

register = template.Library()


@register.simple_tag
def attendance_dots(row: MemberRow) -> SafeString:
    """Draw one dot for each meeting: filled for came, empty for did not; none for one before the person was in."""
    if not row.counted:
        return format_html('<span class="th-mute">{}</span>', _("Ikke med endnu"))
    return _drawn(tuple(row.dots), row.came, row.counted)


@lru_cache(maxsize=1024)
def _drawn(dots: tuple[bool | None, ...], came: int, counted: int) -> SafeString:
    label = _("Med på %(came)s af de seneste %(all)s møder") % {"came": came, "all": counted}
    marks = format_html_join(
        "",
        '<circle cx="{}" cy="7" r="5" fill="{}" stroke="#0f4c53" stroke-width="1.500"/>',
        ((7 + 15 * index, "#0f4c53" if dot else "#fff") for index, dot in enumerate(dots) if dot is not None),
    )
    return format_html(
        '<svg class="th-att-svg" viewBox="0 0 76 14" role="img" aria-label="{}">{}</svg>', label, marks
    )
