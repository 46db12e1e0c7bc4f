"""Mine aftaler, the board and the page of an agreement."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import AgreementFactory, ForumFactory, MeetingFactory, join
from tovholder.meetings.models import CarriedAgreement
from tovholder.plans import services
from tovholder.plans.models import Agreement, AgreementNote


def today():
    return timezone.localdate()


def carry(agreement: Agreement, times: int) -> None:
    for n in range(times):
        meeting = MeetingFactory(lead_forum=agreement.forum)
        CarriedAgreement.objects.create(
            meeting=meeting, agreement=agreement, created_at=timezone.now() + timedelta(minutes=n + 1)
        )


@pytest.fixture
def late(network, bo):
    return AgreementFactory(
        forum=network,
        what="Ring til boligforeningen",
        responsible=bo.person,
        due_on=today() - timedelta(days=4),
    )


def test_mine_puts_agreements_in_columns(client_for, network, bo, late):
    AgreementFactory(forum=network, what="I dag", responsible=bo.person, due_on=today())
    soon = today() + timedelta(days=6)  # whatever day of the week it is
    AgreementFactory(forum=network, what="Om seks dage", responsible=bo.person, due_on=soon)
    AgreementFactory(
        forum=network, what="Om lidt tid", responsible=bo.person, due_on=today() + timedelta(days=40)
    )
    AgreementFactory(forum=network, what="Uden dag", responsible=bo.person, due_on=None)
    page = client_for(bo).get(reverse("plans:mine")).context["page"]
    assert [each.what for each in page.late.agreements] == ["Ring til boligforeningen"]
    assert [each.what for each in page.week.agreements] == ["I dag", "Om seks dage"]
    assert [each.what for each in page.later.agreements] == ["Om lidt tid", "Uden dag"]
    assert page.open_count == 5


def test_mine_says_how_it_stands(client_for, bo, late):
    carry(late, 2)
    html = client_for(bo).get(reverse("plans:mine")).content.decode()
    assert "Én er <strong>over fristen</strong>." in html
    assert "Én har været med på flere møder" in html
    assert "4 dage over" in html
    assert "Med på 2 møder." in html
    assert reverse("plans:go_on", args=[late.pk]) in html


def test_mine_shows_no_choice_before_the_limit(client_for, bo, late):
    carry(late, 1)
    assert (
        reverse("plans:go_on", args=[late.pk])
        not in client_for(bo).get(reverse("plans:mine")).content.decode()
    )


def test_mine_searches_with_danish_letters(client_for, network, bo, late):
    AgreementFactory(forum=network, what="Øl og ØREPROPPER", responsible=bo.person)
    page = client_for(bo).get(reverse("plans:mine"), {"q": "øreprop"}, follow=True).context["page"]
    assert page.found == 1
    assert page.open_count == 2


@pytest.mark.parametrize(
    "query", [{"forum": "x"}, {"forum": "9" * 40}, {"orden": "'"}, {"q": "\x00"}, {"vis": "?"}]
)
def test_mine_stands_odd_filters(client_for, bo, late, query):
    assert client_for(bo).get(reverse("plans:mine"), query, follow=True).context["page"].open_count == 1


def test_mine_is_empty_for_who_has_none(client_for, network, carla):
    html = client_for(carla).get(reverse("plans:mine")).content.decode()
    assert "Ingen aftaler endnu" in html


def test_done_on_the_card_comes_back_to_the_list(client_for, bo, late):
    client = client_for(bo)
    response = client.post(reverse("plans:done", args=[late.pk]), {"tilbage": "/aftaler/?forum=1&soegt=7"})
    assert response.url == "/aftaler/?forum=1&soegt=7"
    late.refresh_from_db()
    assert late.status == "done"
    response = client.post(reverse("plans:reopen", args=[late.pk]), {"tilbage": "https://evil.example/"})
    assert response.url == reverse("plans:agreement", args=[late.pk])
    late.refresh_from_db()
    assert late.is_open


@pytest.mark.parametrize("name", ["done", "reopen", "status"])
def test_steps_need_post(client_for, bo, late, name):
    assert client_for(bo).get(reverse(f"plans:{name}", args=[late.pk])).status_code == 405


def test_who_may_not_see_it_gets_404_everywhere(client_for, late, dina):
    client = client_for(dina)
    for name in ("agreement", "go_on", "change", "stop", "complete"):
        assert client.get(reverse(f"plans:{name}", args=[late.pk])).status_code == 404
    for name in ("done", "reopen", "status"):
        assert client.post(reverse(f"plans:{name}", args=[late.pk])).status_code == 404


def test_member_who_sees_it_but_has_no_part_gets_403_with_the_reason(client_for, late, carla):
    response = client_for(carla).post(reverse("plans:done", args=[late.pk]))
    assert response.status_code == 403
    assert "Kun den ansvarlige" in response.content.decode()
    late.refresh_from_db()
    assert late.is_open


def test_new_agreement_is_made_with_helpers(client_for, network, anna, bo, carla):
    response = client_for(bo).post(
        reverse("plans:new"),
        {
            "what": "Mød forældrene",
            "forum": network.pk,
            "responsible": bo.person.pk,
            "due_on": "2030-03-01",
            "helpers": [carla.person.pk],
            "level": "anonymous",
        },
    )
    made = Agreement.objects.get()
    assert response.url == reverse("plans:agreement", args=[made.pk])
    assert (made.what, made.responsible, str(made.due_on), made.level) == (
        "Mød forældrene",
        bo.person,
        "2030-03-01",
        "anonymous",
    )
    assert list(made.helpers.all()) == [carla.person]


def test_new_agreement_refuses_cpr_other_forums_and_too_high_a_level(client_for, network, bo):
    other = ForumFactory()
    network.highest_level = "general"
    network.save()
    data = {
        "what": "Ring til 010203-1234",
        "forum": other.pk,
        "responsible": bo.person.pk,
        "due_on": "2030-03-01",
    }
    form = client_for(bo).post(reverse("plans:new"), data).context["form"]
    assert set(form.errors) == {"what", "forum"}
    assert "level" not in form.fields
    assert not Agreement.objects.exists()


def test_status_is_noted_and_shown(client_for, bo, late):
    client = client_for(bo)
    client.post(reverse("plans:status", args=[late.pk]), {"text": "Har ringet <script>alert(1)</script> 🙂"})
    assert AgreementNote.objects.get().text == "Har ringet <script>alert(1)</script> 🙂"
    html = client.get(reverse("plans:agreement", args=[late.pk])).content.decode()
    assert "&lt;script&gt;" in html
    assert "<script>alert" not in html


def test_status_without_words_is_asked_for_again(client_for, bo, late):
    response = client_for(bo).post(reverse("plans:status", args=[late.pk]), {"text": " "})
    assert "text" in response.context["form"].errors
    assert not AgreementNote.objects.exists()


def test_change_leads_to_the_successor(client_for, network, bo, late):
    response = client_for(bo).post(
        reverse("plans:change", args=[late.pk]),
        {"reason": "Anden vej", "what": "Skriv til dem", "responsible": bo.person.pk, "due_on": "2030-01-01"},
    )
    late.refresh_from_db()
    assert late.status == "changed"
    assert late.successor.what == "Skriv til dem"
    assert response.url == reverse("plans:agreement", args=[late.successor.pk])
    html = client_for(bo).get(reverse("plans:agreement", args=[late.pk])).content.decode()
    assert "Skriv til dem" in html


def test_stop_and_continue(client_for, bo, late):
    client = client_for(bo)
    client.post(reverse("plans:go_on", args=[late.pk]), {"note": "", "due_on": ""})
    assert AgreementNote.objects.get().kind == "continued"
    client.post(reverse("plans:stop", args=[late.pk]), {"reason": "Løst på anden måde"})
    late.refresh_from_db()
    assert (late.status, late.reason) == ("stopped", "Løst på anden måde")
    response = client.get(reverse("plans:stop", args=[late.pk]))
    assert response.status_code == 403
    assert "allerede afsluttet" in response.content.decode()


def test_continue_refuses_a_day_that_has_gone(client_for, bo, late):
    form = (
        client_for(bo).post(reverse("plans:go_on", args=[late.pk]), {"due_on": "2020-01-01"}).context["form"]
    )
    assert "due_on" in form.errors


def test_person_and_date_are_filled_in(client_for, anna, bo, network):
    bare = AgreementFactory(forum=network, responsible=None, due_on=None)
    client_for(anna).post(
        reverse("plans:complete", args=[bare.pk]), {"responsible": bo.person.pk, "due_on": "2030-01-01"}
    )
    bare.refresh_from_db()
    assert (bare.responsible, str(bare.due_on)) == (bo.person, "2030-01-01")


def test_board_is_for_conveners(client_for, bo, anna, late):
    assert client_for(bo).get(reverse("plans:board")).url == reverse("plans:mine")
    assert client_for(anna).get(reverse("plans:board")).context["hits"] == 1


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("forum", ["Netværk Vester", "Netværk Vester", "Netværk Øst"]),
        ("person", ["Ingen ansvarlig endnu", "Bo", "Bo"]),
        ("alder", ["Op til en uge over fristen", "Inden for fristen", "Uden frist"]),
    ],
)
def test_board_groups(client_for, anna, bo, network, late, group, names):
    other = ForumFactory(name="Netværk Øst", position=9)
    join(anna, other, convenes=True)
    AgreementFactory(forum=other, responsible=bo.person, due_on=today() + timedelta(days=3))
    AgreementFactory(forum=network, responsible=None, due_on=None)
    page = client_for(anna).get(reverse("plans:board"), {"orden": group}).context["page_obj"]
    assert [each.group_name for each in page] == names


@pytest.mark.parametrize(("only", "hits"), [("over", 1), ("mangler", 1), ("valg", 1), ("", 2)])
def test_board_shows_only_what_lacks(client_for, anna, network, late, only, hits):
    carry(late, 2)
    AgreementFactory(forum=network, responsible=None, due_on=None)
    assert client_for(anna).get(reverse("plans:board"), {"kun": only}).context["hits"] == hits


def test_board_is_paged(client_for, anna, network):
    AgreementFactory.create_batch(30, forum=network)
    page = client_for(anna).get(reverse("plans:board"), {"side": "2"}).context["page_obj"]
    assert len(page) == 5


def test_reminders_are_switched(client_for, bo):
    client = client_for(bo)
    client.post(reverse("plans:switch_reminders"), {"til": "0"})
    bo.person.refresh_from_db()
    assert not bo.person.wants_reminders
    client.post(reverse("plans:switch_reminders"), {"til": "1"})
    bo.person.refresh_from_db()
    assert bo.person.wants_reminders


@pytest.mark.parametrize("name", ["plans:mine", "plans:board"])
def test_lists_read_a_constant_number_of_times(
    client_for, network, anna, bo, carla, name, django_assert_max_num_queries
):
    client = client_for(anna)

    def reads() -> int:
        with django_assert_max_num_queries(12) as seen:
            client.get(reverse(name))
        return len(seen)

    def add() -> None:
        made = AgreementFactory(forum=network, responsible=anna.person, due_on=today() - timedelta(days=1))
        made.helpers.add(bo.person, carla.person)
        carry(made, 2)

    add()
    one = reads()
    add()
    add()
    assert reads() == one


def test_page_of_an_agreement_reads_at_most_twelve_times(
    client_for, network, bo, anna, late, django_assert_max_num_queries
):
    late.helpers.add(anna.person)
    client = client_for(bo)
    with django_assert_max_num_queries(12):
        client.get(reverse("plans:agreement", args=[late.pk]))


def test_twenty_five_agreements_weigh_at_most_thirty_kilobytes(client_for, network, anna):
    for days in range(25):
        AgreementFactory(forum=network, responsible=anna.person, due_on=today() + timedelta(days=days - 8))
    for name in ("plans:mine", "plans:board"):
        assert len(client_for(anna).get(reverse(name)).content) <= 30_000


def test_the_old_responsible_outside_the_forum_does_not_read_the_new_one(client_for, network, anna, dina):
    old = AgreementFactory(forum=network, what="Det gamle", responsible=dina.person)
    services.change(
        by=anna, agreement=old, reason="Ny vej", what="Det nye", responsible=anna.person, due_on=None
    )
    page = reverse("plans:agreement", args=[old.pk])
    assert "Det nye" not in client_for(dina).get(page).content.decode()
    assert "Det nye" in client_for(anna).get(page).content.decode()
