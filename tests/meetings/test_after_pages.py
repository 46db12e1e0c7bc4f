"""The page after a meeting, the files, and the link that answers without login."""

from __future__ import annotations

import io
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from tests.factories import (
    AgendaItemFactory,
    AgreementFactory,
    MeetingFactory,
    ParticipationFactory,
    PersonFactory,
)
from tovholder.audit.models import Event
from tovholder.meetings.models import Meeting, Minutes, MinutesComment, MinutesStatus
from tovholder.meetings.services import attendance, capturing, minutes, running, writing
from tovholder.outbox.models import OutgoingMail


@pytest.fixture
def held(network, anna, bo, carla, frida) -> Meeting:
    meeting = MeetingFactory(lead_forum=network)
    for person in (anna.person, bo.person, carla.person, frida.person):
        ParticipationFactory(meeting=meeting, person=person)
    general = AgendaItemFactory(meeting=meeting, position=1, heading="Snus i udskolingen")
    anonymous = AgendaItemFactory(meeting=meeting, position=2, heading="En elev", level="anonymous")
    meeting = running.start(by=anna, meeting=meeting)
    writing.save_text(by=anna, item=general, text="Alle fortæller", base_version=0)
    writing.save_text(by=anna, item=anonymous, text="Hemmeligt referat", base_version=0)
    capturing.add_agreement(by=anna, item=general, what="Åben hal", responsible=bo.person)
    capturing.add_agreement(
        by=anna, item=anonymous, what="Morgenmad", responsible=bo.person, due_on=timezone.localdate()
    )
    attendance.set_attended(
        by=anna, participation=meeting.participations.get(person=bo.person), attended=True
    )
    return running.finish(
        by=anna, meeting=meeting, unfinished_items={i.pk: running.DONE for i in meeting.items.all()}
    )


@pytest.fixture
def page(client_for, anna) -> Client:
    return client_for(anna)


def url(name: str, meeting: Meeting, *more) -> str:
    return reverse(f"meetings:{name}", args=[meeting.pk, *more])


def html(response) -> str:
    return response.content.decode()


def make_whole(meeting: Meeting, by) -> None:
    for agreement in capturing.correctable(meeting):
        capturing.edit_agreement(by=by, meeting=meeting, agreement=agreement, due_on=timezone.localdate())


def test_the_page_names_what_is_missing_and_mends_it_in_place(page, held):
    body = html(page.get(url("after", held)))
    assert "Én ting mangler, før referatet kan godkendes" in body
    assert "Aftalen »Åben hal« har ingen frist. Vælg en frist." in body
    agreement = capturing.correctable(held).get(what="Åben hal")
    anchor = re.search(r'href="#(aftale-[^"]+)"', body).group(1)
    assert f'id="{anchor}"' in body
    refused = page.post(url("approve", held))
    assert refused.status_code == 422
    assert Minutes.objects.get().status == MinutesStatus.DRAFT
    page.post(url("fix_agreement", held, agreement.pk), {"due_on": "2030-02-01"})
    agreement.refresh_from_db()
    assert agreement.due_on.isoformat() == "2030-02-01"
    body = html(page.post(url("approve", held), follow=True))
    assert "Referatet er godkendt." in body
    assert "mangler, før referatet" not in body


def test_who_has_no_email_is_told_by_the_convener_herself(page, held, anna, bo, client_for):
    item, hidden = held.items.order_by("position")
    asked, responsible, unasked, absent = (
        PersonFactory(name=name, email="")
        for name in ("Ulla Uden", "Otto Ingen", "Ingrid Intet", "Alma Andet")
    )
    for person in (responsible, absent):
        ParticipationFactory(meeting=held, person=person)
    capturing.add_outcome(by=anna, item=item, kind="proposal", text="Mere lys", to_person=asked)
    capturing.add_outcome(by=anna, item=hidden, kind="proposal", text="Mere ro", to_person=unasked)
    capturing.add_agreement(
        by=anna, item=item, what="Ring", responsible=responsible, due_on=timezone.localdate()
    )
    told = "Får ikke mail: Otto Ingen og Ulla Uden. Sig det selv til dem."
    assert told in html(page.get(url("after", held)))
    make_whole(held, anna)
    assert told in html(page.post(url("approve", held), follow=True))
    assert "Får ikke mail" not in html(client_for(bo).get(url("after", held)))


def test_an_older_agreement_that_lacks_a_day_is_mended_too(page, anna, network):
    old = AgreementFactory(forum=network, what="Gammel aftale", due_on=None)
    meeting = running.start(by=anna, meeting=MeetingFactory(lead_forum=network))
    running.finish(by=anna, meeting=meeting)
    assert "Aftalen »Gammel aftale« har ingen frist" in html(page.get(url("after", meeting)))
    page.post(url("fix_agreement", meeting, old.pk), {"due_on": "2030-02-01"})
    old.refresh_from_db()
    assert old.due_on is not None


@pytest.mark.parametrize("data", [{}, {"due_on": "i morgen"}, {"responsible": "999999"}])
def test_a_bad_mend_changes_nothing_and_says_so(page, held, data):
    agreement = capturing.correctable(held).get(what="Åben hal")
    body = html(page.post(url("fix_agreement", held, agreement.pk), data, follow=True))
    assert "gem igen" in body
    agreement.refresh_from_db()
    assert agreement.due_on is None


def test_an_agreement_of_another_meeting_is_not_mended_here(page, held):
    other = AgreementFactory(due_on=None)
    assert page.post(url("fix_agreement", held, other.pk), {"due_on": "2030-02-01"}).status_code == 404


def test_members_wait_until_the_minutes_are_sent(page, client_for, held, bo, grethe, anna):
    make_whole(held, anna)
    for reader in (bo, grethe):
        body = html(client_for(reader).get(url("after", held)))
        assert "Referatet er ikke klar endnu" in body
        assert "Alle fortæller" not in body
        assert client_for(reader).get(url("minutes_pdf", held)).status_code == 403
    page.post(url("send_for_comments", held))
    assert "Hemmeligt referat" in html(client_for(bo).get(url("after", held)))
    assert "Alle fortæller" not in html(client_for(grethe).get(url("after", held)))
    page.post(url("approve", held))
    assert "Alle fortæller" in html(client_for(grethe).get(url("after", held)))


@pytest.mark.parametrize(
    ("persona", "sees"), [("anna", True), ("bo", True), ("frida", False), ("grethe", False)]
)
def test_only_who_sat_at_the_table_reads_anonymous_items(
    page, client_for, personas, held, anna, persona, sees
):
    make_whole(held, anna)
    minutes.approve(by=anna, meeting=held)
    client = client_for(personas[persona])
    body = html(client.get(url("after", held)))
    pdf = client.get(url("minutes_pdf", held))
    text = "\n".join(each.extract_text() for each in PdfReader(io.BytesIO(pdf.content)).pages)
    word = client.get(url("minutes_word", held))
    written = words_of(word.content)
    agenda = client.get(url("agenda_pdf", held))
    planned = "\n".join(each.extract_text() for each in PdfReader(io.BytesIO(agenda.content)).pages)
    agenda_word = words_of(client.get(url("agenda_word", held)).content)
    for shown in (body, text, written):
        assert "Alle fortæller" in shown
        assert ("Hemmeligt referat" in shown) is sees
        assert ("Morgenmad" in shown) is sees
    for shown in (planned, agenda_word):
        assert "Snus i udskolingen" in shown
        assert ("En elev" in shown) is sees
    read = Event.objects.filter(
        kind="read", actor=personas[persona].audit_key, action="meeting.anonymous_read"
    )
    assert read.exists() is sees


def words_of(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    parts = [each.text for each in document.paragraphs]
    parts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(parts)


def test_files_are_named_without_persons_and_headings(page, held):
    for name, start in (
        ("agenda_pdf", "dagsorden-netvaerk-vester-"),
        ("minutes_word", "referat-netvaerk-vester-"),
    ):
        response = page.get(url(name, held))
        assert response["Content-Disposition"].startswith(f'attachment; filename="{start}')
        assert "no-store" in response["Cache-Control"]


def test_approved_minutes_are_shown_as_they_were(page, held, anna, bo):
    make_whole(held, anna)
    minutes.approve(by=anna, meeting=held)
    held.items.update(text="Lavet om bag om ryggen")
    body = html(page.get(url("after", held)))
    assert "Alle fortæller" in body
    assert "Lavet om" not in body
    assert page.get(url("run", held)).url == url("after", held)
    item = held.items.first()
    assert page.post(url("save_text", held, item.pk), {"text": "x", "version": 1}).status_code == 403


def test_the_second_approval_gets_a_calm_word(page, held, anna):
    make_whole(held, anna)
    page.post(url("approve", held))
    body = html(page.post(url("approve", held), follow=True))
    assert "allerede godkendt" in body
    assert OutgoingMail.objects.filter(about=f"minutes:{held.pk}").count() == 4


def test_a_correction_is_added_below(page, held, anna):
    make_whole(held, anna)
    page.post(url("approve", held))
    assert page.post(url("addendum", held), {"text": ""}).status_code == 422
    body = html(page.post(url("addendum", held), {"text": "Sluttede 14.15 <script>"}, follow=True))
    assert "Sluttede 14.15 &lt;script&gt;" in body
    text = "\n".join(
        each.extract_text()
        for each in PdfReader(io.BytesIO(page.get(url("minutes_pdf", held)).content)).pages
    )
    assert "Sluttede 14.15" in text


def test_participants_accept_or_object_on_the_page(page, client_for, held, bo):
    page.post(url("send_for_comments", held))
    client = client_for(bo)
    refused = client.post(url("comment", held), {"stance": "object", "text": ""})
    assert refused.status_code == 422
    assert "Skriv, hvad din indvending er." in html(refused)
    client.post(url("comment", held), {"stance": "object", "text": "Det var fredag"})
    assert MinutesComment.objects.get().text == "Det var fredag"
    body = html(page.get(url("after", held)))
    assert "Det var fredag" in body
    assert "Der er indvendinger mod referatet" in body
    page.post(url("back_to_draft", held))
    assert Minutes.objects.get().status == MinutesStatus.DRAFT


def link_to(person) -> str:
    body = OutgoingMail.objects.get(to=person.email, about__startswith="minutes:").body
    return re.search(r"/moeder/referat/\S+", body).group()


def test_the_link_answers_without_login_and_shows_no_minutes(page, held, bo):
    page.post(url("send_for_comments", held))
    address = link_to(bo.person)
    shown = Client().get(address)
    assert shown.status_code == 200
    for secret in ("Alle fortæller", "Hemmeligt", "Snus", "Åben hal"):
        assert secret not in html(shown)
    assert not MinutesComment.objects.exists()  # looking answers nothing
    assert "Tak for dit svar" in html(Client().post(address, {"stance": "accept"}))
    assert MinutesComment.objects.get().person == bo.person


def test_forged_old_and_late_links_lead_to_a_friendly_page(page, held, bo, anna):
    page.post(url("send_for_comments", held))
    address = link_to(bo.person)
    forged = Client().get(address[:-3] + "xx/")
    assert forged.status_code == 404
    assert "Linket kan ikke bruges" in html(forged)
    make_whole(held, anna)
    page.post(url("approve", held))
    late = Client().post(address, {"stance": "accept"})
    assert late.status_code == 410
    assert not MinutesComment.objects.exists()


def test_the_convener_notes_a_word_about_who_was_there(page, client_for, held, bo):
    assert "Var de rigtige med?" in html(page.get(url("after", held)))
    there = url("right_people", held)
    assert f'value="{bo.person.pk}-thank"' in html(page.get(there))
    assert client_for(bo).get(there).status_code == 404
    page.post(url("send_for_comments", held))
    assert "Var de rigtige med?" not in html(client_for(bo).get(url("after", held)))


def test_before_the_meeting_there_is_nothing_after_it(page, network, anna):
    body = html(page.get(url("after", MeetingFactory(lead_forum=network))))
    assert "Mødet er ikke holdt endnu" in body


def test_queries_do_not_grow_with_rows(page, held, anna, bo, django_assert_max_num_queries):
    address = url("after", held)

    def fill(n: int) -> None:
        item = held.items.first()
        for number in range(n):
            ParticipationFactory(meeting=held)
            AgendaItemFactory(meeting=held, position=10 + number)
            capturing.add_agreement(
                by=anna,
                item=item,
                what=f"Aftale {number}",
                responsible=bo.person,
                due_on=timezone.localdate(),
            )
            capturing.add_outcome(by=anna, item=item, kind="decision", text="Ja")

    def count() -> int:
        page.get(address)
        with django_assert_max_num_queries(22) as found:
            assert page.get(address).status_code == 200
        return len(found)

    fill(1)
    one = count()
    fill(3)
    assert count() == one
