"""Signed links: forged, bent, lent to another purpose, outlived; and what they show of an anonymous item."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client
from django.utils import timezone

from tests.factories import (
    AgendaItemFactory,
    AgreementFactory,
    MeetingFactory,
    ParticipationFactory,
    PersonFactory,
)
from tovholder.meetings.models import Minutes, Participation, Relay
from tovholder.meetings.services import links as meeting_links
from tovholder.meetings.services import minute_letters
from tovholder.outbox.models import OutgoingMail
from tovholder.plans import links as plan_links
from tovholder.plans.models import Agreement, AgreementNote

# Where the button of each kind sends its form.
BUTTONS = {"answer": "gem/", "agreement": "gjort/"}
PATHS = ("answer", "relay", "minutes", "agreement", "reminders")


@pytest.fixture
def person(db):
    return PersonFactory(name="Jens Vikar")


@pytest.fixture
def ways(network, person) -> dict[str, str]:
    """One link of each kind, all of them for Jens."""
    meeting = MeetingFactory(lead_forum=network)
    row = ParticipationFactory(meeting=meeting, person=person, invited_sequence=0)
    held = MeetingFactory(lead_forum=network, status="held", held_at=timezone.now())
    ParticipationFactory(meeting=held, person=person, attended=True)
    until = timezone.localdate() + timedelta(days=7)
    minutes = Minutes.objects.create(meeting=held, status="commenting", comments_until=until)
    for each in (meeting, held):
        hidden = AgendaItemFactory(
            meeting=each, position=1, level="anonymous", heading="kanariANONYM", text="kanariANONYM"
        )
        AgendaItemFactory(meeting=each, position=2, heading="Alle må læse det")
        each.participations.update(only_item=hidden)
    relay = Relay.objects.create(
        from_forum=network,
        from_item=hidden,
        to_person=person,
        heading="Sendt",
        text="I generelle vendinger",
        created_by="system",
    )
    agreement = AgreementFactory(forum=network, responsible=person, what="kanariANONYM", level="anonymous")
    found = {
        "answer": meeting_links.answer_url(row),
        "relay": meeting_links.relay_url(relay),
        "minutes": minute_letters.comment_url(minutes, person),
        "agreement": plan_links.answer_url(agreement, person),
        "reminders": plan_links.reminders_url(person),
    }
    return {name: url.removeprefix(settings.PUBLIC_URL) for name, url in found.items()}


def token_of(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


@pytest.mark.parametrize("kind", PATHS)
def test_a_link_shows_nothing_anonymous(ways, kind):
    response = Client().get(ways[kind])
    assert response.status_code == 200
    assert "kanari" not in response.content.decode()


@pytest.mark.parametrize("kind", PATHS)
def test_a_bent_link_is_refused(ways, kind):
    path, token = ways[kind], token_of(ways[kind])
    body, _colon, sign = token.rpartition(":")
    forged = [
        token[:-1], token[1:], token + "x", token.swapcase(), body, sign, f"{body}:", "x" * 3000, "%00", "a:b:c", token.upper(),
        signing.dumps([1, 1, 1], salt=minute_letters.COMMENT_SALT, key="en anden nøgle"),
    ]  # fmt: skip
    for each in forged:
        for method in ("get", "post"):
            button = BUTTONS.get(kind, "") if method == "post" else ""
            response = getattr(Client(), method)(path.replace(token, each) + button)
            assert response.status_code == 404, each


@pytest.mark.parametrize("kind", PATHS)
def test_a_link_does_one_thing_only(ways, kind):
    """The token of one kind opens no other."""
    for other in PATHS:
        if other != kind:
            assert (
                Client().get(ways[kind].replace(token_of(ways[kind]), token_of(ways[other]))).status_code
                == 404
            )


@pytest.mark.parametrize("kind", PATHS)
@pytest.mark.parametrize("why", ["left", "renewed", "old"])
def test_a_link_ends(ways, person, kind, why):
    if why == "left":
        person.left_on = timezone.localdate()
    if why == "renewed":
        person.link_version += 1
    person.save()
    later = timezone.now() + timedelta(days=800 if why == "old" else 0)
    before = _state()
    with patch("django.utils.timezone.now", return_value=later):
        for method in ("get", "post"):
            button = BUTTONS.get(kind, "") if method == "post" else ""
            response = getattr(Client(), method)(
                ways[kind] + button, {"text": "Nyt", "til": "0", "answer": "yes"}
            )
            assert response.status_code == 410
    assert _state() == before


def _state() -> list[object]:
    rows = Participation.objects.order_by("pk").values_list("answer", "answer_note")
    return [
        *rows,
        *Relay.objects.values_list("answer"),
        *Agreement.objects.values_list("status"),
        AgreementNote.objects.count(),
    ]


@pytest.mark.parametrize(
    ("kind", "tail", "data"),
    [
        ("answer", "gem/", {"answer": "yes", "note": "010180-1234"}),
        ("answer", "stedfortraeder/", {"name": "Per 010180-1234", "email": "per@vestby.example"}),
        ("relay", "", {"text": "Ring til 010180-1234"}),
        ("minutes", "", {"stance": "object", "text": "Ring til 010180-1234"}),
        ("agreement", "status/", {"text": "Ring til 010180-1234"}),
        ("answer", "gem/", {"answer": "yes", "note": "a\x00b"}),
        ("relay", "", {"text": "a\x00b"}),
        ("minutes", "", {"stance": "object", "text": "a\x00b"}),
        ("agreement", "status/", {"text": "a\x00b"}),
        ("agreement", "status/", {"text": "x" * 200_000}),
    ],
)
def test_what_may_not_be_stored_is_refused_with_a_sentence(ways, kind, tail, data):
    before = _state()
    response = Client().post(ways[kind] + tail, data)
    assert response.status_code in {200, 422}
    if "1234" in str(data):
        assert "CPR" in response.content.decode()
    assert _state() == before
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("kind", PATHS)
def test_looking_changes_nothing(ways, kind):
    before = _state()
    Client().get(ways[kind])
    Client().head(ways[kind])
    assert _state() == before
