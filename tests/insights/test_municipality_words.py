"""What the municipality has written in its set-up file stands where people meet it."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from django.test import Client
from pypdf import PdfReader

from tests.factories import ForumFactory, MeetingFactory, join
from tovholder.documents.typst import render_pdf
from tovholder.documents.word import render_docx
from tovholder.meetings.services.minute_record import for_reader
from tovholder.meetings.services.papers import minutes_document
from tovholder.outbox.services import queue_mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def words(municipality):
    municipality.texts = {
        "welcome": "Her holder vi hinanden fast.",
        "mail_footer": "Mails indeholder kun links.",
        "minutes_footer": "Ungeenheden i Vestby",
    }
    municipality.save()


def test_who_comes_to_the_door_is_met_by_the_welcome(words):
    assert "Her holder vi hinanden fast." in Client().get("/konto/login/").content.decode()


def test_without_words_the_door_has_its_own(municipality):
    assert "Tovholder er for dem" in Client().get("/konto/login/").content.decode()


def test_every_mail_ends_with_the_footer(words):
    mail = queue_mail(to="bo@example.dk", subject="Møde", body="Se her.\n")
    assert mail.body == "Se her.\n\nMails indeholder kun links.\n"


def test_without_a_footer_the_mail_is_as_it_was_written(municipality):
    assert queue_mail(to="bo@example.dk", subject="Møde", body="Se her.").body == "Se her."


def test_the_minutes_carry_the_footer_in_pdf_and_word(words, anna):
    forum = ForumFactory()
    join(anna, forum, convenes=True)
    meeting = MeetingFactory(lead_forum=forum)
    document = minutes_document(meeting=meeting, minutes=None, said=for_reader(anna, meeting, None))
    assert (
        "Ungeenheden i Vestby" in PdfReader(BytesIO(render_pdf("minutes", document))).pages[0].extract_text()
    )
    word = docx.Document(BytesIO(render_docx("minutes", document)))
    assert "Ungeenheden i Vestby" in word.sections[0].footer.paragraphs[0].text


def test_the_forum_says_on_what_it_stands(client_for, anna):
    forum = ForumFactory(
        bases=["rpl115"], basis_documents=["Børne- og ungepolitikken"], principles="Alle får ordet."
    )
    join(anna, forum, convenes=True)
    page = client_for(anna).get(f"/fora/{forum.pk}/").content.decode()
    assert "Kriminalitetsforebyggende samarbejde" in page
    assert "Børne- og ungepolitikken" in page
    assert "Alle får ordet." in page
    assert f"/moeder/forum/{forum.pk}/sendt/" in page


def test_the_principles_are_at_hand_before_the_meeting(client_for, anna):
    forum = ForumFactory(principles="Alle får ordet.")
    join(anna, forum, convenes=True)
    meeting = MeetingFactory(lead_forum=forum)
    assert "Alle får ordet." in client_for(anna).get(f"/moeder/{meeting.pk}/").content.decode()
