"""The pages where a calendar address is made, shown, renewed and closed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from tests.factories import ForumFactory, join
from tovholder.accounts.models import User
from tovholder.forums.models import Forum
from tovholder.meetings.models import CalendarFeed
from tovholder.meetings.services import feeds

pytestmark = pytest.mark.django_db


def test_the_page_makes_shows_renews_and_closes(bo: User, client_for: Callable[[User], Client]) -> None:
    client = client_for(bo)
    page = client.get("/moeder/kalender/")
    assert "Lav en adresse" in page.content.decode()
    client.post("/moeder/kalender/ny/")
    mine = CalendarFeed.objects.get(user=bo)
    page = client.get("/moeder/kalender/").content.decode()
    assert feeds.address(mine) in page
    assert "Ingen kalender har hentet" in page
    Client().get(feeds.address(mine).removeprefix(settings.PUBLIC_URL))
    assert "Sidst hentet" in client.get("/moeder/kalender/").content.decode()
    old = feeds.address(mine)
    client.post("/moeder/kalender/ny/")
    page = client.get("/moeder/kalender/").content.decode()
    assert old not in page
    assert "Ingen kalender har hentet" in page
    client.post("/moeder/kalender/luk/")
    assert not CalendarFeed.objects.exists()


def test_the_forum_page_leads_to_its_calendar(
    bo: User, network: Forum, client_for: Callable[[User], Client]
) -> None:
    client = client_for(bo)
    where = f"/moeder/kalender/forum/{network.pk}/"
    assert where in client.get(f"/fora/{network.pk}/").content.decode()
    client.post(f"{where}ny/")
    feed = CalendarFeed.objects.get(user=bo, forum=network)
    assert feeds.address(feed) in client.get(where).content.decode()
    assert network.name in client.get("/moeder/kalender/").content.decode()


def test_who_may_not_see_the_forum_gets_404_and_who_sits_not_in_it_a_reason(
    erik: User, hans: User, grethe: User, network: Forum, client_for: Callable[[User], Client]
) -> None:
    where = f"/moeder/kalender/forum/{network.pk}/"
    for tail, method in (("", "get"), ("ny/", "post"), ("luk/", "post")):
        assert getattr(client_for(erik), method)(where + tail).status_code == 404
    assert "ikke med i dette forum" in client_for(hans).get(where).content.decode()
    assert client_for(hans).post(f"{where}ny/").status_code == 403
    assert client_for(grethe).post(f"{where}ny/").status_code == 302


def test_a_login_without_person_is_told_why(hans: User, client_for: Callable[[User], Client]) -> None:
    hans.person.delete()
    client = client_for(User.objects.get(pk=hans.pk))
    assert "ikke knyttet til en person" in client.get("/moeder/kalender/").content.decode()
    assert client.post("/moeder/kalender/ny/").status_code == 403


def test_two_of_the_same_kind_cannot_be(bo: User, network: Forum) -> None:
    join(bo, ForumFactory())
    for forum in (None, network, None, network):
        feeds.make(by=bo, forum=forum)
    assert CalendarFeed.objects.filter(user=bo).count() == 2
