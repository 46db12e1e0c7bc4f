"""The pages of agreements in a case by name: lists by code, words on the page only, 404 for everybody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.plans.cases import SECRET
from tovholder.accounts.models import RoleGrant
from tovholder.audit.models import Event
from tovholder.outbox.models import OutgoingMail
from tovholder.plans import links
from tovholder.plans.models import Agreement, AgreementStatus, CaseAgreement
from tovholder.plans.reminders import send_due
from tovholder.plans.services import case_agreements

STEPS = ["done", "reopen", "status", "go_on", "change", "stop", "complete"]


@pytest.fixture
def made(case) -> CaseAgreement:
    return case.agree("bo", ["carla"], due_on=timezone.localdate() + timedelta(days=1))


def body(response) -> str:
    return response.content.decode()


def test_lists_carry_the_code_and_the_page_the_words(client_for, case, made):
    client = client_for(case.user("bo"))
    for address in (reverse("plans:mine"), "/"):
        page = body(client.get(address))
        assert str(case.concern) in page
        assert "Sofie" not in page
        assert case.forum.name not in page.split("<main")[1].split("Dine næste møder")[0]
    page = body(client.get(reverse("plans:agreement", args=[made.agreement_id])))
    assert SECRET in page
    assert Event.objects.filter(action="case_agreement.read", ground="responsible").count() == 1


@pytest.mark.parametrize("name", ["erik", "frida", "grethe", "hans", "ida", "lise"])
def test_everybody_else_gets_the_404_of_what_does_not_exist(client_for, case, made, name):
    client = client_for(case.user(name))
    page = client.get(reverse("plans:agreement", args=[made.agreement_id]))
    none = client.get(reverse("plans:agreement", args=[999_999]))
    assert (page.status_code, len(page.content)) == (404, len(none.content))
    for step in STEPS:
        address = reverse(f"plans:{step}", args=[made.agreement_id])
        assert client.post(address, {"reason": "x", "text": "x"}).status_code == 404
    assert Agreement.every.get(pk=made.agreement_id).is_open


def test_steps_in_the_browser(client_for, case, made):
    client = client_for(case.user("bo"))
    here = reverse("plans:agreement", args=[made.agreement_id])
    client.post(reverse("plans:status", args=[made.agreement_id]), {"text": "Hun ringede"})
    seen = Agreement.every.get(pk=made.agreement_id).moved_at.isoformat()
    client.post(reverse("plans:go_on", args=[made.agreement_id]), {"note": "Videre", "seen": seen})
    assert "Hun ringede" in body(client.get(here))
    assert "Videre" in body(client.get(here))
    client.post(reverse("plans:done", args=[made.agreement_id]))
    assert not Agreement.every.get(pk=made.agreement_id).is_open
    client.post(reverse("plans:reopen", args=[made.agreement_id]))
    assert Agreement.every.get(pk=made.agreement_id).is_open


def test_who_comes_second_is_told_and_keeps_what_was_written(client_for, case, made):
    seen = made.agreement.moved_at.isoformat()
    case_agreements.continue_(by=case.user("dina"), case=made, note="Videre")
    address = reverse("plans:stop", args=[made.agreement_id])
    answer = client_for(case.user("bo")).post(address, {"reason": "Løst hjemme", "seen": seen})
    assert "En anden har ændret aftalen imens" in body(answer)
    assert "Løst hjemme" in body(answer)
    assert Agreement.every.get(pk=made.agreement_id).is_open
    new = Agreement.every.get(pk=made.agreement_id).moved_at.isoformat()
    assert new in body(answer)


def test_change_by_its_holder_shows_nobody_of_the_case_team(client_for, case, made):
    client = client_for(case.user("bo"))
    address = reverse("plans:change", args=[made.agreement_id])
    assert "Dina" not in body(client.get(address))
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    answer = client.post(
        address,
        {
            "reason": "For svært",
            "words": "Hun skriver",
            "responsible": case.user("bo").person.pk,
            "due_on": day,
        },
    )
    new = CaseAgreement.objects.get(agreement__predecessor=made.agreement_id)
    assert answer.url == reverse("plans:agreement", args=[new.agreement_id])


def test_the_form_of_change_begins_with_what_stands_and_that_it_was_opened_is_logged(client_for, case):
    day = timezone.localdate() + timedelta(days=5)
    made = case.agree("bo", ["carla"], due_on=day, sign_of_progress="De taler sammen")
    address = reverse("plans:change", args=[made.agreement_id])
    client = client_for(case.user("bo"))
    form = client.get(address).context["form"]
    assert {name: form[name].value() for name in form.fields} == {
        "reason": None,
        "words": SECRET,
        "responsible": case.user("bo").person.pk,
        "due_on": day,
        "sign_of_progress": "De taler sammen",
    }
    read = Event.objects.get(action="case_agreement.read", purpose="change the agreement")
    assert (read.ground, read.details) == ("responsible", {"agreements": [made.agreement_id]})
    assert (
        client_for(case.user("carla")).get(address).status_code == 403
    )  # a helper reads it and cannot change it
    CaseAgreement.objects.filter(pk=made.pk).update(words=b"x" * 40)
    page = client.get(address)
    assert page.context["form"]["words"].value() == ""
    sent = {"reason": "For svært", "responsible": case.user("bo").person.pk, "due_on": day.isoformat()}
    answer = body(client.post(address, sent | {"words": ""}))
    assert "For svært" in answer


def test_menu_counts_it_for_its_holders(client_for, case, made):
    def count(name: str) -> int:
        page = client_for(case.user(name)).get(reverse("plans:mine"))
        return next((item.count for item in page.context["nav"].items if item.label == "Aftaler"), None) or 0

    assert (count("bo"), count("carla")) == (1, 1)
    RoleGrant.objects.create(user=case.user("carla"), role="administrator")
    assert count("carla") == 0
    assert client_for(case.user("carla")).get(
        reverse("plans:agreement", args=[made.agreement_id])
    ).status_code == 404  # fmt: skip


def test_exports_and_board_and_forum_have_nothing_of_it(client_for, case, made):
    client = client_for(case.user("bo"))
    for address in (reverse("plans:board"), f"/fora/{case.forum.pk}/"):
        page = client.get(address)
        assert page.status_code == 200
        assert str(case.concern) not in body(page)
    file = body(client.get(reverse("plans:mine") + "?format=csv"))
    assert "Sofie" not in file


@pytest.mark.parametrize("n", [1, 3])
def test_reads_of_the_page_do_not_grow(client_for, case, n, django_assert_max_num_queries):
    for _each in range(n):
        made = case.agree("bo", ["carla"])
    for _each in range(n):
        case_agreements.report(by=case.user("bo"), case=made, text="Det går")
    client = client_for(case.user("bo"))
    with django_assert_max_num_queries(12):
        client.get(reverse("plans:agreement", args=[made.agreement_id]))
    with django_assert_max_num_queries(12):
        client.get(reverse("plans:mine"))


# ---------------------------------------------------------------- mail and links


def test_a_link_shows_the_code_and_sends_who_has_a_login_to_it(client, case, made):
    address = "/" + links.answer_url(made.agreement, case.user("bo").person).split("/", 3)[3]
    page = client.get(address)
    assert str(case.concern) in body(page)
    assert "Sofie" not in body(page)
    assert reverse("plans:agreement", args=[made.agreement_id]) in body(page)
    assert client.post(address + "gjort/").status_code == 410
    assert Agreement.every.get(pk=made.agreement_id).is_open


def test_who_has_no_login_answers_without_seeing_the_words(client, case, made):
    person = case.user("carla").person
    person.user = None
    person.save()
    address = "/" + links.answer_url(made.agreement, person).split("/", 3)[3]
    page = body(client.get(address))
    assert "Sofie" not in page
    assert case.forum.name not in page
    client.post(address + "status/", {"text": "Det går fint"})
    client.post(address + "gjort/")
    assert "Det går" not in body(client.get(address))
    assert Agreement.every.get(pk=made.agreement_id).status == AgreementStatus.DONE
    made.refresh_from_db()
    [view] = case_agreements.show_case_agreements(by=case.user("anna"), cases=[made], purpose="plan")
    assert [str(note.text) for note in view.notes][:1] == ["Det går fint"]
    assert client.post(address + "aabn/").status_code == 302


def test_reminders_say_the_code_and_nothing_else(case, made, settings):
    Agreement.every.filter(pk=made.agreement_id).update(created_at=timezone.now() - timedelta(days=30))
    person = case.user("bo").person
    person.user = None
    person.save()
    assert send_due(timezone.localtime().replace(hour=8)) == 1
    mail = OutgoingMail.objects.get(to=person.email)
    assert str(case.concern) in mail.body
    assert "Sofie" not in mail.subject + mail.body


@pytest.mark.parametrize("name", ["bo", "dina", "erik"])
def test_who_can_see_an_agreement_and_why_is_told_to_who_sees_it(case, client_for, name):
    made = case.agree("bo", helpers=["erik"])
    case.agree("carla")  # another agreement of the case is nothing to them
    client, path = client_for(case.user(name)), f"/aftaler/{made.agreement_id}/"
    client.get(path)
    with CaptureQueriesContext(connection) as caught:
        page = client.get(path).content.decode()
    told = page.split("Hvem kan se dette, og hvorfor?")[1].split("</section>")[0]
    for who, why in (("Bo", "Har aftalen"), ("Erik", "Hjælper med aftalen")):
        assert who in told
        assert why in told
    for who, why in (("Anna", "SSP-teamet i distriktet"), ("Dina", "I sagens team")):
        assert (who in told, why in told) == ((True, True) if name == "dina" else (False, False))
    assert ("Og de, der arbejder med sagen." in told) == (name != "dina")
    assert "Carla" not in told
    reads = [each["sql"] for each in caught if each["sql"].startswith("SELECT")]
    assert len(reads) <= 12, "\n".join(reads)
