"""What cases cost on pages that everybody opens: the run page stays within its budget."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import AgendaItemFactory

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
