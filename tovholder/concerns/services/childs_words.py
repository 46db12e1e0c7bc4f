"""The child's own words (barnets stemme) in a concern: a level of their own, shown to parents only while the child agrees."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from tovholder.accounts.models import User
from tovholder.audit.services import record
from tovholder.citizens.models import Child
from tovholder.citizens.services.safe import Safe
from tovholder.concerns import policy
from tovholder.concerns.models import Concern, Entry
from tovholder.concerns.services.course import write_entry


@transaction.atomic
def write_childs_words(
    *, by: User, concern: Concern, text: str, agrees: bool, child: Child | None = None
) -> Entry:
    """Write what the child says, and whether the child agrees that parents see it.

    `child` is whose words they are where the concern is about several. Raises Refused, ValidationError by field.
    """
    policy.may_work(by, concern).require()
    if not text.strip():
        raise ValidationError({"text": [_("Skriv, hvad barnet har sagt.")]})
    if child is not None and not concern.concern_children.filter(child=child).exists():
        raise ValidationError({"child": [_("Vælg et af sagens børn.")]})
    entry = write_entry(by=by, concern=concern, kind=Entry.Kind.CHILD_VIEW, text=text, child=child)
    if agrees:
        entry.child_agrees_to_share = True
        entry.save(update_fields=["child_agrees_to_share"])
    record(by=by, action="concern.childs_words_written", obj=concern, details={"agrees": agrees})
    return entry


@transaction.atomic
def set_agreement(*, by: User, entry: Entry, agrees: bool) -> None:
    """Write that the child agrees, or no longer does. Raises Refused.

    Without it the words leave what a family reads at once, also where no yes was written: a child is always heard.
    """
    concern = entry.concern
    policy.may_work(by, concern).require()
    fresh = Entry.objects.select_for_update().get(pk=entry.pk, kind=Entry.Kind.CHILD_VIEW)
    if fresh.child_agrees_to_share != agrees:
        fresh.child_agrees_to_share = agrees
        fresh.save(update_fields=["child_agrees_to_share"])
        details = {"entry": fresh.pk, "agrees": agrees}
        record(by=by, action="concern.child_agreement_set", obj=concern, details=details)
    if not agrees:
        fresh.concern = concern
        take_words_back(by=by, concern=concern, words=Safe.of([concern]).read(fresh, "text").text)


def take_words_back(*, by: User, concern: Concern, words: str) -> None:
    """Take back whatever was released to a family with these words in it, in the caller's transaction.

    What the apps above have released comes from `settings.WORDS_TAKEN_BACK`, functions (by, concern, words).
    """
    for path in settings.WORDS_TAKEN_BACK:
        import_string(path)(by=by, concern=concern, words=words)


def released_texts(concern: Concern) -> list[str]:
    """Return what stands released to the family of the concern now, but for the young person alone.

    What the apps above have released comes from `settings.WORDS_RELEASED`, functions (concern) -> list of texts. The
    caller looks for the child's words in it, and shows nothing of it.
    """
    return [text for path in settings.WORDS_RELEASED for text in import_string(path)(concern)]


def said_of(agrees: bool) -> str:
    """Return what is said when the choice was made anew."""
    if agrees:
        return _("Det er skrevet ned. Ordene må nu stå i det, I frigiver til familien.")
    return _("Det er skrevet ned. Det, der var frigivet med barnets ord i, er taget tilbage fra familien.")
