"""The administrator's page about mail."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tovholder.audit.models import Event
from tovholder.outbox.models import OutgoingMail
from tovholder.outbox.services import deliver_due, queue_mail

pytestmark = pytest.mark.django_db
LIST = "/mail/"


def mail(to: str = "bo@skole.test", status: str = "failed", error: str = "smtp_550") -> OutgoingMail:
    row = queue_mail(to=to, subject="Møde på tirsdag", body="Hemmelig tekst")
    OutgoingMail.objects.filter(pk=row.pk).update(status=status, last_error=error, attempts=3, unconfirmed=1)
    row.refresh_from_db()
    return row


@pytest.mark.parametrize("persona", ["anna", "bo", "frida", "grethe", "ida", "lise"])
def test_only_administrators_see_mail_and_send_it_again(
    client_for: Any, persona: str, request: pytest.FixtureRequest
) -> None:
    row, client = mail(), client_for(request.getfixturevalue(persona))
    assert client.get(LIST).status_code == 403
    assert client.post(reverse("outbox:retry", args=[row.pk])).status_code == 403
    assert client.post(reverse("outbox:retry_all")).status_code == 403
    row.refresh_from_db()
    assert row.status == "failed"


def test_failed_mail_is_counted_and_explained_and_the_text_is_not_shown(client_for: Any, hans: Any) -> None:
    mail()
    mail(error="uncertain")
    page = client_for(hans).get(LIST).content.decode()
    assert "<strong>2 mails</strong> kunne ikke sendes" in page
    assert "Modtagerens mailserver sagde nej" in page
    assert "Vi ved ikke, om mailen kom frem" in page
    assert "Hemmelig tekst" not in page


def test_filter_and_search(client_for: Any, hans: Any) -> None:
    mail(to="a@skole.test")
    mail(to="b@politi.test", status="sent", error="")
    client = client_for(hans)
    by_status = client.get(LIST, {"status": "sent"}).content.decode()
    assert "b@politi.test" in by_status
    assert "a@skole.test" not in by_status
    by_address = client.post(LIST, {"q": "SKOLE"}, follow=True).content.decode()
    assert "a@skole.test" in by_address
    assert "b@politi.test" not in by_address
    assert "Ingen mails passer" in client.post(LIST, {"q": "findes ikke"}, follow=True).content.decode()


def test_again_sends_the_same_mail_with_the_same_id_and_is_logged(
    client_for: Any, hans: Any, mailoutbox: list[Any]
) -> None:
    row, sent = mail(), mail(status="sent", error="")
    client = client_for(hans)
    client.post(reverse("outbox:retry", args=[row.pk]))
    client.post(reverse("outbox:retry", args=[sent.pk]))  # nothing to send again
    assert deliver_due() == 1
    row.refresh_from_db()
    assert (row.status, row.attempts) == ("sent", 1)
    assert [message.extra_headers["Message-ID"] for message in mailoutbox] == [row.message_id]
    assert Event.objects.filter(action="mail.retried", actor=hans.audit_key).count() == 1


def test_all_again(client_for: Any, hans: Any) -> None:
    rows = [mail() for _n in range(3)]
    client_for(hans).post(reverse("outbox:retry_all"))
    assert OutgoingMail.objects.filter(status="waiting").count() == len(rows)
    assert Event.objects.get(action="mail.retried_all").details == {"count": 3}


def test_queries_do_not_grow_with_rows(
    client_for: Any, hans: Any, django_assert_max_num_queries: Any
) -> None:
    client, counts = client_for(hans), []
    for _n in range(2):
        mail()
        client.get(LIST)
        with django_assert_max_num_queries(12) as queries:
            client.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_no_case_code_stands_in_the_list_of_mails(client_for: Any, hans: Any, anna: Any, erik: Any) -> None:
    """An administrator learns of no concern that it exists, nor who raised which."""
    text = "Sag 26-0042 er afsluttet"
    queue_mail(to="erik@skole.test", subject=text, body="Hej")
    client = client_for(hans)
    for address in (LIST, f"{LIST}?hent=csv"):
        page = b"".join(client.get(address)).decode()
        assert "erik@skole.test" in page
        assert "26-0042" not in page
    assert OutgoingMail.objects.get().subject == text
