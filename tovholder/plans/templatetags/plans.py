"""How an agreement's deadline and ending are shown: `{% load plans %}`."""

from __future__ import annotations

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tovholder.plans.models import Agreement, AgreementStatus
from tovholder.plans.wording import due_badge
from tovholder.ui.naming import day_and_month

register = template.Library()
CSS = {
    "error": "badge-error",
    "warning": "badge-warning",
    "success": "badge-success",
    "plain": "th-badge-plain",
}


@register.simple_tag
def agreement_due(agreement: Agreement) -> SafeString:
    """Show the deadline as a badge: over, this week, later, none; or how it ended."""
    text, kind = due_badge(agreement, timezone.localdate())
    return format_html('<span class="badge {}">{}</span>', CSS[kind], text)


@register.filter
def ending(agreement: Agreement) -> str:
    """Write how it ended: "Gjort 6. marts", "Stoppet: løst på anden måde"."""
    if agreement.closed_at is None:
        return ""
    if agreement.status == AgreementStatus.STOPPED:
        return _("Stoppet: %(reason)s") % {"reason": agreement.reason}
    day = day_and_month(timezone.localtime(agreement.closed_at).date())
    return f"{agreement.get_status_display()} {day}"
