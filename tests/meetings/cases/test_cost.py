"""What cases cost on pages that everybody opens: the run page stays within its budget."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import AgendaItemFactory
from tests.meetings.cases.conftest import come
from tovholder.meetings.services import cases_intake, running
from tovholder.meetings.services.cases import open_case

MAX_QUERIES, MAX_HTML = 12, 30_000


@pytest.mark.parametrize("name", ["anna", "bo"])
def test_the_run_page_stays_within_its_budget(name, opened, meeting, people, client_for):
    for n in range(4):
        AgendaItemFactory(meeting=meeting, position=n + 1, heading=f"Punkt {n}")
    client = client_for(people[name])
    url = reverse("meetings:run_item", args=[meeting.pk, meeting.items.first().pk])
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        answer = client.get(url)
    reads = [q["sql"] for q in caught if q["sql"].lstrip().startswith("SELECT")]
    assert (str(opened.concern) in answer.content.decode()) == (name == "anna")
    assert len(answer.content) <= MAX_HTML
    assert len(reads) <= MAX_QUERIES, "\n".join(reads)


def test_a_page_of_opened_names_stays_within_its_budget(planned, people, client_for):
    """As many as a page holds, each with a long name, an offence and the four decisions, and more behind them."""
    line = "Maximiliane Frederikke Prøvesen-Testesen {}; {}.4.2012; mistænkt; politi; hærværk ved stationen og på skolen i uge 40"
    text = "\n".join(line.format(n, n) for n in range(1, 29))
    lines = cases_intake.read_lines(text, source="police")
    items = cases_intake.hand_over(by=people["carla"], meeting=planned, lines=lines, necessity="Aftale hvem")
    meeting = running.start(by=people["anna"], meeting=planned)
    for name in ("anna", "carla", "dina"):
        come(people["anna"], meeting, people[name])
    for item in items:
        open_case(by=people["anna"], case_item=item)
    client, url = client_for(people["anna"]), reverse("meetings:names", args=[planned.pk])
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(url)
    page = answer.content.decode()
    assert "hærværk ved stationen" in page
    assert page.count('data-key="1"') == 20
    said = [str(q["sql"]).lstrip() for q in caught]
    reads = [each for each in said if each.startswith("SELECT")]
    assert len(reads) <= MAX_QUERIES, "\n".join(reads)
    assert len(answer.content) <= MAX_HTML - 2_000
