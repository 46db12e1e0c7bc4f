"""The family's link: what it carries, what it never carries, and that it ends."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.network.conftest import CHILD, MOTHER, WORDS, everybody, fresh
from tovholder.access.decision import Refused
from tovholder.accounts.models import User
from tovholder.audit.models import Event
from tovholder.citizens.services.safe import Safe
from tovholder.concerns.models import Category
from tovholder.meetings.models import FamilyMember, FamilyVoice, Meeting, NetworkMeeting
from tovholder.meetings.services import family
from tovholder.meetings.services import network as calling
from tovholder.meetings.services import network_meeting as running
from tovholder.meetings.services import network_people as people
from tovholder.meetings.services.family_texts import languages
from tovholder.meetings.services.links import BadLinkError
from tovholder.meetings.views import family as views
from tovholder.outbox.models import OutgoingMail


def url(member: FamilyMember, more: str = "") -> str:
    return f"/familie/{family.token_of(member)}/{more}"


def test_it_carries_time_place_and_roles_and_no_name(
    called: NetworkMeeting, member: FamilyMember, erik: User, dina: User, client: Client
) -> None:
    page = client.get(url(member)).content.decode()
    assert "Øster Skole" in page  # the place of the meeting
    roles = [each.role for each in family.who_comes(called.meeting)]
    assert len(roles) == 2
    assert all(role in page for role in roles)
    for secret in (*CHILD.split(), *MOTHER.split(), WORDS, called.concern.code, erik.name, dina.name):
        assert secret not in page, secret
    assert str(called.concern) not in page
    assert "Forælder" not in page


@pytest.mark.parametrize("code", ["da", "en", "ar", "tr", "uk"])
def test_it_speaks_the_familys_language(member: FamilyMember, client: Client, code: str) -> None:
    page = client.get(url(member, f"?sprog={code}")).content.decode()
    said = languages()[code]
    assert f'<html lang="{code}" dir="{said.direction}"' in page
    assert said.texts["question"] in page


def test_every_language_says_everything(settings: Any, tmp_path: Any) -> None:
    danish = languages()["da"].texts
    for each in languages().values():
        assert set(each.texts) == set(danish)
        if each.code != "da":
            assert not [key for key in danish if each.texts[key] == danish[key] and key != "send"]
    (tmp_path / "de.toml").write_text('name = "Deutsch"\n[texts]\nwhen = "Wann"\n', encoding="utf-8")
    settings.FAMILY_LANGUAGES = str(tmp_path)
    german = languages()["de"]
    assert (german.texts["when"], german.texts["where"]) == ("Wann", danish["where"])


def test_a_question_before_and_the_experience_after(
    called: NetworkMeeting, member: FamilyMember, erik: User, client: Client
) -> None:
    answer = client.post(url(member), {"text": "Skal faster også med?"})
    assert answer.status_code == 302
    voice = FamilyVoice.objects.get()
    assert voice.kind == "question"
    assert b"faster" not in bytes(voice.text)
    assert Safe.of([voice]).read(voice, "text").text == "Skal faster også med?"
    assert Event.objects.get(action="family.voice_written").actor == f"family:{member.pk}"
    running.start(by=erik, network=called, **everybody(called))
    assert "textarea" not in client.get(url(member)).content.decode()  # nothing while it runs
    running.finish(by=erik, network=called)
    assert languages()["da"].texts["experience"] in client.get(url(member)).content.decode()
    client.post(url(member), {"text": "Vi blev lyttet til."})
    assert FamilyVoice.objects.filter(kind="experience").count() == 1


def test_the_child_is_asked_in_plain_words(ready: NetworkMeeting, erik: User, client: Client) -> None:
    people.set_family(
        by=erik, network=ready, adults=[ready.meeting.family.get().adult], young_people=[ready.meeting.family.get().child]
    )  # fmt: skip
    people.tell_family(by=erik, network=ready, on=timezone.localdate())
    calling.call(by=erik, network=fresh(ready), lacks=[])
    young = ready.meeting.family.get(part="young_person")
    page = client.get(url(young)).content.decode()
    assert languages()["da"].texts["question_child"] in page
    assert languages()["da"].texts["title_child"] in page


def test_a_closed_link_and_a_new_one(
    called: NetworkMeeting, member: FamilyMember, erik: User, client: Client
) -> None:
    old = url(member)
    family.close_links(by=erik, network=called)
    assert client.get(old).status_code == 410
    member.refresh_from_db()
    assert client.get(url(member)).status_code == 200


def test_it_ends_a_month_after_and_when_the_meeting_is_off(
    called: NetworkMeeting, member: FamilyMember, client: Client
) -> None:
    past = timezone.now() - timedelta(days=31)
    Meeting.every.update(starts_at=past - timedelta(hours=1), ends_at=past)
    assert client.get(url(member)).status_code == 410
    Meeting.every.update(
        starts_at=timezone.now() + timedelta(days=1), ends_at=timezone.now() + timedelta(days=1, hours=1),
        status="cancelled",
    )  # fmt: skip
    assert client.get(url(member)).status_code == 410


def test_nothing_before_the_family_is_told_or_the_meeting_called(
    ready: NetworkMeeting, erik: User, client: Client
) -> None:
    member = ready.meeting.family.get()
    assert client.get(url(member)).status_code == 410
    with pytest.raises(Refused):
        family.link_for(by=erik, network=ready, member=member)


def test_only_the_initiator_takes_links_out(
    called: NetworkMeeting, member: FamilyMember, anna: User, dina: User, erik: User
) -> None:
    for other in (anna, dina):
        with pytest.raises(Refused):
            family.link_for(by=other, network=called, member=member)
    assert family.token_of(member) in family.link_for(by=erik, network=called, member=member)
    assert not OutgoingMail.objects.filter(body__contains="/familie/").exists()


# Journey (e): nothing reaches a family under suspicion.


def test_suspicion_closes_every_link_at_the_next_request(
    called: NetworkMeeting, member: FamilyMember, erik: User, client: Client, suspicion: Category
) -> None:
    assert client.get(url(member)).status_code == 200
    called.concern.categories.add(suspicion)
    page = client.get(url(member))
    assert page.status_code == 410
    assert "vold" not in page.content.decode().lower()
    assert client.post(url(member), {"text": "Hvorfor?"}).status_code == 410
    assert not FamilyVoice.objects.exists()
    with pytest.raises(Refused):
        family.link_for(by=erik, network=fresh(called), member=member)


def test_a_suspected_family_gets_the_same_page_as_one_whose_link_is_closed(
    called: NetworkMeeting, member: FamilyMember, erik: User, client: Client, suspicion: Category
) -> None:
    called.concern.categories.add(suspicion)
    suspected = client.get(url(member)).content
    called.concern.categories.clear()
    old = url(member)
    family.close_links(by=erik, network=called)
    assert client.get(old).content == suspected


# Bad links and bad input.


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="/?#\\\x00"), min_size=1, max_size=60)
)
def test_no_invented_token_opens_anything(token: str) -> None:
    with pytest.raises(BadLinkError):
        family.behind(token)


def test_a_forged_link_gets_a_plain_page(member: FamilyMember, client: Client) -> None:
    token = family.token_of(member)
    for bad in ("x", token[:-1], token[:-1] + ("A" if token[-1] != "A" else "B"), token.upper()):
        answer = client.get(f"/familie/{bad}/")
        assert answer.status_code == 404
        assert languages()["da"].texts["closed"] in answer.content.decode()


def test_whoever_guesses_has_to_wait(
    member: FamilyMember, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "WRONG", 3)
    codes = [client.get(f"/familie/gaet{n}/").status_code for n in range(5)]
    assert codes == [404, 404, 404, 429, 429]


def test_a_flood_is_kept_out(member: FamilyMember, client: Client) -> None:
    for n in range(14):
        client.post(url(member), {"text": f"nummer {n}"})
    assert FamilyVoice.objects.count() == 10


def test_empty_and_numbers_are_refused_kindly(member: FamilyMember, client: Client) -> None:
    answer = client.post(url(member), {"text": "   "})
    assert answer.status_code == 422
    assert languages()["da"].texts["error_empty"] in answer.content.decode()
    with pytest.raises(ValidationError):
        family.write(token=family.token_of(member), text="Mit nummer er 010203-1234")
    assert not FamilyVoice.objects.exists()


def test_the_page_is_not_kept_and_asks_nobody_else(member: FamilyMember, client: Client) -> None:
    answer = client.get(url(member))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert not re.findall(r'(?:src|href)="https?://', answer.content.decode())
