"""The coming school year in the browser: rules from the set-up file, busy times, dates found with progress, the wheel,
two meetings moved by hand, dates found again with least disturbance, published, everybody invited once.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.e2e.test_broendby_year import log_in
from tovholder.demo.people import make_people
from tovholder.meetings.models import Meeting, Participation
from tovholder.outbox.models import OutgoingMail
from tovholder.yearwheel.models import BusyTime, PlannedMeeting, PlanRun, Publication, YearPlan
from tovholder.yearwheel.planning import plan_year
from tovholder.yearwheel.services import publishing, runs, years

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

watched: dict[str, Any] = {}


def planned_while_watched(data: Any, *, on_progress: Any, start: Any) -> Any:
    """What the worker does, with somebody who looks at the page as soon as there is a plan."""

    def heard(progress: Any) -> bool:
        goes_on = on_progress(progress)
        if watched.get("page") is not None:
            page, watched["page"] = watched["page"], None
            page.reload()
            expect(page.get_by_text("Der er en plan.")).to_be_visible()
            expect(page.get_by_role("progressbar")).to_be_visible()
        return bool(goes_on)

    return plan_year(data, on_progress=heard, start=start)


@pytest.fixture
def vestby(live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The demo's set-up and people, nothing planned; the worker is this test itself."""
    settings.PUBLIC_URL = live_server.url
    call_command("load_setup", "setups/demo.toml", "--apply", stdout=StringIO())
    make_people(timezone.localdate() - timedelta(days=400))
    monkeypatch.setattr(runs, "PLANNER", f"{__name__}.planned_while_watched")
    return str(live_server.url)


def find_dates(page: Page, button: str) -> PlanRun:
    """Press the button, be the worker, and see how it goes."""
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text("Venter på at begynde")).to_be_visible()
    run = PlanRun.objects.latest("pk")
    watched["page"] = page
    assert runs.solve(run.pk) == "done"
    expect(page.get_by_role("progressbar")).to_be_hidden(timeout=60_000)  # it follows by itself
    run.refresh_from_db()
    return run


def move(page: Page, base: str, row: PlannedMeeting) -> None:
    """Move a meeting to the first place that is suggested."""
    page.goto(f"{base}/aarshjul/moede/{row.pk}/?forslag")
    page.locator("main").get_by_role("link", name=re.compile(r"kl\. \d")).first.click()
    expect(page.get_by_text("Ingen sammenfald.")).to_be_visible()
    page.get_by_role("button", name="Flyt mødet hertil").click()
    expect(page.get_by_text("Ingen får besked, før du offentliggør")).to_be_visible()


def test_the_coming_year_from_rules_to_invitations(page: Page, vestby: str) -> None:
    first, last = years.school_year(timezone.localdate() + timedelta(days=365))
    page.set_default_timeout(90_000)  # the machine has other work to do
    log_in(page, vestby, "anna")

    page.get_by_role("link", name="Årshjul").first.click()
    page.get_by_role("link", name="Nyt skoleår").click()
    page.get_by_label("Fra").fill(first.isoformat())
    page.get_by_label("Til og med").fill(last.isoformat())
    page.get_by_role("button", name="Opret skoleåret").click()
    plan = YearPlan.objects.get()

    page.get_by_role("link", name="Regler for hvert forum").click()
    expect(page.get_by_role("row", name=re.compile("Netværk Vester.*tirsdage", re.I))).to_be_visible()

    page.goto(f"{vestby}/aarshjul/optaget/alle/")
    page.get_by_role("link", name="Carla").click()
    page.get_by_label("Hvornår").select_option(label="Hver tirsdag")
    page.get_by_label("Fra kl.").fill("13:00")
    page.get_by_label("Til kl.").fill("16:00")
    page.get_by_role("button", name="Tilføj").click()
    expect(page.get_by_text("Hver tirsdag").first).to_be_visible()
    assert BusyTime.objects.get().person.name == "Carla"

    page.goto(f"{vestby}/aarshjul/{plan.pk}/indstillinger/")
    page.get_by_label("Så mange sekunder må der regnes").fill("4")
    page.get_by_role("button", name="Gem").click()

    find_dates(page, "Find datoer til alle møder")
    expect(page.get_by_text(re.compile(r"\d+ møder har en plads"))).to_be_visible()
    count = plan.planned.count()
    assert count > 80
    # Carla must be there, so no network on Tuesday afternoon.
    networks = plan.planned.filter(forum__key__in=["netvaerk-vester", "netvaerk-strand"])
    assert not [row for row in networks if row.start.hour >= 12]

    page.get_by_role("link", name="Se hjulet").click()
    assert page.locator("svg.th-wheel a").count() > 60
    page.locator("svg.th-wheel a").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Flyt mødet", exact=True)).to_be_visible()

    chosen = list(plan.planned.filter(forum__key="netvaerk-oester").order_by("date")[1:3])
    for row in chosen:
        move(page, vestby, row)
    moved = {row.pk: (row.date, row.start) for row in PlannedMeeting.objects.filter(locked=True)}
    assert set(moved) == {row.pk for row in chosen}

    page.goto(f"{vestby}/aarshjul/{plan.pk}/")
    before = {row.pk: (row.date, row.start) for row in plan.planned.all()}
    find_dates(page, "Regn planen igen")
    page.get_by_role("button", name="Brug den nye plan").click()
    expect(page.get_by_text("Den nye plan er taget i brug")).to_be_visible()
    after = {row.pk: (row.date, row.start) for row in plan.planned.all()}
    assert {pk: after[pk] for pk in moved} == moved
    assert sum(before[pk] != after.get(pk) for pk in before) <= 3

    page.get_by_role("link", name="Offentliggør").click()
    page.get_by_text("send indkaldelserne nu").click()
    page.get_by_role("button", name="Offentliggør").click()
    expect(page.get_by_text("Venter på at begynde")).to_be_visible()
    assert publishing.run(Publication.objects.get().pk) == "done"
    expect(page.get_by_text(re.compile(r"\d+ indkaldelser er sendt"))).to_be_visible()

    assert Meeting.objects.count() == plan.planned.count()
    invited = Participation.objects.exclude(person__email="")
    assert invited.filter(invited_sequence=0).count() == invited.count()
    told = Counter(OutgoingMail.objects.values_list("to", "about"))
    assert len(told) == OutgoingMail.objects.count() == invited.count()
    for pk, place in moved.items():
        meeting = PlannedMeeting.objects.get(pk=pk).meeting
        assert meeting is not None
        begins = timezone.localtime(meeting.starts_at)
        assert (begins.date(), begins.time()) == place
