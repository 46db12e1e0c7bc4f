"""The frame around every page: menu, messages, error pages, gallery."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import F
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from tovholder.ui.navigation import ForumLink, NavItem, build_navigation, facts

UI = Path(__file__).resolve().parents[2] / "tovholder/ui"


class Somebody:
    pk = 1
    is_authenticated = True

    def __str__(self) -> str:
        return "Anna"


def menu(request):
    return [
        NavItem("Aftaler", "/aftaler/", "checklist", 20, count=3),
        NavItem("Møder", "/moeder/", "groups", 10),
        NavItem("Min dag", "/", "home", 1),
        NavItem("Emner", "/moeder/emner/", "bookmarks", 15),
    ]


def forums(request):
    return [ForumLink("Netværk Vester", "/fora/2/", "th-dot-2")]


def line(user):
    return "SSP-konsulent"


def register(user):
    return "/ny/"


def town():
    return "Vestby Kommune"


def fact(user):
    return F("name")


@pytest.fixture
def frame(settings):
    here = "tests.ui.test_frame"
    settings.NAVIGATION = [f"{here}.menu"]
    settings.MY_FORUMS = f"{here}.forums"
    settings.USER_LINE_PROVIDER = f"{here}.line"
    settings.MUNICIPALITY_NAME_PROVIDER = f"{here}.town"
    settings.REGISTER = f"{here}.register"
    settings.FRAME_FACTS = {}


def request_for(path: str, user: object):
    request = RequestFactory().get(path)
    request.user = user
    return request


@pytest.mark.parametrize(
    ("path", "current"),
    [("/", "Min dag"), ("/moeder/7/", "Møder"), ("/moeder/emner/", "Emner"), ("/andet/", None)],
)
def test_menu_is_in_order_and_marks_where_i_am(frame, path, current):
    nav = build_navigation(request_for(path, Somebody()))
    assert [item.label for item in nav.items] == ["Min dag", "Møder", "Emner", "Aftaler"]
    assert [item.label for item in nav.items if item.current] == ([current] if current else [])


def test_strangers_get_no_menu(frame):
    nav = build_navigation(request_for("/", AnonymousUser()))
    assert nav.items == []
    assert nav.forums == []
    assert nav.user_name == ""


def test_missing_settings_mean_an_empty_menu(settings):
    for name in ("NAVIGATION", "MY_FORUMS", "USER_LINE_PROVIDER", "MUNICIPALITY_NAME_PROVIDER", "REGISTER"):
        setattr(settings, name, "" if name != "NAVIGATION" else [])
    assert build_navigation(request_for("/", Somebody())).items == []


def test_what_the_frame_asks_the_database_is_read_once_however_much_it_is(settings, anna):
    settings.FRAME_FACTS = {f"fact_{n}": "tests.ui.test_frame.fact" for n in (1, 2, 3)}
    request = request_for("/", anna)
    with CaptureQueriesContext(connection) as queries:
        assert facts(request) == facts(request) == {"fact_1": "Anna", "fact_2": "Anna", "fact_3": "Anna"}
    assert len(queries) == 1
    assert facts(request_for("/", AnonymousUser())) == {}


def test_page_has_skip_link_menu_twice_name_and_log_out(frame):
    page = render_to_string("ui/base.html", request=request_for("/aftaler/", Somebody()))
    assert page.index('href="#main-content"') < page.index("<header")
    assert page.count('href="/aftaler/" aria-current="page"') == 2
    assert page.count('href="/fora/2/"') == 2
    assert "SSP-konsulent" in page
    assert "Vestby Kommune" in page
    assert len(re.findall(r'<form[^>]*method="post"[^>]*data-forget', page)) == 2
    assert page.count("csrfmiddlewaretoken") == 3  # log out, here and in the phone's menu, and search


def test_page_without_a_menu_offers_no_way_in(frame):
    page = render_to_string("ui/bare.html", request=request_for("/", AnonymousUser()))
    assert "<nav" not in page
    assert "Log ud" not in page
    assert "Vestby Kommune" in page


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404"])
def test_error_pages_say_what_to_do(frame, name):
    page = render_to_string(f"{name}.html", request=request_for("/", AnonymousUser()))
    assert "<h1>" in page
    assert 'href="/"' in page


def test_refusal_shows_its_reason(frame):
    page = render_to_string(
        "403.html", {"reason": "Du er ikke medlem."}, request=request_for("/", AnonymousUser())
    )
    assert "Du er ikke medlem." in page


def test_page_for_our_own_fault_needs_nothing():
    page = render_to_string("500.html")
    assert "Noget gik galt" in page
    for path in re.findall(r'"/static/(ui/[^"]+)"', page):
        assert (UI / "static" / path).is_file()


def test_ask_once_page_names_what_is_lost(frame):
    page = render_to_string(
        "ui/confirm.html",
        {
            "title": "Aflys mødet?",
            "loses": ["Dagsordenen"],
            "button": "Aflys mødet",
            "cancel_url": "/moeder/7/",
        },
        request=request_for("/moeder/7/aflys/", Somebody()),
    )
    assert "Det går tabt" in page
    assert "Dagsordenen" in page
    assert 'href="/moeder/7/"' in page
    assert re.search(r'<form method="post">.*csrfmiddlewaretoken', page, re.DOTALL)


def test_gallery_shows_every_component(frame, rf):
    from tovholder.ui.views import gallery  # the view is only in the addresses when DEBUG is on

    request = rf.get("/komponenter/")
    request.user = Somebody()
    page = gallery(request).content.decode()
    for word in ("Navngivet", "Der er 4 ting, du skal rette", "Ingen åbne aftaler", "Næste"):
        assert word in page


def test_own_files_are_small():
    assert (UI / "static/ui/own.css").stat().st_size < 50_000
    assert (UI / "static/ui/own.js").stat().st_size < 10_000
