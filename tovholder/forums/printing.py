"""What the printed charter says about its forum."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tovholder.documents.shapes import Attendee, CharterDocument, Fact
from tovholder.forums.models import Charter, Forum
from tovholder.forums.queries import members_of
from tovholder.forums.wording import cadence, day, notice


def charter_document(charter: Charter, municipality: str) -> CharterDocument:
    """Return one version of the charter, with the forum's rules and members as they are today."""
    forum = charter.forum
    approved = (
        _("Godkendt den %(day)s af %(by)s") % {"day": day(charter.approved_on), "by": charter.approved_by}
        if charter.approved_on
        else ""
    )
    return CharterDocument(
        municipality=municipality,
        title=_("Kommissorium for %(forum)s") % {"forum": forum.name},
        forum=forum.name,
        version=charter.version,
        text=charter.text,
        facts=[Fact(label=label, value=value) for label, value in facts(forum)],
        members=[
            Attendee(
                name=each.person.name,
                organisation=each.person.organisation.name if each.person.organisation else "",
            )
            for each in members_of(forum)
            if not each.is_guest
        ],
        approved_line=approved,
    )


def facts(forum: Forum) -> list[tuple[str, str]]:
    """Return the forum's rules in words: how often it meets, with which notice, on what it stands."""
    found = [(_("Møder"), cadence(forum)), (_("Varsel"), notice(forum))]
    if forum.basis_documents:
        found.append((_("Grundlag"), ", ".join(str(each) for each in forum.basis_documents)))
    return found
