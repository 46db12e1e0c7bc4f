"""Terms of reference (kommissorium): a draft is written, approved once, and stays; the next version starts from it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.access.decision import no
from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.forums import policy
from tovholder.forums.models import Charter, Forum


@transaction.atomic
def start_draft(*, by: User, forum: Forum) -> Charter:
    """Return the forum's draft; make it from the last version, or from what is known of the forum."""
    policy.may_manage(by, forum).require()
    Forum.objects.select_for_update().get(pk=forum.pk)
    last = forum.charters.order_by("-version").first()
    if last is not None and last.approved_on is None:
        return last
    charter = Charter.objects.create(
        forum=forum,
        version=last.version + 1 if last else 1,
        text=last.text if last else first_text(forum),
        created_by=by,
    )
    record(
        by=by, action="charter.drafted", obj=charter, details={"forum": forum.pk, "version": charter.version}
    )
    return charter


@transaction.atomic
def save_draft(*, by: User, charter: Charter, text: str) -> None:
    """Write the text of a draft. Raises Refused once it is approved."""
    fresh = _locked_draft(by, charter)
    fresh.text = text.strip()
    fresh.save(update_fields=["text"])
    record(by=by, action="charter.written", obj=fresh, details={"fields": ["text"]})


@transaction.atomic
def approve(*, by: User, charter: Charter, approved_on: date, approved_by: str) -> None:
    """Freeze a draft with the day of its approval and who approved it."""
    fresh = _locked_draft(by, charter)
    if approved_on > timezone.localdate():
        no("approved_later", _("Godkendelsen kan ikke ligge i fremtiden.")).require()
    if not approved_by.strip():
        no("approver_missing", _("Skriv, hvem der har godkendt det.")).require()
    if not fresh.text.strip():
        no("charter_empty", _("Kommissoriet er tomt.")).require()
    fresh.approved_on, fresh.approved_by = approved_on, approved_by.strip()
    fresh.save(update_fields=["approved_on", "approved_by"])
    record(by=by, action="charter.approved", obj=fresh, details={"version": fresh.version})


@transaction.atomic
def drop_draft(*, by: User, charter: Charter) -> None:
    """Throw a draft away."""
    fresh = _locked_draft(by, charter)
    record(by=by, action="charter.dropped", obj=fresh, details={"version": fresh.version})
    fresh.delete()


def first_text(forum: Forum) -> str:
    """Return a first draft from the forum's own rules."""
    bodies = "\n".join(f"- {each}" for each in forum.basis_documents) or "-"
    return "\n\n".join(
        [
            f"# {_('Formål')}\n\n{forum.purpose or '-'}",
            f"# {_('Grundlag')}\n\n{bodies}",
            f"# {_('Deltagere')}\n\n-",
            f"# {_('Opgaver og kompetence')}\n\n"
            + (_("Forummet kan selv handle.") if forum.acts else _("Forummet foreslår og sender videre.")),
            f"# {_('Møder')}\n\n{forum.get_cadence_display()}. "
            + _("Indkaldelse og dagsorden sendes %(n)s dage før.") % {"n": forum.notice_days},
            f"# {_('Principper')}\n\n{forum.principles or '-'}",
        ]
    )


def _locked_draft(by: User, charter: Charter) -> Charter:
    policy.may_manage(by, charter.forum).require()
    fresh = Charter.objects.select_for_update().get(pk=charter.pk)
    policy.may_edit_charter(fresh).require()
    return fresh
