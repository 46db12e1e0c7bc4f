"""Minutes from before Tovholder: for the forum's own members from within the cooperation, each reading logged."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.factories import ForumFactory, join
from tovholder.audit.models import Event
from tovholder.documents.models import Attachment
from tovholder.forums.models import OlderMinutes

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def add(client, forum, name="referat.pdf", data=PDF, day="2024-03-01"):
    sent = {"title": "Referat", "held_on": day, "file": SimpleUploadedFile(name, data)}
    return client.post(f"/fora/{forum.pk}/aeldre-referater/nyt/", sent)


@pytest.fixture
def older(network, anna, client_for) -> OlderMinutes:
    assert add(client_for(anna), network).status_code == 302
    return OlderMinutes.objects.get()


def test_who_may_read_and_who_learns_nothing(older, network, personas, client_for):
    join(personas["frida"], network)  # an open participant in the network
    base = f"/fora/{network.pk}/aeldre-referater/"
    for path in (base, f"{base}{older.pk}/"):
        codes = {}
        for name, user in personas.items():
            answer = client_for(user).get(path)
            if answer.streaming:
                b"".join(answer.streaming_content)
            codes[name] = answer.status_code
        assert {name for name, code in codes.items() if code == 200} == {"anna", "bo", "carla"}
        assert set(codes.values()) == {200, 404}
    assert Event.objects.filter(action="older_minutes.read", kind="read").count() == 3


def test_the_link_stands_only_where_it_leads_somewhere(older, network, personas, client_for):
    join(personas["frida"], network)
    link = f"/fora/{network.pk}/aeldre-referater/"
    shown = {
        n
        for n in ("anna", "bo", "frida", "grethe")
        if link in client_for(personas[n]).get(f"/fora/{network.pk}/moeder/").content.decode()
    }
    assert shown == {"anna", "bo"}


def test_only_the_convener_lays_in_and_takes_out(older, network, anna, bo, client_for):
    base = f"/fora/{network.pk}/aeldre-referater/"
    assert add(client_for(bo), network).status_code == 403
    assert client_for(bo).post(f"{base}{older.pk}/fjern/").status_code == 403
    assert "Referat" in client_for(anna).get(f"{base}{older.pk}/fjern/").content.decode()
    client_for(anna).post(f"{base}{older.pk}/fjern/")
    assert not OlderMinutes.objects.exists()
    assert not Attachment.objects.exists()
    assert set(Event.objects.filter(action__startswith="older").values_list("action", flat=True)) == {
        "older_minutes.added", "older_minutes.removed",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "says"),
    [({"name": "a.docm"}, "kan ikke lægges på"), ({"data": b"nonsense"}, "svarer ikke til navnet"), ({"data": b""}, "tom"),
     ({"day": (timezone.localdate() + timedelta(days=1)).isoformat()}, "møde, der kommer"), ({"day": ""}, "Skal udfyldes")],
)  # fmt: skip
def test_what_is_not_taken_gets_a_sentence(network, anna, client_for, change, says):
    answer = add(client_for(anna), network, **change)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not OlderMinutes.objects.exists()


def test_a_file_of_another_forum_is_not_found_under_this_one(older, network, anna, client_for):
    other = ForumFactory()
    join(anna, other, convenes=True)
    assert client_for(anna).get(f"/fora/{other.pk}/aeldre-referater/{older.pk}/").status_code == 404
