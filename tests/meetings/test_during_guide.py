"""The chairing guide of a running meeting, and what its page costs."""

from __future__ import annotations

from django.utils import timezone

from tests.factories import AgendaItemFactory, ParticipationFactory
from tests.meetings.test_during_pages import at, html, url
from tovholder.forums.models import Checklist, ChecklistItem
from tovholder.meetings.models import ChecklistTick
from tovholder.meetings.services import capturing


def test_the_guide_is_ticked_and_unticked(page, meeting, network, client_for, bo):
    guide = Checklist.objects.create(key="guide", name="Guide")
    line = ChecklistItem.objects.create(checklist=guide, phase="during", position=1, text="Alle taler")
    network.forum_type.checklist = guide
    network.forum_type.save()
    assert "Alle taler" in html(page.get(url("run_item", meeting, at(meeting, 1).pk)))
    page.post(url("tick", meeting, line.pk), {"ticked": "1"})
    page.post(url("tick", meeting, line.pk), {"ticked": "1"})
    assert ChecklistTick.objects.count() == 1
    assert client_for(bo).post(url("tick", meeting, line.pk), {"ticked": "0"}).status_code == 403
    page.post(url("tick", meeting, line.pk), {"ticked": "0"})
    assert not ChecklistTick.objects.exists()
    other = ChecklistItem.objects.create(
        checklist=Checklist.objects.create(key="anden", name="Anden"),
        phase="during",
        position=1,
        text="Fremmed",
    )
    assert page.post(url("tick", meeting, other.pk), {"ticked": "1"}).status_code == 404


# ---------------------------------------------------------------- queries


def count(client, address, django_assert_max_num_queries, most):
    client.get(address)
    with django_assert_max_num_queries(most) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_queries_do_not_grow_with_rows(page, meeting, anna, network, django_assert_max_num_queries):
    item = at(meeting, 1)
    address = url("run_item", meeting, item.pk)

    def fill(n: int) -> None:
        for number in range(n):
            ParticipationFactory(meeting=meeting)
            AgendaItemFactory(meeting=meeting, position=10 + number)
            capturing.add_agreement(by=anna, item=item, what=f"Aftale {number}", due_on=timezone.localdate())
            capturing.add_outcome(by=anna, item=item, kind="decision", text="Ja")
            capturing.capture_topic(by=anna, item=item, heading="Emne")

    fill(1)
    one = count(page, address, django_assert_max_num_queries, 18)
    fill(3)
    assert count(page, address, django_assert_max_num_queries, 18) == one
