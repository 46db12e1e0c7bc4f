"""Minutes from before Tovholder: for the forum's own members from within the cooperation, each reading logged."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import ForumFactory, join
from tovholder.audit.models import Event
from tovholder.documents.models import Attachment
from tovholder.forums.file_days import day_in
from tovholder.forums.forms import OlderMinutesForm
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


DAYS = {
    "Referat 5.3.2024.docx": date(2024, 3, 5),
    "2024-03-05 Netværk Øster.pdf": date(2024, 3, 5),
    "20240305_referat.pdf": date(2024, 3, 5),
    "Referat_05.03.24.docx": date(2024, 3, 5),
    "31-12-2024 ref.pdf": date(2024, 12, 31),
    # The year could stand first.
    "ref 05-03-24.docx": None,
    "24-03-05 ref.docx": None,
    # Journal numbers, telephones, hours, points of an agenda, versions, places.
    "27.36.04-G01-12-24 referat.pdf": None,
    "Sag 20-12-24-001.pdf": None,
    "sag 2024-0512.pdf": None,
    "tlf 12 10 05 99.pdf": None,
    "Referat kl 9.10-11.docx": None,
    "Referat kl. 10-11-24.docx": None,
    "Referat pkt 1.2.13.docx": None,
    "version 1.2.13 ref.docx": None,
    "01-02-03-04.pdf": None,
    "Forum 3 Maribo 2024.docx": None,
    "5 marketing 2024.docx": None,
    "2024-13-45.pdf": None,
    "Møde den 5. marts 2024.pdf": date(2024, 3, 5),
    "møde_1_oktober_2023.pdf": date(2023, 10, 1),
    "2024-03-05 (5.3.2024).pdf": date(2024, 3, 5),
    "referat.pdf": None,
    "Referat 31.2.2024.pdf": None,
    "5.3.2024 og 12.4.2024.pdf": None,
    "Version 1.2.pdf": None,
    "202403051200.pdf": None,
    "5. sag 2024.pdf": None,
}


@pytest.mark.parametrize(("name", "day"), DAYS.items())
def test_the_day_in_a_file_name(name, day):
    assert day_in(name) == day


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d.%m.%y", "%Y%m%d"]),
)
def test_a_day_written_as_people_write_it_is_read(day, pattern):
    assert day_in(f"Referat {day.strftime(pattern)}.docx") == day


def send(client, forum, names, **more):
    files = [SimpleUploadedFile(name, PDF + name.encode()) for name in names]
    return client.post(
        f"/fora/{forum.pk}/aeldre-referater/nyt/", {"title": "Referat", "held_on": "", "file": files, **more}
    )


def test_several_are_laid_in_at_once_by_the_day_in_their_names(network, anna, client_for):
    client = client_for(anna)
    assert send(client, network, ["Referat 5.3.2024.pdf", "Referat 9.4.2024.pdf"]).status_code == 302
    assert [each.held_on for each in OlderMinutes.objects.all()] == [date(2024, 4, 9), date(2024, 3, 5)]
    assert Event.objects.filter(action="older_minutes.added").count() == 2
    assert (
        "2 referater er lagt ind: 5.3.2024 og 9.4.2024."
        in client.get(f"/fora/{network.pk}/aeldre-referater/").content.decode()
    )


@pytest.mark.parametrize(
    ("names", "more", "says"),
    [
        (["Referat 5.3.2024.pdf", "møde.pdf"], {}, "navnet »møde.pdf«"),
        (["5.3.2024.pdf", "6.3.2024.pdf"], {"held_on": "2024-03-05"}, "Skal stå tom"),
        (["5.3.2024.pdf", "6.3.2024.docm"], {}, "6.3.2024.docm: Filer af den slags"),
        (["5.3.2024.pdf", "6.3.2099.pdf"], {}, "»6.3.2099.pdf« er fra et møde, der kommer"),
        ([f"{1 + n % 28}.{1 + n // 28}.2024.pdf" for n in range(51)], {}, "højst 50 filer"),
        (["5.3.2099.pdf"], {}, "møde, der kommer"),
        (["5.3.2024.pdf", "Referat 6.3.2024.pdf"], {"title": ""}, "Skal udfyldes"),
    ],
)
def test_of_several_all_are_taken_or_none(network, anna, client_for, names, more, says):
    answer = send(client_for(anna), network, names, **more)
    assert answer.status_code == 422
    assert says in unescape(answer.content.decode())
    assert not OlderMinutes.objects.exists()
    assert not Attachment.objects.exists()


def test_of_what_is_refused_no_file_is_left(network, anna, client_for, settings):
    before = sorted(Path(settings.MEDIA_ROOT).rglob("*"))
    assert send(client_for(anna), network, ["5.3.2024.pdf", "6.3.2024.docm"]).status_code == 422
    assert sorted(path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()) == [
        path for path in before if path.is_file()
    ]


def test_so_much_at_once_is_told_to_be_split(network, anna, client_for, monkeypatch):
    monkeypatch.setattr(OlderMinutesForm, "MOST_BYTES", 100)
    answer = send(client_for(anna), network, ["5.3.2024.pdf", "6.3.2024.pdf"])
    assert answer.status_code == 422
    assert "fylder for meget tilsammen" in answer.content.decode()


def test_more_files_than_a_form_usually_takes_get_a_sentence_too(network, anna, client_for):
    answer = send(client_for(anna), network, [f"{n} 5.3.2024.pdf" for n in range(120)])
    assert answer.status_code == 422
    assert "Vælg højst 50 filer ad gangen." in answer.content.decode()


def test_the_same_file_is_not_laid_in_twice(older, network, anna, client_for):
    answer = add(client_for(anna), network)
    assert answer.status_code == 422
    assert "Filen er lagt ind før." in answer.content.decode()
    assert (OlderMinutes.objects.count(), Attachment.objects.count()) == (1, 1)


def test_title_and_day_can_be_mended_by_the_convener(older, network, anna, bo, client_for):
    path, told = (
        f"/fora/{network.pk}/aeldre-referater/{older.pk}/ret/",
        {"title": "Stormøde", "held_on": "2024-03-02"},
    )
    assert client_for(bo).post(path, told).status_code == 403
    assert client_for(anna).post(path, told | {"held_on": "2999-01-01"}).status_code == 422
    assert client_for(anna).post(path, told).status_code == 302
    older.refresh_from_db()
    assert (older.title, older.held_on) == ("Stormøde", date(2024, 3, 2))
    assert Event.objects.filter(action="older_minutes.changed").count() == 1
