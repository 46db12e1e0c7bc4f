"""Components say what they show with words and icons, and point at icons that exist."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from tovholder.ui.icons import ICONS

ROOT = Path(__file__).resolve().parents[2]
SPRITE = ROOT / "tovholder/ui/static/ui/icons.svg"
NAMED_IN_TEMPLATE = re.compile(
    r"""\{%\s*icon\s+["']([\w-]+)["']|\{%[^%]*\s(?:icon|icon_name)=["']([\w-]+)["']"""
)
NAMED_IN_PYTHON = re.compile(r"""NavItem\((?:[^()]|\([^()]*\))*?icon=["']([\w-]+)["']""")


def draw(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context)).strip()


def test_sprite_holds_exactly_the_listed_icons():
    assert set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text(encoding="utf-8"))) == ICONS


def test_every_icon_that_a_page_or_a_menu_names_exists():
    named = {}
    for path in (ROOT / "tovholder").rglob("*.html"):
        for match in NAMED_IN_TEMPLATE.finditer(path.read_text(encoding="utf-8")):
            named[match.group(1) or match.group(2)] = path.name
    for path in (ROOT / "tovholder").rglob("nav.py"):
        for name in NAMED_IN_PYTHON.findall(path.read_text(encoding="utf-8")):
            named[name] = path.name
    assert {"menu", "close"} <= named.keys()
    assert {name: where for name, where in named.items() if name not in ICONS} == {}


def test_unknown_icon_is_an_error_while_developing(settings):
    settings.DEBUG = True
    with pytest.raises(TemplateSyntaxError, match="enhjørning"):
        draw('{% icon "enhjørning" %}')


def test_icon_is_decoration_unless_it_has_a_label():
    assert 'aria-hidden="true"' in draw('{% icon "home" %}')
    labelled = draw('{% icon "home" label="Hjem" %}')
    assert 'role="img"' in labelled
    assert 'aria-label="Hjem"' in labelled
    assert "aria-hidden" not in labelled


@pytest.mark.parametrize(
    ("value", "icon", "word", "css"),
    [
        ("general", "groups", "Generelt", "th-level-gen"),
        ("anonymous", "visibility-off", "Anonymt", "th-level-ano"),
        ("named", "lock", "Navngivet", "th-level-nav"),
    ],
)
def test_level_has_colour_icon_and_word(value, icon, word, css):
    drawn = draw("{% level value %}", value=value)
    assert css in drawn
    assert f"#{icon}" in drawn
    assert word in drawn


def test_unknown_level_is_never_drawn_as_something_harmless():
    with pytest.raises(KeyError):
        draw("{% level value %}", value="secret")


def test_status_has_icon_and_word():
    drawn = draw('{% status "vent" "Mangler svar" %}')
    assert "#time" in drawn
    assert "Mangler svar" in drawn


def test_names_are_escaped_everywhere():
    evil = "<script>alert(1)</script>"
    drawn = draw(
        '{% badge evil %}{% status "ok" evil %}{% avatar evil %}{% empty_state evil evil %}{% endempty_state %}'
        "{% box evil %}{{ evil }}{% endbox %}{% alert 'info' evil %}{% breadcrumbs crumbs %}",
        evil=evil,
        crumbs=[(evil, "/x/"), (evil, "")],
    )
    assert "<script" not in drawn


def test_dates_and_times_read_as_danes_write_them():
    day = date(2026, 3, 17)
    assert draw("{{ day|dkdate }}", day=day) == "tirsdag 17. marts 2026"
    assert draw("{{ day|dkday }}", day=day) == "17. marts"
    assert draw("{{ clock|dktime }}", clock=time(9, 5)) == "9.05"
    assert draw("[{{ day|dkdate }}{{ day|dkday }}{{ day|dktime }}]", day=None) == "[]"


def test_aware_times_are_shown_on_the_danish_clock():
    late = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert draw("{{ at|dktime }} {{ at|dkday }}", at=late) == "0.30 2. juli"


@pytest.mark.parametrize(
    ("people", "text"),
    [
        ([], ""),
        (["Anna"], "Anna"),
        (["Anna", "Bo"], "Anna og Bo"),
        (["Anna", "Bo", "Carla"], "Anna, Bo og Carla"),
    ],
)
def test_personlist(people, text):
    assert draw("{{ people|personlist }}", people=people) == text


def test_datebox_says_today_in_words():
    drawn = draw("{% datebox day today=day %}", day=date(2026, 3, 17))
    assert "i dag" in drawn
    assert "th-date-now" in drawn
    other = draw("{% datebox day today=today %}", day=date(2026, 3, 17), today=date(2026, 3, 10))
    assert "mar<" in other
    assert "th-date-now" not in other


def pages(query: str, number: int, count: int = 50) -> str:
    request = RequestFactory().get(f"/aftaler/?{query}")
    return draw("{% pagination page %}", request=request, page=Paginator(range(count), 10).page(number))


def test_pagination_keeps_filter_and_sorting():
    drawn = pages("q=s%C3%B8g&forum=2&side=2", 2)
    assert 'href="?q=s%C3%B8g&amp;forum=2&amp;side=3"' in drawn
    assert 'aria-current="page"' in drawn
    assert 'rel="prev"' in drawn
    assert 'rel="next"' in drawn


def test_pagination_of_one_page_is_nothing():
    assert pages("", 1, count=10) == ""


def test_empty_state_holds_its_action():
    drawn = draw('{% empty_state "Ingen aftaler" "De kommer." %}<a href="/x/">Se</a>{% endempty_state %}')
    assert "Ingen aftaler" in drawn
    assert '<a href="/x/">Se</a>' in drawn


def test_breadcrumbs_mark_the_page_itself():
    drawn = draw("{% breadcrumbs crumbs %}", crumbs=[("Møder", "/moeder/"), ("10. marts", "")])
    assert 'href="/moeder/"' in drawn
    assert '<span aria-current="page">10. marts</span>' in drawn
