"""The Brøndby year in the browser (document 003): from set-up over invitation to the following meeting's agenda.

Three district networks every month, four joint meetings, the five-point agenda, a month's notice; the mails go over
a real SMTP connection, and Carla answers from her mail without a login.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import Page, expect

from tests.outbox.mail_server import free_port, mail_server
from tovholder.demo.cast import PASSWORD
from tovholder.demo.people import make_people
from tovholder.forums.models import Forum
from tovholder.meetings.models import Meeting, MeetingKind
from tovholder.outbox.models import OutgoingMail
from tovholder.outbox.services import deliver_due
from tovholder.plans.models import Agreement

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

FIVE_POINTS = [
    "Afdækning og kortlægning",
    "Tendenser",
    "Status på de proaktive indsatser",
    "Aktuelt emne",
    "Evt.",
]


@pytest.fixture
def broendby(live_server: Any, settings: Any) -> Any:
    """The shipped set-up with its people, and a mail server on loopback that gets every mail."""
    settings.PUBLIC_URL = live_server.url
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 5
    call_command("load_setup", "setups/broendby.toml", "--apply", stdout=StringIO())
    make_people(timezone.localdate() - timedelta(days=400))
    with mail_server(settings.EMAIL_PORT) as inbox:
        yield inbox


def log_in(page: Page, base: str, name: str) -> None:
    page.goto(f"{base}/konto/login/")
    page.get_by_label("E-mail").fill(f"{name}@demo.example")
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind", exact=True).click()
    expect(page.get_by_role("navigation", name="Hovedmenu", exact=True)).to_be_visible()


def plan_series(page: Page, base: str, forum: str, first: date, months: int) -> None:
    """Plan the third Tuesday of every month, as the convener does it."""
    page.goto(f"{base}/moeder/raekke/")
    page.locator("select[name=forum]").select_option(label=forum)
    page.locator("select[name=nth]").select_option(label="Den tredje")
    page.locator("select[name=weekday]").select_option(label="tirsdag")
    page.locator("[name=first]").fill(first.isoformat())
    page.locator("[name=last]").fill((first + timedelta(days=30 * months)).isoformat())
    page.locator("[name=starts]").fill("13:00")
    page.locator("[name=minutes]").fill("90")
    page.get_by_role("button", name="Se datoerne").click()
    page.get_by_role("button", name="Opret møderne").click()
    expect(page.get_by_text(re.compile(r"\d+ møder er planlagt"))).to_be_visible()


def plan_one(page: Page, base: str, forum: str, day: date, others: list[str]) -> None:
    """Plan one meeting: Øster's varies from month to month, and the joint ones have all three networks."""
    page.goto(f"{base}/moeder/nyt/")
    page.locator("select[name=forum]").select_option(label=forum)
    if others:
        page.locator("[name=kind][value=joint]").check(force=True)
        page.get_by_text("Holdes sammen med andre fora").click()
        for name in others:
            page.get_by_label(name).check(force=True)
    page.get_by_role("button", name="Videre").click()
    page.locator("[name=day]").fill(day.isoformat())
    page.locator("[name=starts]").fill("09:00")
    page.locator("[name=ends]").fill("11:00")
    page.get_by_role("button", name="Planlæg mødet").click()
    planned = page.get_by_text("Mødet er planlagt")
    warned = page.get_by_label("Hold mødet alligevel")
    # A click does not wait for the page it leads to; only one of the two answers tells that it has come.
    expect(planned.or_(warned).first).to_be_attached()
    if warned.count():
        warned.check(force=True)
        page.get_by_role("button", name="Planlæg mødet").click()
    expect(planned).to_be_visible()


def test_a_year_of_networks(page: Page, live_server: Any, broendby: Any) -> None:
    base = live_server.url
    oester, vester, strand = (
        Forum.objects.get(key=f"netvaerk-{each}") for each in ("oester", "vester", "strand")
    )
    # Far enough ahead for a month's notice, whatever today is.
    first = timezone.localdate() + timedelta(days=40)
    log_in(page, base, "anna")

    # --- the year: three networks monthly, four joint meetings
    for forum in (vester, strand):
        plan_series(page, base, forum.name, first, 12)  # some fall in the school holidays
    for month in range(10):
        day = first + timedelta(days=30 * month)
        while day.weekday() != (month % 4):  # Øster varies from month to month
            day += timedelta(days=1)
        plan_one(page, base, oester.name, day, [])
    for quarter in range(4):
        day = first + timedelta(days=15 + 75 * quarter)
        day += timedelta(days=(3 - day.weekday()) % 7)
        plan_one(page, base, oester.name, day, [vester.name, strand.name])
    own = {
        f.key: Meeting.objects.filter(lead_forum=f, kind=MeetingKind.ORDINARY).count()
        for f in (oester, vester, strand)
    }
    assert all(count >= 8 for count in own.values()), own
    joint = Meeting.objects.filter(kind=MeetingKind.JOINT)
    assert joint.count() == 4
    assert all(meeting.forums.count() == 3 for meeting in joint)

    # --- the first meeting of Vester: agenda and invitation a month ahead
    first_meeting, next_meeting = Meeting.objects.filter(lead_forum=vester, kind="ordinary").order_by(
        "starts_at"
    )[:2]
    page.goto(f"{base}/moeder/{first_meeting.pk}/")
    for heading in FIVE_POINTS:
        expect(page.get_by_role("main").get_by_text(heading, exact=False).first).to_be_visible()
    page.get_by_role("button", name=re.compile("^Send til")).click()
    # A month's notice is kept, so nothing asks again before sending.
    expect(page.get_by_text(re.compile("Indkaldelsen er sendt til"))).to_be_visible()
    invited = first_meeting.participations.filter(invited_at__isnull=False).count()
    assert invited == OutgoingMail.objects.count() > 4
    deliver_due()
    assert len(broendby.messages) == invited

    # --- Carla's mail: a calendar part, links, and nothing about what is on the agenda
    mail = next(m for m in broendby.messages if m["To"] == "carla@demo.example")
    body = mail.get_body(("plain",)).get_content()
    calendar_part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    event = Calendar.from_ical(calendar_part.get_content()).walk("VEVENT")[0]
    assert calendar_part.get_param("method") == "REQUEST"
    assert str(event["UID"]) == first_meeting.uid
    assert event.decoded("DTSTART") == first_meeting.starts_at
    assert "Tendenser" not in body

    # --- Carla answers without a login
    stranger = page.context.browser.new_context()  # type: ignore[union-attr]
    carla = stranger.new_page()
    link = next(url for url in re.findall(rf"{re.escape(base)}\S+", body) if "svar" in url)
    carla.goto(link)
    carla.get_by_role("button", name=re.compile("kommer", re.IGNORECASE)).first.click()
    expect(carla.get_by_role("main")).to_contain_text(re.compile(r"Dit svar nu:\s*Kommer\b"))
    assert first_meeting.participations.get(person__email="carla@demo.example").answer == "yes"
    stranger.close()

    # --- the meeting: minutes and an agreement with a person and a date
    page.goto(f"{base}/moeder/{first_meeting.pk}/under/")
    page.get_by_label("Ja, begynd mødet nu").check()  # its day is a month away
    page.get_by_role("button", name="Begynd mødet").click()
    page.wait_for_url("**/under/**")
    page.wait_for_function("document.readyState === 'complete' && document.querySelector('[data-autosave]')")
    page.get_by_role("textbox", name="Referat").press_sequentially("Der er roligt i bydelen.")
    expect(page.locator("[data-saved]")).to_contain_text("Gemt", timeout=15_000)
    page.locator('[data-catch="aftale"]').click()
    catch = page.locator('[data-catch-form="aftale"]')
    catch.get_by_label("Hvad er aftalen?").fill("Ring til klubben om åbningstid")
    who = catch.get_by_label("Hvem gør det?")
    who.select_option(label=who.locator("option", has_text="Carla").first.inner_text())
    catch.get_by_role("button", name="Tilføj").click()
    expect(page.get_by_text("Ring til klubben om åbningstid", exact=True)).to_be_visible()
    page.get_by_role("button", name="Afslut mødet").first.click()
    expect(page.get_by_label("Det er færdigt").first).to_be_attached()
    for choice in page.get_by_label("Det er færdigt").all():
        choice.check(force=True)
    page.get_by_role("button", name="Afslut mødet").click()
    expect(page.get_by_text("Mødet er afsluttet.")).to_be_visible()
    page.get_by_role("button", name="Godkend referat").click()
    expect(page.get_by_text("Deltagerne får en mail med et link.")).to_be_visible()
    first_meeting.refresh_from_db()
    assert first_meeting.minutes_record.status == "approved"
    deliver_due()
    approval = broendby.messages[-1].get_body(("plain",)).get_content()
    assert "klubben" not in approval

    # --- and the following meeting opens with what was agreed
    agreement = Agreement.objects.get(what="Ring til klubben om åbningstid")
    assert (agreement.responsible.name, agreement.due_on is not None) == ("Carla", True)
    page.goto(f"{base}/moeder/{next_meeting.pk}/")
    opening = page.locator(".th-agenda > li").first
    expect(opening).to_contain_text("Åbne aftaler")
    expect(page.get_by_role("main").get_by_text("Ring til klubben om åbningstid", exact=False)).to_have_count(
        1
    )
