"""The pages before a meeting: what they show, what they change, and who gets 404."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    AgendaItemFactory,
    AgreementFactory,
    ForumFactory,
    MeetingFactory,
    ParticipationFactory,
    PersonFactory,
    TopicFactory,
    join,
)
from tovholder.meetings import policy, queries
from tovholder.meetings.models import AgendaItem, Meeting
from tovholder.meetings.services import invitations, items, planning
from tovholder.meetings.services.agenda import build
from tovholder.outbox.models import OutgoingMail


def a_weekday(days: int = 40) -> date:
    day = timezone.localdate() + timedelta(days=days)
    return day + timedelta(days=(1 - day.weekday()) % 7)


@pytest.fixture
def meeting(anna, network) -> Meeting:
    starts = timezone.now().replace(microsecond=0) + timedelta(days=30)
    return planning.create_meeting(
        by=anna, forums=[network], starts_at=starts, ends_at=starts + timedelta(minutes=90)
    )


def queries_of(client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_may_read_and_visible_to_agree_for_every_persona(personas, network):
    for user in (personas["anna"], personas["bo"], personas["carla"]):
        join(user, network) if not network.memberships.filter(person=user.person).exists() else None
    other = ForumFactory()
    worlds = [
        MeetingFactory(lead_forum=network),
        MeetingFactory(lead_forum=other),
        MeetingFactory(lead_forum=other, forums=[other, network], kind="joint"),
        MeetingFactory(lead_forum=other, kind="event"),
        MeetingFactory(lead_forum=other, status="cancelled"),
    ]
    invited, waiting, removed = (MeetingFactory(lead_forum=other) for _ in range(3))
    for user in personas.values():
        ParticipationFactory(meeting=invited, person=user.person, part="guest")
        ParticipationFactory(meeting=waiting, person=user.person, part="substitute")
        ParticipationFactory(meeting=removed, person=user.person, part="guest", removed_at=timezone.now())
    for user in personas.values():
        seen = set(queries.visible_to(user).values_list("pk", flat=True))
        for each in [*worlds, invited, waiting, removed]:
            assert (each.pk in seen) == bool(policy.may_read(user, each)), (user.name, each.pk)
    assert not policy.may_read(personas["erik"], waiting)


def test_the_list_counts_filters_and_sorts(anna, client_for, network):
    past = MeetingFactory(
        lead_forum=network,
        title="Gammelt",
        starts_at=timezone.now() - timedelta(days=9),
        ends_at=timezone.now() - timedelta(days=8),
    )
    MeetingFactory(lead_forum=network, title="Nyt")
    MeetingFactory(lead_forum=ForumFactory(), title="Et andet sted")
    client, url = client_for(anna), reverse("meetings:list")
    html = client.get(url).content.decode()
    assert "2 møder" in html
    assert "Gammelt" not in html
    html = client.get(url, {"periode": "gaaet"}).content.decode()
    assert past.title in html
    assert "1 møde" in html
    html = client.get(url, {"mine": "on"}).content.decode()
    assert "Et andet sted" not in html
    assert "Ingen møder passer" in client.get(url, {"status": "cancelled"}).content.decode()
    assert client.get(url, {"forum": "vrøvl", "periode": "x", "side": "-1"}).status_code == 200


def test_an_empty_list_says_what_to_do(anna, bo, client_for, network):
    assert "Planlæg det næste møde" in client_for(anna).get(reverse("meetings:list")).content.decode()
    html = client_for(bo).get(reverse("meetings:list")).content.decode()
    assert "Når tovholderen planlægger" in html
    assert "Nyt møde" not in html


def test_list_and_before_need_few_queries_whatever_the_rows(anna, bo, client_for, network, meeting):
    client = client_for(bo)
    first = queries_of(client, reverse("meetings:list"))
    before_first = queries_of(client, reverse("meetings:before", args=[meeting.pk]))
    for _ in range(3):
        MeetingFactory(lead_forum=network)
        AgendaItemFactory(
            meeting=meeting, topic=TopicFactory(forum=network, proposed_by=bo.person), source="topic"
        )
        AgreementFactory(forum=network)
        join(PersonFactory(), network)
        ParticipationFactory(meeting=meeting, person=PersonFactory())
    assert queries_of(client, reverse("meetings:list")) == first
    assert queries_of(client, reverse("meetings:before", args=[meeting.pk])) == before_first
    convener = queries_of(client_for(anna), reverse("meetings:before", args=[meeting.pk]))
    print(first, before_first, convener)
    assert max(first, before_first, convener) <= 12


def post_new(client, network, **changes):
    data = {
        "day": a_weekday().isoformat(),
        "starts": "13:00",
        "ends": "14:30",
        "place": "Lokale 2",
        **changes,
    }
    return client.post(reverse("meetings:create_details") + f"?forum={network.pk}&kind=ordinary", data)


def test_planning_a_meeting_starts_from_the_forum(anna, client_for, network):
    network.place = "Rådhuset"
    network.save()
    client = client_for(anna)
    to_details = client.get(reverse("meetings:create"), {"forum": network.pk})
    assert to_details.status_code == 302
    assert "Rådhuset" in client.get(to_details.url).content.decode()
    response = post_new(client, network)
    made = Meeting.objects.get()
    assert response.url == reverse("meetings:before", args=[made.pk])
    assert (timezone.localtime(made.starts_at).hour, made.minutes_planned) == (13, 90)


def test_end_before_start_is_an_error_at_the_field(anna, client_for, network):
    response = post_new(client_for(anna), network, ends="12:00")
    assert "Mødet skal slutte, efter at det er begyndt." in response.content.decode()
    assert "ends" in response.context["form"].errors
    assert not Meeting.objects.exists()


def test_a_holiday_is_asked_about_once_and_not_refused(anna, client_for, network):
    year = timezone.localdate().year
    day = date(year, 12, 25) if date(year, 12, 25) > timezone.localdate() else date(year + 1, 12, 25)
    client = client_for(anna)
    response = post_new(client, network, day=day.isoformat())
    assert "helligdag" in response.content.decode()
    assert not Meeting.objects.exists()
    assert post_new(client, network, day=day.isoformat(), confirmed="on").status_code == 302
    assert Meeting.objects.count() == 1


def test_a_joint_meeting_needs_another_forum(anna, client_for, network):
    response = client_for(anna).get(reverse("meetings:create"), {"forum": network.pk, "kind": "joint"})
    assert "Vælg mindst ét forum mere" in response.content.decode()


def test_a_series_is_looked_through_before_it_is_made(anna, client_for, network):
    client, url = client_for(anna), reverse("meetings:series")
    first = a_weekday()
    data = {
        "forum": network.pk, "kind": "every_n_weeks", "weeks": 2, "first": first.isoformat(),
        "last": (first + timedelta(weeks=5)).isoformat(), "starts": "13:00", "minutes": 90, "nth": 1, "weekday": 1, "day": 1,
    }  # fmt: skip
    html = client.post(url, data).content.decode()
    assert "3 datoer" in html
    assert not Meeting.objects.exists()
    client.post(
        url,
        {
            **data,
            "looked": "1",
            "create": "1",
            "days": [first.isoformat(), (first + timedelta(weeks=4)).isoformat()],
        },
    )
    assert Meeting.objects.count() == 2


def test_members_do_not_plan(bo, client_for, network, meeting):
    client = client_for(bo)
    assert client.get(reverse("meetings:create")).status_code == 403
    assert client.get(reverse("meetings:series")).status_code == 403
    for name in ("edit", "cancel", "discard", "item_add", "people", "guest_add", "attachment_add", "order"):
        assert client.get(reverse(f"meetings:{name}", args=[meeting.pk])).status_code == 403, name
    for name in ("send", "ask_again", "refresh", "undo_cancel", "put_back"):
        assert client.post(reverse(f"meetings:{name}", args=[meeting.pk])).status_code == 403, name
    assert not OutgoingMail.objects.exists()


def test_a_stranger_learns_nothing(erik, client_for, meeting):
    client = client_for(erik)
    assert client.get(reverse("meetings:before", args=[meeting.pk])).status_code == 404
    assert client.get(reverse("meetings:edit", args=[meeting.pk])).status_code == 404
    assert client.post(reverse("meetings:answer", args=[meeting.pk]), {"answer": "yes"}).status_code == 404


def test_the_before_page_shows_agenda_reasons_and_checks(anna, client_for, network, meeting):
    AgreementFactory(forum=network, what="Belysning ved stationen", due_on=None)
    html = client_for(anna).get(reverse("meetings:before", args=[meeting.pk])).content.decode()
    for text in (
        "Åbne aftaler fra sidst",
        "Kommer altid først: 1 åben aftale",
        "Belysning ved stationen",
        "Klar til at sende?",
        "Send til 3 deltagere",
        "Ingen frist",
    ):
        assert text in html
    assert "style=" not in html


def test_a_late_invitation_is_asked_about(anna, client_for, network, meeting):
    network.notice_days = 60
    network.save()
    client, url = client_for(anna), reverse("meetings:send", args=[meeting.pk])
    assert (
        "Varslet på 60 dage er overskredet"
        in client.get(reverse("meetings:before", args=[meeting.pk])).content.decode()
    )
    client.post(url)
    assert not OutgoingMail.objects.exists()
    client.post(url, {"late": "1"})
    assert OutgoingMail.objects.count() == 3


def item_data(**changes):
    return {"heading": "Fritidspas", "kind": "discussion", "level": "general", "minutes": 10, **changes}


def test_items_are_added_edited_moved_removed_and_put_back(anna, client_for, meeting):
    client = client_for(anna)
    client.post(reverse("meetings:item_add", args=[meeting.pk]), item_data(sub_points="A\n\nB"))
    item = meeting.items.get(heading="Fritidspas")
    assert item.sub_points == ["A", "B"]
    client.post(reverse("meetings:item_edit", args=[meeting.pk, item.pk]), item_data(minutes=25))
    item.refresh_from_db()
    assert item.minutes == 25
    client.post(reverse("meetings:item_add", args=[meeting.pk]), item_data(heading="Til sidst"))
    client.post(reverse("meetings:order", args=[meeting.pk]), {"item": item.pk, "step": "down"})
    assert list(meeting.items.order_by("position").values_list("heading", flat=True))[-1] == "Fritidspas"
    page = client.post(reverse("meetings:item_remove", args=[meeting.pk, item.pk]), follow=True)
    assert "er taget af dagsordenen" in page.content.decode()
    assert not meeting.items.filter(heading="Fritidspas").exists()
    client.post(reverse("meetings:put_back", args=[meeting.pk]))
    assert meeting.items.filter(heading="Fritidspas").exists()


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"level": "named"}, "Navngivne punkter kan endnu ikke"),
    ({"heading": "Barn 010206-1234"}, "CPR-nummer"),
    ({"question": "født 010206 1234"}, "CPR-nummer"),
    ({"kind": "single_case"}, "hvorfor det gavner"),
    ({"minutes": "700"}, "600 minutter"),
    ({"minutes": "-4"}, "0"),
    ({"heading": "x" * 300}, "200"),
    ({"presenter": "99999"}, "gyldig"),
])  # fmt: skip
def test_bad_items_are_refused_with_a_sentence(anna, client_for, network, meeting, changes, sentence):
    network.highest_level = "named"
    network.save()
    response = client_for(anna).post(reverse("meetings:item_add", args=[meeting.pk]), item_data(**changes))
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert meeting.items.count() == 1


def test_a_general_forum_refuses_anonymous_items(anna, client_for, network, meeting):
    network.highest_level = "general"
    network.save()
    response = client_for(anna).post(
        reverse("meetings:item_add", args=[meeting.pk]), item_data(level="anonymous")
    )
    assert "behandler ikke punkter på det niveau" in response.content.decode()


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "🎈 Fællesspisning 👩‍👩‍👧", "\u202eשלום", "«Æøå» & 'x' \"y\""]
)
def test_odd_text_is_kept_and_shown_safely(anna, client_for, meeting, text):
    client = client_for(anna)
    client.post(reverse("meetings:item_add", args=[meeting.pk]), item_data(heading=text, question=text * 20))
    html = client.get(reverse("meetings:before", args=[meeting.pk])).content.decode()
    assert meeting.items.filter(heading=text).exists()
    assert "<script>alert" not in html


def test_forged_ids_are_not_found(anna, client_for, network, meeting):
    elsewhere = MeetingFactory(lead_forum=ForumFactory())
    foreign = AgendaItemFactory(meeting=elsewhere, heading="Fremmed")
    guest = ParticipationFactory(meeting=elsewhere)
    client = client_for(anna)
    for name in ("item_remove", "item_defer", "item_edit"):
        assert client.post(reverse(f"meetings:{name}", args=[meeting.pk, foreign.pk])).status_code == 404, (
            name
        )
    for name in ("remove", "answer_for", "substitute_confirm"):
        assert client.post(reverse(f"meetings:{name}", args=[meeting.pk, guest.pk])).status_code == 404, name
    assert (
        client.post(reverse("meetings:order", args=[meeting.pk]), {"item": "x", "step": "up"}).status_code
        == 404
    )
    response = client.post(
        reverse("meetings:guest_add", args=[meeting.pk]),
        {"name": "Gæst", "email": "g@x.example", "part": "guest", "only_item": foreign.pk},
    )
    assert response.status_code == 200
    assert AgendaItem.objects.filter(pk=foreign.pk).exists()


def test_anonymous_attachment_is_hidden_from_who_may_not_read_its_item(
    anna, bo, frida, client_for, network, meeting
):
    join(frida, network)
    item = items.add_item(by=anna, meeting=meeting, heading="Elev", level="anonymous")
    client = client_for(anna)
    upload = SimpleUploadedFile("notat.txt", b"Kun for bordet", content_type="text/plain")
    client.post(reverse("meetings:attachment_add", args=[meeting.pk]), {"file": upload, "item": item.pk})
    row = meeting.attachments.get()
    url = reverse("meetings:attachment", args=[meeting.pk, row.pk])
    response = client_for(bo).get(url)
    assert b"".join(response.streaming_content) == b"Kun for bordet"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert client_for(frida).get(url).status_code == 404
    assert (
        "notat.txt"
        not in client_for(frida).get(reverse("meetings:before", args=[meeting.pk])).content.decode()
    )
    bad = SimpleUploadedFile("x.svg", b"<svg/>", content_type="image/svg+xml")
    assert (
        "kan ikke lægges på"
        in client.post(reverse("meetings:attachment_add", args=[meeting.pk]), {"file": bad}).content.decode()
    )
    client.post(reverse("meetings:attachment_remove", args=[meeting.pk, row.pk]))
    assert not meeting.attachments.exists()


def test_removing_an_item_with_files_asks_first(anna, client_for, meeting):
    item = items.add_item(by=anna, meeting=meeting, heading="Plan")
    client = client_for(anna)
    client.post(
        reverse("meetings:attachment_add", args=[meeting.pk]),
        {"file": SimpleUploadedFile("a.txt", b"a"), "item": item.pk},
    )
    page = client.post(reverse("meetings:item_remove", args=[meeting.pk, item.pk]))
    assert "Det går tabt" in page.content.decode()
    assert meeting.items.filter(pk=item.pk).exists()
    client.post(reverse("meetings:item_remove", args=[meeting.pk, item.pk]), {"sure": "1"})
    assert not meeting.items.filter(pk=item.pk).exists()


def test_move_cancel_and_undo_through_the_pages(anna, client_for, meeting):
    invitations.send(by=anna, meeting=meeting)
    client = client_for(anna)
    client.post(reverse("meetings:cancel", args=[meeting.pk]), {"reason": ""})
    meeting.refresh_from_db()
    assert meeting.status == "planned"
    client.post(reverse("meetings:cancel", args=[meeting.pk]), {"reason": "Sygdom"})
    page = client.get(reverse("meetings:before", args=[meeting.pk])).content.decode()
    assert "Mødet er aflyst" in page
    client.post(reverse("meetings:undo_cancel", args=[meeting.pk]))
    day = a_weekday(50)
    client.post(
        reverse("meetings:edit", args=[meeting.pk]),
        {"day": day.isoformat(), "starts": "10:00", "ends": "11:00", "title": ""},
    )
    meeting.refresh_from_db()
    assert (timezone.localtime(meeting.starts_at).date(), meeting.sequence, meeting.status) == (
        day,
        3,
        "planned",
    )


def test_building_twice_adds_nothing(anna, meeting):
    assert build(by=anna, meeting=meeting) == 0
