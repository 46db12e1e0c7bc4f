"""Signed links that work without login. They hold numbers only, and stop when they should.

A link names the row, the person and the person's `link_version`: raising that makes every old link invalid.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tovholder.directory.models import Person
from tovholder.meetings.models import Meeting, Participation, Relay

ANSWER_SALT = "tovholder.meetings.answer"
RELAY_SALT = "tovholder.meetings.relay"
RELAY_DAYS = timedelta(days=180)


class BadLinkError(Exception):
    """The link cannot be used. `gone` tells an outlived link from one that was never ours."""

    def __init__(self, message: str, *, gone: bool) -> None:
        super().__init__(message)
        self.gone = gone


def public_url(path: str) -> str:
    """Return the full address of a path, for a mail."""
    return f"{settings.PUBLIC_URL}{path}"


def meeting_url(meeting: Meeting) -> str:
    return public_url(reverse("meetings:before", args=[meeting.pk]))


def answer_url(participation: Participation) -> str:
    """Return the full address where the invited person answers without logging in."""
    return public_url(reverse("meetings:answer_link", args=[answer_token(participation)]))


def answer_token(participation: Participation) -> str:
    person = participation.person
    return signing.dumps([participation.pk, person.pk, person.link_version], salt=ANSWER_SALT)


def participation_behind(token: str) -> Participation:
    """Return the participation that a link answers for. Raises BadLinkError."""
    pk, person_id, version = _read(token, ANSWER_SALT)
    found = (
        Participation.objects.select_related("person", "meeting", "meeting__lead_forum")
        .filter(pk=pk, person_id=person_id)
        .first()
    )
    if found is None:
        raise BadLinkError(_("Linket virker ikke."), gone=False)
    _check_person(found.person, version)
    if found.removed_at is not None:
        raise BadLinkError(_("Du er ikke længere inviteret til mødet."), gone=True)
    if found.meeting.ends_at < timezone.now():
        raise BadLinkError(_("Mødet er slut, så linket virker ikke længere."), gone=True)
    return found


def relay_url(relay: Relay) -> str:
    """Return the full address where a person outside the forum answers what was sent."""
    return public_url(reverse("meetings:relay_link", args=[relay_token(relay)]))


def relay_token(relay: Relay) -> str:
    if relay.to_person is None:
        raise ValueError("only a relay to a person is answered by link")
    return signing.dumps([relay.pk, relay.to_person.pk, relay.to_person.link_version], salt=RELAY_SALT)


def relay_behind(token: str) -> Relay:
    """Return the relay that a link answers. Raises BadLinkError."""
    pk, person_id, version = _read(token, RELAY_SALT)
    found = (
        Relay.objects.select_related("to_person", "from_forum").filter(pk=pk, to_person_id=person_id).first()
    )
    if found is None or found.to_person is None:
        raise BadLinkError(_("Linket virker ikke."), gone=False)
    _check_person(found.to_person, version)
    if found.status == Relay.Status.WITHDRAWN:
        raise BadLinkError(_("Afsenderen har trukket det tilbage. Du behøver ikke at gøre noget."), gone=True)
    if found.created_at + RELAY_DAYS < timezone.now():
        raise BadLinkError(_("Linket er for gammelt. Bed om et nyt."), gone=True)
    return found


def _read(token: str, salt: str) -> list[Any]:
    try:
        payload = signing.loads(token, salt=salt)
    except signing.BadSignature:
        raise BadLinkError(
            _("Linket virker ikke. Se efter, om det hele er kommet med fra mailen."), gone=False
        ) from None
    return list(payload)


def _check_person(person: Person, version: int) -> None:
    if person.left_on is not None or person.link_version != version:
        raise BadLinkError(_("Linket er ikke længere gyldigt."), gone=True)
