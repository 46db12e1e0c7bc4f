"""The pictures of the user guide. `make guide` takes them anew; otherwise only what they should show is looked for."""

from __future__ import annotations

import os
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, Demo

pytestmark = pytest.mark.e2e

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "brugervejledning"
PICTURES = GUIDE / "billeder"
MAX_BYTES = 200_000


@dataclass(frozen=True)
class Picture:
    """What is photographed: by whom, where, and a text that must be seen on it."""

    name: str
    who: str
    path: str
    shows: str
    width: int = 1120
    height: int = 760


PAGES = (
    Picture("min-dag", "anna", "/", "Anna"),
    Picture("min-dag-telefon", "bo", "/", "Bo", PHONE, 844),
    Picture("moeder", "anna", "/moeder/", "Møder"),
    Picture("nyt-moede", "anna", "/moeder/nyt/", "Nyt møde"),
    Picture("raekke", "anna", "/moeder/raekke/", "Ny møderække"),
    Picture("foer", "anna", "/moeder/{later}/", "Dagsorden"),
    Picture("deltagere", "anna", "/moeder/{coming}/deltagere/", "Deltagere og gæster"),
    Picture("svar", "bo", "/moeder/{coming}/", "Dagsorden"),
    Picture("min-kalender", "bo", "/moeder/kalender/", "Din adresse", height=900),
    Picture("aarshjul", "anna", "/aarshjul/", "De næste møder", height=820),
    Picture("emnebank", "anna", "/moeder/forum/{forum}/emner/", "Emnebank"),
    Picture("under", "anna", "/moeder/{under_way}/under/punkt/{item}/", "Punkt"),
    Picture("storskaerm", "anna", "/moeder/{under_way}/storskaerm/", "Netværk"),
    Picture("efter", "anna", "/moeder/{held}/efter/", "Hvem gør hvad"),
    Picture("ny-bekymring", "erik", "/bekymringer/ny/", "Ny bekymring", PHONE, 844),
    Picture("underretning", "anna", "/bekymringer/{red_concern}/underret/", "gør det selv", height=820),
    Picture("bekymringer", "anna", "/bekymringer/", "Bekymringer"),
    Picture("sag", "anna", "/bekymringer/{concern}/", "Hvad sker der nu?"),
    Picture("netvaerksmoede", "erik", "/netvaerksmoeder/{network}/efter/", "Hvem gør hvad", height=720),
    Picture("mine-aftaler", "anna", "/aftaler/", "Mine aftaler"),
    Picture("tavle", "anna", "/aftaler/tavle/", "Alle aftaler"),
    Picture("indsatsaftale", "anna", "/indsatsaftaler/{plan}/", "Hvem gør hvad", height=900),
    Picture("forum", "anna", "/fora/{forum}/", "Medlemmer"),
    Picture("kommissorium", "anna", "/fora/{forum}/kommissorium/", "Kommissorium"),
    Picture("vejviser", "anna", "/vejviser/", "Vejviser"),
    Picture("skole", "anna", "/vejviser/skoler/{school}/", "Posterne rundt om barnet"),
    Picture("opsaetning", "hans", "/opsaetning/", "Opsætning"),
    Picture("logins", "hans", "/logins/", "Logins"),
    Picture("dit-login", "anna", "/konto/sikkerhed/", "Dit login"),
    Picture("hent-ind", "hans", "/opsaetning/import/", "Hent data ind"),
    Picture("hent-ind-personer", "hans", "/opsaetning/import/personer/", "Personer"),
    Picture("log", "lise", "/log/", "Log"),
    Picture("loggennemgang", "lise", "/log/gennemgang/2/", "linjer er vurderet"),
)


@pytest.mark.parametrize("picture", PAGES, ids=lambda picture: picture.name)
def test_picture(demo: Demo, picture: Picture) -> None:
    path = picture.path.format(**demo.places)
    if os.environ.get("GUIDE") != "1":
        assert picture.shows in unescape(demo.as_(picture.who).request.get(f"{demo.url}{path}").text())
        return
    page = demo.page(picture.who, path, picture.width, picture.height)
    expect(page.locator("body")).to_contain_text(picture.shows)
    PICTURES.mkdir(exist_ok=True)
    page.evaluate("document.fonts.ready")
    page.screenshot(path=PICTURES / f"{picture.name}.png")
    page.close()


def test_the_guide_shows_every_picture_and_no_other() -> None:
    shown = {
        line.split("](billeder/")[1].split(")")[0]
        for text in GUIDE.glob("*.md")
        for line in text.read_text(encoding="utf-8").splitlines()
        if "](billeder/" in line
    }
    taken = {path.name: path.stat().st_size for path in PICTURES.glob("*.png")}
    assert shown == set(taken) == {f"{picture.name}.png" for picture in PAGES}
    assert {name: size for name, size in taken.items() if size > MAX_BYTES} == {}


def test_links_between_the_pages_of_the_guide_lead_somewhere() -> None:
    dead = []
    for text in GUIDE.glob("*.md"):
        for part in text.read_text(encoding="utf-8").split("](")[1:]:
            target = part.split(")")[0].split("#")[0]
            if target and "://" not in target and not (text.parent / target).exists():
                dead.append(f"{text.name}: {target}")
    assert dead == []
