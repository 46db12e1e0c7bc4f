"""Signed links for people without a login: what they may answer, and that they want no more reminders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from tovholder.directory.models import Person
from tovholder.plans.models import Agreement

ANSWER_SALT = "plans.answer"
REMINDERS_SALT = "plans.reminders"
LASTS = timedelta(days=60)


class LinkForgedError(Exception):
    """The link was not made by us, or what it points at is gone."""


class LinkClosedError(Exception):
    """The link is ours but no longer holds: too old, withdrawn, or the person has left."""


@dataclass(frozen=True)
class Answerer:
    """Who may answer which agreement by a link."""

    person: Person
    agreement: Agreement


def answer_url(agreement: Agreement, person: Person, now: datetime | None = None) -> str:
    """Return the whole address where the person answers; it holds until 60 days after the deadline or the sending."""
    sent = now or timezone.now()
    until = max(sent, _start_of(agreement.due_on)) if agreement.due_on else sent
    payload = {**_who(person), "a": agreement.pk, "u": int((until + LASTS).timestamp())}
    return _address("plans:answer", signing.dumps(payload, salt=ANSWER_SALT))


def reminders_url(person: Person, now: datetime | None = None) -> str:
    """Return the whole address where the person turns reminders off; it holds for a year."""
    until = (now or timezone.now()) + timedelta(days=365)
    payload = {**_who(person), "u": int(until.timestamp())}
    return _address("plans:reminders_by_link", signing.dumps(payload, salt=REMINDERS_SALT))


def read_answer(token: str) -> Answerer:
    """Return who answers what. Raises LinkForgedError or LinkClosedError."""
    payload = _payload(token, ANSWER_SALT)
    agreement = Agreement.every.select_related("forum").filter(pk=payload["a"]).first()
    if agreement is None:
        raise LinkForgedError
    return Answerer(person=_person(payload), agreement=agreement)


def read_reminders(token: str) -> Person:
    """Return whose reminders they are. Raises LinkForgedError or LinkClosedError."""
    return _person(_payload(token, REMINDERS_SALT))


def _who(person: Person) -> dict[str, int]:
    return {"p": person.pk, "v": person.link_version}


def _address(name: str, token: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, args=[token])}"


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _payload(token: str, salt: str) -> dict[str, Any]:
    try:
        payload: dict[str, Any] = signing.loads(token, salt=salt)
    except signing.BadSignature as error:
        raise LinkForgedError from error
    if timezone.now().timestamp() > payload["u"]:
        raise LinkClosedError
    return payload


def _person(payload: dict[str, Any]) -> Person:
    person = Person.objects.filter(pk=payload["p"]).first()
    if person is None:
        raise LinkForgedError
    if person.left_on is not None or person.link_version != payload["v"]:
        raise LinkClosedError
    return person
